//! What the stories need: a forum of their own, people in it, and clients to reach it.

#[macro_use]
pub mod stage;

pub mod acts;
pub mod browser;
pub mod chance;
pub mod cluster;
pub mod database;
pub mod driver;
pub mod filter;
pub mod forum;
pub mod json;
pub mod moderating;
pub mod node;
pub mod page;
pub mod person;
pub mod process;
pub mod proxy;
pub mod raw;
pub mod renaming;
pub mod routes;
pub mod socket;
pub mod stream;
pub mod template;
pub mod wait;
