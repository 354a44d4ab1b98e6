//! Links with which a person chooses a new password, made by those who may invite them.

use sea_orm_migration::prelude::*;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
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
create table password_link (
    id uuid primary key,
    person_id uuid not null references person (id),
    token_digest bytea not null unique,
    made_by uuid references person (id),
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    revoked_at bigint
);
create index password_link_person on password_link (person_id, created_at);
create index password_link_maker on password_link (made_by, created_at);
";

const DOWN: &str = "
drop table password_link;
";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "links to choose a new password, and the list of those that were made",
    count: "select count(*) from password_link",
}];
