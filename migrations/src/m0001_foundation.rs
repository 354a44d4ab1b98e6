//! The log, the instance, delegations, people, invitations and sessions.

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
create table event (
    position bigint primary key,
    at bigint not null,
    actor_id uuid,
    thread_id uuid,
    facts text not null
);
create index event_thread on event (thread_id, position);

create table instance (
    id integer primary key check (id = 1),
    secret bytea not null
);

create table delegation (
    id text primary key,
    kind text not null check (kind in ('member-state', 'observer', 'secretariat')),
    acronym text
);

create table delegation_name (
    delegation_id text not null references delegation (id),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    name text not null,
    primary key (delegation_id, language)
);

create table person (
    id uuid primary key,
    name text not null,
    email text not null unique,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    role text not null check (role in ('visitor', 'delegate', 'focal-point', 'moderator', 'secretariat')),
    password_hash text,
    created_at bigint not null
);

create table mandate (
    id uuid primary key,
    person_id uuid not null references person (id),
    delegation_id text not null references delegation (id),
    capacity text not null check (capacity in ('personal', 'office', 'delegation')),
    title text not null,
    from_at bigint not null,
    until_at bigint,
    granted_by uuid references person (id),
    key uuid not null unique,
    check (until_at is null or until_at >= from_at)
);
create index mandate_person on mandate (person_id);
create index mandate_delegation on mandate (delegation_id);

create table session (
    id uuid primary key,
    person_id uuid not null references person (id),
    token_digest bytea not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    user_agent text
);
create index session_person on session (person_id);

create table invitation (
    id uuid primary key,
    key uuid not null unique,
    token_digest bytea not null unique,
    email text not null,
    role text not null check (role in ('visitor', 'delegate', 'focal-point', 'moderator', 'secretariat')),
    delegation_id text not null references delegation (id),
    capacity text not null check (capacity in ('personal', 'office', 'delegation')),
    title text not null,
    mandate_until bigint,
    invited_by uuid references person (id),
    created_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint,
    accepted_by uuid references person (id),
    revoked_at bigint,
    check (accepted_at is null or revoked_at is null)
);
create index invitation_inviter on invitation (invited_by, created_at);
create index invitation_delegation on invitation (delegation_id);

create table sign_in_failure (
    id uuid primary key,
    account_digest bytea not null,
    address text not null,
    at bigint not null
);
create index sign_in_failure_account on sign_in_failure (account_digest, at);
create index sign_in_failure_address on sign_in_failure (address, at);
";

const DOWN: &str = "
drop table sign_in_failure;
drop table invitation;
drop table session;
drop table mandate;
drop table person;
drop table delegation_name;
drop table delegation;
drop table instance;
drop table event;
";

pub(crate) const LOSSES: [Loss; 9] = [
    Loss {
        what: "people",
        count: "select count(*) from person",
    },
    Loss {
        what: "mandates",
        count: "select count(*) from mandate",
    },
    Loss {
        what: "sessions",
        count: "select count(*) from session",
    },
    Loss {
        what: "invitations",
        count: "select count(*) from invitation",
    },
    Loss {
        what: "failed sign-ins that still count",
        count: "select count(*) from sign_in_failure",
    },
    Loss {
        what: "delegations",
        count: "select count(*) from delegation",
    },
    Loss {
        what: "names of delegations",
        count: "select count(*) from delegation_name",
    },
    Loss {
        what: "secrets of the instance, with which every cursor was made",
        count: "select count(*) from instance",
    },
    Loss {
        what: "events of the log",
        count: "select count(*) from event",
    },
];
