//! Partage: a discussion forum for the member states of an intergovernmental organisation.

pub mod base;
pub mod store;
pub mod forum;
pub mod consumers;
pub mod graph;
pub mod edge;
pub mod server;
pub mod cli;
