//! Whether a person lets others see that they read or write.

use sea_orm_migration::prelude::*;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const UP: &str = "alter table person add column shows_presence boolean not null default true";

const DOWN: &str = "alter table person drop column shows_presence";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "people who do not want others to see that they read or write, and would be seen",
    count: "select count(*) from person where not shows_presence",
}];
