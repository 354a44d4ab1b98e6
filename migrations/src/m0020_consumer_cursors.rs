//! How far each consumer has read the log, and which process runs it.

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

// A consumer without a position has not begun. The lease uses the database's clock.
const UP: &str = "
create table consumer_cursor (
    name text not null primary key,
    position bigint,
    holder_id uuid,
    leased_until bigint
)
";

const DOWN: &str = "drop table consumer_cursor";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "consumers of the log that have to begin again",
    count: "select count(*) from consumer_cursor where position is not null",
}];
