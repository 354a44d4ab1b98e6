//! The threads under each concept, delegation, kind and language, in the order of their lists, and how many there are: kept with every
//! change, because neither can be read quickly from tags, the vocabulary and threads.

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
        for statements in [TABLES, FILL, INDEXES] {
            crate::run(manager, statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, DOWN).await
    }
}

// A heading is a concept, `delegation/ke`, `kind/question`, `language/fr`, or `*` for all threads. No concept has such a name.
const TABLES: &str = "
create table thread_heading (
    thread_id uuid not null references thread (id),
    heading text not null,
    is_public boolean not null,
    is_archived boolean not null,
    last_activity_at bigint not null,
    created_at bigint not null,
    primary key (thread_id, heading)
);
create table heading_tally (
    heading text not null,
    is_public boolean not null,
    is_archived boolean not null,
    threads bigint not null,
    primary key (heading, is_public, is_archived)
);
";

/// Fills the empty tables from threads, tags and the vocabulary.
pub const FILL: &str = "
insert into thread_heading (thread_id, heading, is_public, is_archived, last_activity_at, created_at)
    select thread.id, headings.heading, thread.visibility = 'public', thread.archived_by is not null,
        thread.last_activity_at, thread.created_at
    from thread join (
        select thread_concept.thread_id as thread_id, concept_closure.broader_id as heading from thread_concept
            join concept_closure on concept_closure.narrower_id = thread_concept.concept_id
        union select id, '*' from thread
        union select id, 'delegation/' || delegation_id from thread where delegation_id is not null
        union select id, 'kind/' || kind from thread
        union select id, 'language/' || language from thread
    ) headings on headings.thread_id = thread.id
    where thread.review is null and thread.merged_into is null;
insert into heading_tally (heading, is_public, is_archived, threads)
    select heading, is_public, is_archived, count(*) from thread_heading group by heading, is_public, is_archived;
";

const INDEXES: &str = "
create index thread_heading_activity on thread_heading (heading, is_archived, last_activity_at, thread_id);
create index thread_heading_created on thread_heading (heading, is_archived, created_at, thread_id);
";

const DOWN: &str = "
drop table heading_tally;
drop table thread_heading;
";

pub(crate) const LOSSES: [Loss; 0] = [
    // `thread_heading` and `heading_tally` are calculated from threads, tags and the vocabulary.
];
