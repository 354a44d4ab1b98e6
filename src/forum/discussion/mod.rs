//! Threads and posts: what delegations publish and discuss.

pub mod acknowledge;
pub mod acknowledgement;
pub(crate) mod activity;
pub mod answer;
pub mod change;
pub mod draft;
pub mod edit;
pub mod list;
pub mod location;
pub mod people;
pub mod policy;
pub mod post;
pub mod read;
pub mod reply;
pub mod retag;
pub mod revision;
pub mod start;
pub mod tag;
pub mod text;
pub mod thread;
pub mod translate;
pub mod translation;
pub mod withdraw;
pub mod writing;
