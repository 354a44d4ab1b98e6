//! The language that each text of a post was in, so that a corrected language shows among the revisions.

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

// For posts that were corrected earlier, the previous language is not known, so all their texts get the current one. The default
// applies only during the change. Every row gets its own value.
const UP: &str = "
alter table post_revision add column language text not null default 'en'
    check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh'));
update post_revision set language = (select post.language from post where post.id = post_revision.post_id)
";

const DOWN: &str = "alter table post_revision drop column language";

pub(crate) const LOSSES: [Loss; 1] = [Loss {
    what: "texts of which it is known that their language was another one before",
    count: "select count(*) from post_revision join post on post.id = post_revision.post_id where post_revision.language <> post.language",
}];
