//! Acknowledgements: a delegation says of a post that it does the same, or that the post is useful to it.

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
        crate::run(manager, "drop table acknowledgement").await
    }
}

const UP: &str = "
create table acknowledgement (
    id uuid primary key,
    post_id uuid not null references post (id),
    kind text not null check (kind in ('same-practice', 'useful')),
    delegation_id text not null references delegation (id),
    person_id uuid not null references person (id),
    created_at bigint not null,
    unique (post_id, kind, delegation_id)
);
";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "acknowledgements of posts by delegations",
    count: "select count(*) from acknowledgement",
}];
