//! Partage: a discussion forum for the member states of an intergovernmental organisation.

// A new variant of our own enums must be handled wherever one is matched.
#![deny(clippy::wildcard_enum_match_arm)]

pub mod base;
pub mod cli;
pub mod consumers;
pub mod edge;
pub mod forum;
pub mod graph;
pub mod presence;
pub mod server;
pub mod store;
pub mod web;
