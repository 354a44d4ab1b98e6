//! The choices made in a form, stored with its draft text.

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
alter table draft add column kind text check (kind in ('experience', 'practice', 'question', 'proposal'));
alter table draft add column visibility text check (visibility in ('public', 'members'));
alter table draft add column capacity text check (capacity in ('personal', 'office', 'delegation'));
alter table draft add column mandate_id uuid;
alter table draft add column tools text not null default '';
alter table draft add column methods text not null default '';
alter table draft add column regions text not null default '';
";

const DOWN: &str = "
alter table draft drop column regions;
alter table draft drop column methods;
alter table draft drop column tools;
alter table draft drop column mandate_id;
alter table draft drop column capacity;
alter table draft drop column visibility;
alter table draft drop column kind;
";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "drafts with choices beside their text",
    count: "select count(*) from draft where kind is not null or visibility is not null or capacity is not null or mandate_id is not null or tools <> '' or methods <> '' or regions <> ''",
}];
