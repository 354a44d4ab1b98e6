//! The number of a thread's latest visible post. The thread's latest activity is the time of that post, if there is one.

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

    // The older program recalculates the latest activity of a thread with the next reply.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const UP: &str = "
alter table thread add column last_shown integer not null default 0;
update thread set last_shown = coalesce((
        select max(post.number) from post where post.thread_id = thread.id and post.state = 'published'
        and post.hidden_by is null and post.erased_by is null and post.moved_to is null and post.review is null), 0),
    last_activity_at = coalesce((
        select max(post.created_at) from post where post.thread_id = thread.id and post.state = 'published'
        and post.hidden_by is null and post.erased_by is null and post.moved_to is null and post.review is null), created_at);
create index post_kept_back on post (thread_id, number) where state <> 'published' or hidden_by is not null
    or erased_by is not null or moved_to is not null or review is not null;
";

const DOWN: &str = "
drop index post_kept_back;
alter table thread drop column last_shown;
";

pub(crate) const LOSSES: [Loss; 0] = [
    // `last_shown` is calculated from the posts.
];
