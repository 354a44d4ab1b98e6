//! Reports and their cases, more kinds of decisions, decisions on people, confirmation by a second person, appeals, erasure, texts
//! that wait for approval, posts that move to another thread, and signed checkpoints of the ledger.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await?;
        let guards: &[&str] = match manager.get_database_backend() {
            DatabaseBackend::Postgres => &POSTGRES_GUARDS,
            _ => &SQLITE_GUARDS,
        };
        for guard in guards {
            manager.get_connection().execute_unprepared(guard).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

// As before, a column of another table that names a decision has no foreign key, because SQLite could not drop such a
// column again.
const UP: &str = "
alter table person add column restricted_by uuid;
alter table person add column restriction text check (restriction in ('muted', 'suspended'));
alter table person add column restricted_until bigint;
alter table person add column reviewed_by uuid;

alter table thread add column pinned_by uuid;
alter table thread add column pinned_until bigint;
alter table thread add column archived_by uuid;
alter table thread add column changed_by uuid;
alter table thread add column slowed_by uuid;
alter table thread add column slow_seconds integer;
alter table thread add column reviewed_by uuid;
alter table thread add column review text check (review in ('waiting', 'rejected'));
alter table thread add column merged_into uuid;
alter table thread add column merged_by uuid;
alter table thread add column taken_number integer;

alter table post add column edited_by uuid;
alter table post add column shown_from integer not null default 1;
alter table post_revision add column decision_id uuid;
alter table post add column erased_by uuid;
alter table post add column review text check (review in ('waiting', 'rejected'));
alter table post add column review_by uuid;
alter table post add column moved_to uuid;
alter table post add column moved_by uuid;

create table former_place (
    thread_id uuid not null references thread (id),
    number integer not null check (number >= 1),
    post_id uuid not null references post (id),
    decision_id uuid,
    primary key (thread_id, number)
);

alter table decision add column deed text not null default 'hide-post' check (deed in (
    'hide-post', 'restore-post', 'edit-post', 'erase-post',
    'lock-thread', 'unlock-thread', 'pin-thread', 'unpin-thread', 'archive-thread', 'unarchive-thread',
    'change-thread', 'slow-thread',
    'split-posts', 'join-posts', 'merge-threads', 'part-threads',
    'review-thread', 'trust-thread', 'review-person', 'trust-person', 'approve-post', 'reject-post', 'hold-post',
    'warn-person', 'withdraw-warning', 'mute-person', 'suspend-person', 'reinstate-person',
    'dismiss-reports', 'reopen-reports', 'uphold-decision'));
update decision set deed = act;
alter table decision drop column act;
alter table decision rename column deed to act;
alter table decision add column second_id uuid;
alter table decision add column until_at bigint;
alter table decision add column body text;
alter table decision add column into_id uuid;

create table decision_target_new (
    decision_id uuid not null references decision (id),
    place integer not null check (place >= 1),
    thread_id uuid references thread (id),
    post_id uuid references post (id),
    person_id uuid references person (id),
    before_id uuid,
    after_id uuid,
    before_facts text not null default '{}',
    after_facts text not null default '{}',
    primary key (decision_id, place)
);
insert into decision_target_new (decision_id, place, thread_id, post_id, before_id, after_id)
    select decision_id, place, thread_id, post_id, before_id, after_id from decision_target;
drop table decision_target;
alter table decision_target_new rename to decision_target;
create index decision_target_thread on decision_target (thread_id);
create index decision_target_post on decision_target (post_id);
create index decision_target_person on decision_target (person_id);

alter table notice add column about text not null default 'decision' check (about in ('decision', 'report'));

create table moderation_case (
    id uuid primary key,
    kind text not null check (kind in ('report', 'approval', 'appeal')),
    subject_id uuid not null,
    thread_id uuid references thread (id),
    post_id uuid references post (id),
    person_id uuid references person (id),
    appealed_id uuid references decision (id),
    state text not null check (state in ('open', 'resolved')),
    opened_at bigint not null,
    due_at bigint,
    holder_id uuid references person (id),
    held_since bigint,
    resolved_at bigint,
    decision_id uuid references decision (id),
    check ((state = 'resolved') = (resolved_at is not null))
);
create unique index moderation_case_open on moderation_case (subject_id, kind) where state = 'open';
create index moderation_case_opened on moderation_case (state, opened_at, id);

create table report (
    id uuid primary key,
    case_id uuid not null references moderation_case (id),
    subject_id uuid not null,
    reporter_id uuid not null references person (id),
    reason text not null,
    note text not null,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    created_at bigint not null,
    key uuid not null,
    unique (reporter_id, subject_id),
    unique (reporter_id, key)
);
create index report_case on report (case_id, created_at);

create table case_note (
    id uuid primary key,
    case_id uuid not null references moderation_case (id),
    author_id uuid not null references person (id),
    body text not null,
    created_at bigint not null,
    key uuid not null,
    unique (author_id, key)
);
create index case_note_case on case_note (case_id, created_at);

create table proposal (
    id uuid primary key,
    act text not null,
    targets text not null,
    facts text not null,
    proposer_id uuid not null references person (id),
    office text not null check (office in ('moderator', 'secretariat')),
    reason text not null,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    explanation text not null,
    is_withheld boolean not null,
    state text not null check (state in ('open', 'confirmed', 'declined')),
    settled_by uuid references person (id),
    settled_at bigint,
    decision_id uuid references decision (id),
    created_at bigint not null,
    key uuid not null,
    unique (proposer_id, key)
);
create index proposal_created on proposal (state, created_at, id);

create table appeal (
    id uuid primary key,
    position bigint not null unique,
    decision_id uuid not null unique references decision (id),
    case_id uuid not null references moderation_case (id),
    person_id uuid not null references person (id),
    body text not null,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    salt text not null,
    created_at bigint not null,
    due_at bigint not null,
    outcome text check (outcome in ('upheld', 'overturned')),
    outcome_id uuid references decision (id),
    decided_at bigint,
    key uuid not null,
    unique (person_id, key)
);

create table ledger_checkpoint (
    position bigint primary key references ledger (position),
    signed_at bigint not null,
    public_key text not null,
    signature text not null
);
";

const SQLITE_GUARDS: [&str; 3] = [
    "create trigger ledger_checkpoint_no_update before update on ledger_checkpoint \
     begin select raise(abort, 'the ledger is append-only'); end",
    "create trigger ledger_checkpoint_no_delete before delete on ledger_checkpoint \
     begin select raise(abort, 'the ledger is append-only'); end",
    "create trigger ledger_checkpoint_no_replace before insert on ledger_checkpoint \
     when exists (select 1 from ledger_checkpoint where position = new.position) \
     begin select raise(abort, 'the ledger is append-only'); end",
];

const POSTGRES_GUARDS: [&str; 1] = [
    "create trigger ledger_checkpoint_append_only before update or delete or truncate on ledger_checkpoint \
     for each statement execute function ledger_refuses()",
];

// The older program would show texts that it does not recognise as withheld. So texts that wait for approval or were rejected,
// and texts before an edit by decision, are removed first. Decisions of kinds that it does not know are removed too, because it
// would misreport them. Their entries stay in the ledger.
const DOWN: &str = "
update post set state = 'withdrawn', withdrawn_at = created_at, body_html = ''
    where state = 'published' and (review is not null or moved_to is not null or erased_by is not null);
delete from post_revision where number < (select shown_from from post where post.id = post_revision.post_id);
update thread set visibility = 'members' where review is not null;
drop table ledger_checkpoint;
drop table appeal;
drop table proposal;
drop table case_note;
drop table report;
drop table moderation_case;
alter table notice drop column about;

create table decision_target_old (
    decision_id uuid not null references decision (id),
    place integer not null check (place >= 1),
    thread_id uuid not null references thread (id),
    post_id uuid references post (id),
    before_id uuid,
    after_id uuid,
    primary key (decision_id, place)
);
insert into decision_target_old (decision_id, place, thread_id, post_id, before_id, after_id)
    select decision_id, place, thread_id, post_id, before_id, after_id from decision_target where thread_id is not null;
drop table decision_target;
alter table decision_target_old rename to decision_target;
create index decision_target_thread on decision_target (thread_id);

delete from notice where decision_id in (
    select id from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread'));
delete from decision_target where decision_id in (
    select id from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread'));
update decision set undoes_id = null where undoes_id in (
    select id from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread'));
update decision set undoes_id = null where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread');
delete from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread');
alter table decision drop column into_id;
alter table decision drop column body;
alter table decision drop column until_at;
alter table decision drop column second_id;
alter table decision add column deed text not null default 'hide-post'
    check (deed in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread'));
update decision set deed = act;
alter table decision drop column act;
alter table decision rename column deed to act;

drop table former_place;
alter table post drop column moved_by;
alter table post drop column moved_to;
alter table post drop column review_by;
alter table post drop column review;
alter table post drop column erased_by;
alter table post drop column shown_from;
alter table post drop column edited_by;
alter table post_revision drop column decision_id;
alter table thread drop column taken_number;
alter table thread drop column merged_by;
alter table thread drop column merged_into;
alter table thread drop column review;
alter table thread drop column reviewed_by;
alter table thread drop column slow_seconds;
alter table thread drop column slowed_by;
alter table thread drop column changed_by;
alter table thread drop column archived_by;
alter table thread drop column pinned_until;
alter table thread drop column pinned_by;
alter table person drop column reviewed_by;
alter table person drop column restricted_until;
alter table person drop column restriction;
alter table person drop column restricted_by;
";

pub(crate) const LOSSES: [Loss; 19] = [
    Loss {
        what: "decisions of kinds that the older program does not know; the ledger keeps their entries",
        count: "select count(*) from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread')",
    },
    Loss {
        what: "targets of decisions, with what they were before and after",
        count: "select count(*) from decision_target where decision_id in (select id from decision where act not in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread')) or thread_id is null or person_id is not null or before_facts <> '{}' or after_facts <> '{}'",
    },
    Loss {
        what: "decisions with a second person, an end, a text or a thread into which they led, which they would lose",
        count: "select count(*) from decision where second_id is not null or until_at is not null or body is not null or into_id is not null",
    },
    Loss {
        what: "texts that wait for approval, were not approved, were moved or erased, which would become withdrawn posts",
        count: "select count(*) from post where review is not null or review_by is not null or moved_to is not null or moved_by is not null or erased_by is not null",
    },
    Loss {
        what: "earlier texts of posts that a decision edited, which would be deleted",
        count: "select count(*) from post_revision join post on post.id = post_revision.post_id where post_revision.number < post.shown_from",
    },
    Loss {
        what: "texts given by a decision, under which the name of who took it would stand",
        count: "select count(*) from post_revision where decision_id is not null",
    },
    Loss {
        what: "posts that would not say any more that a decision edited them",
        count: "select count(*) from post where edited_by is not null",
    },
    Loss {
        what: "threads that wait for approval or were not approved, which would be shown to members",
        count: "select count(*) from thread where review is not null or reviewed_by is not null",
    },
    Loss {
        what: "pinned, archived, slowed or changed threads, which would be as others",
        count: "select count(*) from thread where pinned_by is not null or pinned_until is not null or archived_by is not null or changed_by is not null or slowed_by is not null or slow_seconds is not null",
    },
    Loss {
        what: "merged or split threads, which would not lead to each other",
        count: "select count(*) from thread where merged_into is not null or merged_by is not null or taken_number is not null",
    },
    Loss {
        what: "former places of moved posts, whose links would die",
        count: "select count(*) from former_place",
    },
    Loss {
        what: "people whose restriction would end",
        count: "select count(*) from person where restricted_by is not null or restriction is not null or restricted_until is not null or reviewed_by is not null",
    },
    Loss {
        what: "cases",
        count: "select count(*) from moderation_case",
    },
    Loss {
        what: "reports",
        count: "select count(*) from report",
    },
    Loss {
        what: "notes on cases",
        count: "select count(*) from case_note",
    },
    Loss {
        what: "proposed decisions",
        count: "select count(*) from proposal",
    },
    Loss {
        what: "appeals",
        count: "select count(*) from appeal",
    },
    Loss {
        what: "signed checkpoints of the ledger",
        count: "select count(*) from ledger_checkpoint",
    },
    Loss {
        what: "notices of reports, which would be notices of decisions",
        count: "select count(*) from notice where about <> 'decision'",
    },
];
