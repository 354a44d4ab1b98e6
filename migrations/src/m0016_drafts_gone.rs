//! The last revision of each discarded draft, so that a new draft for the same purpose never has a revision that a device still
//! remembers.

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
create table draft_gone (
    person_id uuid not null references person (id),
    place text not null,
    revision integer not null check (revision >= 1),
    primary key (person_id, place)
)";

const DOWN: &str = "drop table draft_gone";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "numbers that drafts had when they were let go",
    count: "select count(*) from draft_gone",
}];
