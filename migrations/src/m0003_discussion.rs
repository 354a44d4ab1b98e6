//! Threads, posts with their revisions, tags, and how far each person has read.

use sea_orm_migration::prelude::*;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // All or nothing, on both databases: an interrupted start is simply repeated.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const UP: &str = "
create table thread (
    id uuid primary key,
    title text not null,
    kind text not null check (kind in ('experience', 'practice', 'question', 'proposal')),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    visibility text not null check (visibility in ('public', 'members')),
    author_id uuid not null references person (id),
    delegation_id text references delegation (id),
    capacity text not null check (capacity in ('personal', 'office', 'delegation')),
    created_at bigint not null,
    last_activity_at bigint not null,
    last_number integer not null check (last_number >= 1),
    key uuid not null,
    unique (author_id, key)
);
create index thread_activity on thread (last_activity_at, id);
create index thread_created on thread (created_at, id);
create index thread_delegation on thread (delegation_id);

create table thread_concept (
    thread_id uuid not null references thread (id),
    concept_id text not null references concept (id),
    primary key (thread_id, concept_id)
);
create index thread_concept_concept on thread_concept (concept_id);

create table post (
    id uuid primary key,
    thread_id uuid not null references thread (id),
    number integer not null check (number >= 1),
    author_id uuid not null references person (id),
    delegation_id text references delegation (id),
    author_title text not null,
    capacity text not null check (capacity in ('personal', 'office', 'delegation')),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    state text not null check (state in ('published', 'withdrawn')),
    in_reply_to_id uuid references post (id),
    created_at bigint not null,
    edited_at bigint,
    withdrawn_at bigint,
    withdrawal_reason text,
    revision integer not null check (revision >= 1),
    body_html text not null,
    key uuid not null,
    check ((state = 'withdrawn') = (withdrawn_at is not null)),
    unique (thread_id, number),
    unique (author_id, key)
);
create index post_author on post (author_id, created_at);

create table post_revision (
    id uuid primary key,
    post_id uuid not null references post (id),
    number integer not null check (number >= 1),
    body text not null,
    editor_id uuid not null references person (id),
    reason text,
    created_at bigint not null,
    unique (post_id, number)
);
create index post_revision_editor on post_revision (editor_id, created_at);

create table read_state (
    person_id uuid not null references person (id),
    thread_id uuid not null references thread (id),
    last_number integer not null check (last_number >= 0),
    primary key (person_id, thread_id)
);
";

const DOWN: &str = "
drop table read_state;
drop table post_revision;
drop table post;
drop table thread_concept;
drop table thread;
";

pub(crate) const LOSSES: [Loss; 5] = [
    Loss {
        what: "threads",
        count: "select count(*) from thread",
    },
    Loss {
        what: "posts",
        count: "select count(*) from post",
    },
    Loss {
        what: "revisions of posts, with all their texts",
        count: "select count(*) from post_revision",
    },
    Loss {
        what: "tags of threads",
        count: "select count(*) from thread_concept",
    },
    Loss {
        what: "notes of how far somebody has read",
        count: "select count(*) from read_state",
    },
];
