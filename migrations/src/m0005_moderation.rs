//! Decisions of moderators, the ledger that contains them, their notices, and the regions assigned to moderators.

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
        // Each of these contains semicolons.
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
        crate::run(manager, DOWN).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            crate::run(manager, "drop function ledger_refuses()").await?;
        }
        Ok(())
    }
}

// `hidden_by` and `locked_by` name decisions without a foreign key, because SQLite could not drop such a column again.
const UP: &str = "
alter table post add column hidden_by uuid;
alter table thread add column locked_by uuid;

create table moderator_region (
    person_id uuid not null references person (id),
    concept_id text not null references concept (id),
    primary key (person_id, concept_id)
);

create table decision (
    id uuid primary key,
    position bigint not null unique,
    act text not null check (act in ('hide-post', 'restore-post', 'lock-thread', 'unlock-thread')),
    moderator_id uuid not null references person (id),
    office text not null check (office in ('moderator', 'secretariat')),
    reason text not null,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    explanation text not null,
    salt text not null,
    is_withheld boolean not null,
    undoes_id uuid unique references decision (id),
    created_at bigint not null,
    key uuid not null,
    unique (moderator_id, key)
);

create table decision_target (
    decision_id uuid not null references decision (id),
    place integer not null check (place >= 1),
    thread_id uuid not null references thread (id),
    post_id uuid references post (id),
    before_id uuid,
    after_id uuid,
    primary key (decision_id, place)
);
create index decision_target_thread on decision_target (thread_id);

create table ledger (
    position bigint primary key check (position >= 1),
    entry text not null,
    hash text not null
);

create table notice (
    id uuid primary key,
    person_id uuid not null references person (id),
    decision_id uuid not null references decision (id),
    created_at bigint not null,
    read_at bigint,
    unique (person_id, decision_id)
);
create index notice_person on notice (person_id, created_at, id);
";

const SQLITE_GUARDS: [&str; 3] = [
    "create trigger ledger_no_update before update on ledger \
     begin select raise(abort, 'the ledger is append-only'); end",
    "create trigger ledger_no_delete before delete on ledger \
     begin select raise(abort, 'the ledger is append-only'); end",
    // `insert or replace` deletes without firing the trigger above.
    "create trigger ledger_no_replace before insert on ledger \
     when exists (select 1 from ledger where position = new.position) \
     begin select raise(abort, 'the ledger is append-only'); end",
];

const POSTGRES_GUARDS: [&str; 2] = [
    "create function ledger_refuses() returns trigger language plpgsql as \
     $$ begin raise exception 'the ledger is append-only'; end $$",
    "create trigger ledger_append_only before update or delete or truncate on ledger \
     for each statement execute function ledger_refuses()",
];

const DOWN: &str = "
drop table notice;
drop table ledger;
drop table decision_target;
drop table decision;
drop table moderator_region;
alter table thread drop column locked_by;
alter table post drop column hidden_by;
";

pub(crate) const LOSSES: [Loss; 7] = [
    Loss {
        what: "decisions",
        count: "select count(*) from decision",
    },
    Loss {
        what: "targets of decisions",
        count: "select count(*) from decision_target",
    },
    Loss {
        what: "entries of the ledger",
        count: "select count(*) from ledger",
    },
    Loss {
        what: "notices of decisions",
        count: "select count(*) from notice",
    },
    Loss {
        what: "regions of moderators",
        count: "select count(*) from moderator_region",
    },
    Loss {
        what: "hidden posts, which would be shown again",
        count: "select count(*) from post where hidden_by is not null",
    },
    Loss {
        what: "locked threads, which would be open again",
        count: "select count(*) from thread where locked_by is not null",
    },
];
