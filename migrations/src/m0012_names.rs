//! Former names of people, and when each person last changed theirs.

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
create table former_name (
    id uuid primary key,
    person_id uuid not null references person (id),
    name text not null,
    until_at bigint not null
);
create index former_name_person on former_name (person_id, until_at);

alter table person add column renamed_at bigint;
";

const DOWN: &str = "
alter table person drop column renamed_at;
drop table former_name;
";

pub(crate) const LOSSES: [Loss; 2] = [
    Loss {
        what: "names that people went by before",
        count: "select count(*) from former_name",
    },
    Loss {
        what: "people of whom it is known when they last took another name",
        count: "select count(*) from person where renamed_at is not null",
    },
];
