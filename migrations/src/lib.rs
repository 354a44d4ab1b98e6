//! The schema of the database, forward and back, for both SQLite and PostgreSQL.
//!
//! The same SQL is used for both: `uuid` and `bytea` columns contain blobs in SQLite, which accepts any type name. Times are whole
//! microseconds since 1970 (`…_at bigint`), exact and ordered in both. A migration never uses current entities.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_foundation;
mod m0002_vocabulary;
mod m0003_discussion;
mod m0004_presence;
mod m0005_moderation;
mod m0006_cases;
mod m0007_client;
mod m0008_draft_choices;
mod m0009_bounded_texts;
mod m0010_thread_changed;
mod m0011_devices;
mod m0012_names;
mod m0013_password_links;
mod m0015_latest_shown;
mod m0016_drafts_gone;
mod m0017_reported_titles;
mod m0018_revision_language;
mod m0019_acts;
mod m0020_consumer_cursors;
mod m0021_growth;
pub mod m0022_thread_headings;

/// Every migration, in the order of creation.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_vocabulary::Migration),
            Box::new(m0003_discussion::Migration),
            Box::new(m0004_presence::Migration),
            Box::new(m0005_moderation::Migration),
            Box::new(m0006_cases::Migration),
            Box::new(m0007_client::Migration),
            Box::new(m0008_draft_choices::Migration),
            Box::new(m0009_bounded_texts::Migration),
            Box::new(m0010_thread_changed::Migration),
            Box::new(m0011_devices::Migration),
            Box::new(m0012_names::Migration),
            Box::new(m0013_password_links::Migration),
            Box::new(m0015_latest_shown::Migration),
            Box::new(m0016_drafts_gone::Migration),
            Box::new(m0017_reported_titles::Migration),
            Box::new(m0018_revision_language::Migration),
            Box::new(m0019_acts::Migration),
            Box::new(m0020_consumer_cursors::Migration),
            Box::new(m0021_growth::Migration),
            Box::new(m0022_thread_headings::Migration),
        ]
    }
}

/// Something that is lost when a migration is reverted.
pub struct Loss {
    /// What it is, in words after a number.
    pub what: &'static str,
    /// The statement that counts it in a database with the current schema.
    pub count: &'static str,
}

/// Returns what reverting a migration loses, by the migration's name.
pub fn losses(migration: &str) -> &'static [Loss] {
    match migration {
        "m0001_foundation" => &m0001_foundation::LOSSES,
        "m0002_vocabulary" => &m0002_vocabulary::LOSSES,
        "m0003_discussion" => &m0003_discussion::LOSSES,
        "m0004_presence" => &m0004_presence::LOSSES,
        "m0005_moderation" => &m0005_moderation::LOSSES,
        "m0006_cases" => &m0006_cases::LOSSES,
        "m0007_client" => &m0007_client::LOSSES,
        "m0008_draft_choices" => &m0008_draft_choices::LOSSES,
        "m0010_thread_changed" => &m0010_thread_changed::LOSSES,
        "m0011_devices" => &m0011_devices::LOSSES,
        "m0012_names" => &m0012_names::LOSSES,
        "m0013_password_links" => &m0013_password_links::LOSSES,
        "m0015_latest_shown" => &m0015_latest_shown::LOSSES,
        "m0016_drafts_gone" => &m0016_drafts_gone::LOSSES,
        "m0017_reported_titles" => &m0017_reported_titles::LOSSES,
        "m0018_revision_language" => &m0018_revision_language::LOSSES,
        "m0019_acts" => &m0019_acts::LOSSES,
        "m0020_consumer_cursors" => &m0020_consumer_cursors::LOSSES,
        "m0021_growth" => &m0021_growth::LOSSES,
        "m0022_thread_headings" => &m0022_thread_headings::LOSSES,
        // Reverting the ninth removes nothing.
        _ => &[],
    }
}

/// Runs statements that are separated by semicolons.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &str) -> Result<(), DbErr> {
    for statement in statements.split(';') {
        if !statement.trim().is_empty() {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
    }
    Ok(())
}
