//! Basics for every layer above. No database, no rules of the forum.

pub mod accept;
pub mod actor;
pub mod address;
pub mod caller;
pub mod clock;
pub mod config;
pub mod digits;
pub mod error;
pub mod event;
pub mod id;
pub mod json;
pub mod language;
pub mod letters;
pub mod limit;
pub mod locale;
pub mod markdown;
pub mod message;
pub mod metrics;
pub mod offices;
pub mod page;
pub mod plain;
pub mod rate;
pub mod script;
pub mod secret;
pub mod signature;
pub mod sync;
