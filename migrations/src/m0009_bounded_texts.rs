//! Replaces renderings that are far larger than their text by the text as it was written. New texts of this kind are refused.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Each contains semicolons.
        for statement in [POSTS, TRANSLATIONS] {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }

    // The older program can show the replaced renderings.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

const POSTS: &str = "
update post set body_html = (
    select '<pre dir=\"auto\">' || replace(replace(replace(body, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</pre>'
    from post_revision where post_id = post.id and post_revision.number = post.revision)
where exists (
    select 1 from post_revision where post_id = post.id and post_revision.number = post.revision
    and octet_length(post.body_html) > 2048 + 24 * octet_length(body))";

const TRANSLATIONS: &str = "
update post_translation
set body_html = '<pre dir=\"auto\">' || replace(replace(replace(body, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</pre>'
where octet_length(body_html) > 2048 + 24 * octet_length(body)";
