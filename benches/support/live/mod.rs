//! Subscribers, beside those of a bare broadcaster: the delay and the cost of each message, and whether one is lost.

pub mod broadcaster;
pub mod connect;
pub mod measure;
pub mod origin;
pub mod receiver;
pub mod report;
pub mod run;
