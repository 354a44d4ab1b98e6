//! When the author of a thread last changed its title, kind, visibility or tags. Earlier changes are not known.

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

const UP: &str = "alter table thread add column changed_at bigint";

const DOWN: &str = "alter table thread drop column changed_at";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "moments at which the authors of threads last changed them",
    count: "select count(*) from thread where changed_at is not null",
}];
