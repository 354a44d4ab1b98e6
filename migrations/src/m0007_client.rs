//! Translations of posts, follows, drafts, and settings of people.

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
create table post_translation (
    id uuid primary key,
    post_id uuid not null references post (id),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    number integer not null check (number >= 1),
    revision integer not null check (revision >= 1),
    body text not null,
    body_html text not null,
    translator_id uuid not null references person (id),
    delegation_id text references delegation (id),
    translator_title text not null,
    created_at bigint not null,
    withdrawn_at bigint,
    key uuid not null,
    unique (post_id, language, number),
    unique (translator_id, key)
);

create table thread_follow (
    person_id uuid not null references person (id),
    thread_id uuid not null references thread (id),
    followed boolean not null,
    since bigint not null,
    primary key (person_id, thread_id)
);

create table concept_follow (
    person_id uuid not null references person (id),
    concept_id text not null references concept (id),
    since bigint not null,
    primary key (person_id, concept_id)
);

create table draft (
    id uuid primary key,
    person_id uuid not null references person (id),
    place text not null,
    purpose text not null check (purpose in ('reply', 'edit', 'thread', 'translation')),
    subject_id uuid,
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    title text not null,
    body text not null,
    revision integer not null check (revision >= 1),
    updated_at bigint not null,
    unique (person_id, place)
);
create index draft_subject on draft (subject_id);

alter table person add column time_zone text;
alter table person add column text_only boolean not null default false;
alter table person add column announces boolean not null default true;
";

const DOWN: &str = "
alter table person drop column announces;
alter table person drop column text_only;
alter table person drop column time_zone;
drop table draft;
drop table concept_follow;
drop table thread_follow;
drop table post_translation;
";

pub(crate) const LOSSES: [Loss; 5] = [
    Loss {
        what: "translations of posts",
        count: "select count(*) from post_translation",
    },
    Loss {
        what: "threads that somebody follows or not",
        count: "select count(*) from thread_follow",
    },
    Loss {
        what: "concepts that somebody follows",
        count: "select count(*) from concept_follow",
    },
    Loss {
        what: "drafts",
        count: "select count(*) from draft",
    },
    Loss {
        what: "people with settings of their own",
        count: "select count(*) from person where time_zone is not null or text_only or not announces",
    },
];
