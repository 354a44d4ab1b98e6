//! Rules over the code, the schema and what is stored.

mod documents;
mod events;
mod floors;
mod markdown;
mod migrations;
mod schema;
mod style;
mod visibility;
mod words;
