//! Subscribers, beside those of a bare broadcaster: how late each message comes, what it costs, and whether one is lost.

pub mod broadcaster;
pub mod connect;
pub mod measure;
pub mod origin;
pub mod receiver;
pub mod report;
pub mod run;
