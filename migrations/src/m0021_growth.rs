//! Indexes that serve the order of a list together with its filter, so that a page of it costs the same however much there is,
//! and those by which a row finds what refers to it.

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
create index thread_pinned on thread (last_activity_at, id) where pinned_by is not null;
create index thread_pinned_created on thread (created_at, id) where pinned_by is not null;
create index thread_archived on thread (last_activity_at, id) where archived_by is not null;
create index thread_archived_created on thread (created_at, id) where archived_by is not null;
drop index thread_delegation;
create index thread_delegation on thread (delegation_id, created_at, id);
create index thread_author_created on thread (author_id, created_at, id);
create index thread_merged on thread (merged_into) where merged_into is not null;
drop index post_author;
create index post_author on post (author_id, created_at, id);
create index post_author_waiting on post (author_id, created_at) where review is not null;
create index post_changed on post (thread_id) where edited_at is not null or withdrawn_at is not null;
create index post_in_reply on post (in_reply_to_id) where in_reply_to_id is not null;
create index post_moved on post (moved_to) where moved_to is not null;
create index former_place_post on former_place (post_id);
create index decision_into on decision (into_id) where into_id is not null;
create index notice_decision on notice (decision_id);
create index notice_unread on notice (person_id) where read_at is null;
create index moderation_case_post on moderation_case (post_id) where post_id is not null;
create index moderation_case_thread on moderation_case (thread_id) where thread_id is not null;
create index moderation_case_decision on moderation_case (decision_id) where decision_id is not null;
create index appeal_case on appeal (case_id);
create index proposal_decision on proposal (decision_id) where decision_id is not null;
";

const DOWN: &str = "
drop index proposal_decision;
drop index appeal_case;
drop index moderation_case_decision;
drop index moderation_case_thread;
drop index moderation_case_post;
drop index notice_unread;
drop index notice_decision;
drop index decision_into;
drop index former_place_post;
drop index post_moved;
drop index post_in_reply;
drop index post_changed;
drop index post_author_waiting;
drop index post_author;
create index post_author on post (author_id, created_at);
drop index thread_merged;
drop index thread_author_created;
drop index thread_delegation;
create index thread_delegation on thread (delegation_id);
drop index thread_archived_created;
drop index thread_archived;
drop index thread_pinned_created;
drop index thread_pinned;
";

pub(crate) const LOSSES: [Loss; 0] = [
    // Indexes are made again.
];
