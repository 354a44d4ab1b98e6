//! The title that a thread had when it was reported.

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

const UP: &str = "alter table report add column title text;";

const DOWN: &str = "alter table report drop column title;";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "titles that threads were reported under",
    count: "select count(*) from report where title is not null",
}];
