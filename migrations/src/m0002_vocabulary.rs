//! The vocabulary: concepts of the three schemes, their labels and their hierarchy.

use sea_orm_migration::prelude::*;

use crate::Loss;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // All or nothing, on both databases: an interrupted start is simply repeated.
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

/// `concept_closure` holds, for each concept, the concept itself and everything under it, by any path. It is derived
/// from `concept_broader` and successors, so that a filter is one join.
const UP: &str = "
create table concept (
    id text primary key,
    scheme text not null check (scheme in ('tool', 'method', 'region')),
    state text not null check (state in ('current', 'deprecated')),
    successor_id text references concept (id),
    notation text,
    rank integer not null,
    key uuid unique,
    check ((state = 'deprecated') = (successor_id is not null)),
    check (successor_id <> id)
);
create index concept_scheme on concept (scheme, rank);

create table concept_label (
    concept_id text not null references concept (id),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    label text not null,
    definition text,
    primary key (concept_id, language)
);

create table concept_alternative_label (
    concept_id text not null references concept (id),
    language text not null check (language in ('ar', 'en', 'es', 'fr', 'ru', 'zh')),
    label text not null,
    primary key (concept_id, language, label)
);

create table concept_broader (
    concept_id text not null references concept (id),
    broader_id text not null references concept (id),
    relation text not null check (relation in ('broader', 'member')),
    primary key (concept_id, broader_id),
    check (concept_id <> broader_id)
);
create index concept_broader_broader on concept_broader (broader_id);

create table concept_closure (
    broader_id text not null references concept (id),
    narrower_id text not null references concept (id),
    primary key (broader_id, narrower_id)
);
create index concept_closure_narrower on concept_closure (narrower_id);
";

const DOWN: &str = "
drop table concept_closure;
drop table concept_broader;
drop table concept_alternative_label;
drop table concept_label;
drop table concept;
";

pub(crate) const LOSSES: [Loss; 5] = [
    Loss {
        what: "concepts of the vocabulary",
        count: "select count(*) from concept",
    },
    Loss {
        what: "labels of concepts",
        count: "select count(*) from concept_label",
    },
    Loss {
        what: "alternative labels of concepts",
        count: "select count(*) from concept_alternative_label",
    },
    Loss {
        what: "relations between concepts",
        count: "select count(*) from concept_broader",
    },
    Loss {
        what: "derived relations between concepts",
        count: "select count(*) from concept_closure",
    },
];
