//! The number of posts of threads as one more order of their lists.

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
        for statements in [COLUMN, FILL, INDEXES] {
            crate::run(manager, statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

const COLUMN: &str = "alter table thread_heading add column last_number integer not null default 0";

/// Copies the numbers from the threads.
pub const FILL: &str = "
update thread_heading set last_number = (select thread.last_number from thread where thread.id = thread_heading.thread_id);
";

const INDEXES: &str = "
create index thread_heading_posts on thread_heading (heading, is_archived, last_number, thread_id);
create index thread_posts on thread (last_number, id);
create index thread_pinned_posts on thread (last_number, id) where pinned_by is not null;
create index thread_archived_posts on thread (last_number, id) where archived_by is not null;
";

const DOWN: &str = "
drop index thread_archived_posts;
drop index thread_pinned_posts;
drop index thread_posts;
drop index thread_heading_posts;
alter table thread_heading drop column last_number;
";

pub(crate) const LOSSES: [Loss; 0] = [
    // `last_number` is that of the thread.
];
