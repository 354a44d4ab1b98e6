//! Devices that have signed in before, and the device of each failed sign-in.

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
create table device (
    id uuid primary key,
    person_id uuid not null references person (id),
    token_digest bytea not null unique,
    session_id uuid not null references session (id),
    expires_at bigint not null
);
create index device_person on device (person_id);
create index device_session on device (session_id);

alter table sign_in_failure add column device_id uuid;
create index sign_in_failure_device on sign_in_failure (device_id, at);
";

const DOWN: &str = "
drop index sign_in_failure_device;
alter table sign_in_failure drop column device_id;
drop table device;
";

pub(crate) const LOSSES: [Loss; 2] = [
    Loss {
        what: "devices that are known to have signed in before",
        count: "select count(*) from device",
    },
    Loss {
        what: "failed sign-ins that are counted for a device",
        count: "select count(*) from sign_in_failure where device_id is not null",
    },
];
