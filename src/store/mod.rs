//! The database: one entry point for changes ([`Store::begin`]), one for reading ([`Store::snapshot`]), and the log of events.
//! Consumers of the log write through their own narrow entry point ([`step::Step`]).

pub mod backend;
pub mod backup;
pub mod columns;
pub mod constraint;
mod content;
pub mod copy;
pub mod cursor;
#[cfg(debug_assertions)]
mod cut;
pub mod database;
mod dump;
mod fault;
pub mod inspect;
pub mod integrity;
pub mod kept;
pub mod keyset;
pub mod lock;
pub mod log;
mod partial_file;
pub mod private;
pub(crate) mod probe;
pub mod restore;
pub mod seal;
pub mod snapshot;
mod statements;
pub mod step;
pub mod tx;
mod write_health;

pub use crate::store::database::Store;
pub use crate::store::inspect::SchemaState;
