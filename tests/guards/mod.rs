//! Rules over the code, the schema and what is stored.

mod constraints;
mod documents;
mod events;
mod floors;
mod libraries;
mod markdown;
mod migrations;
mod schema;
mod style;
mod texts;
mod visibility;
mod words;
