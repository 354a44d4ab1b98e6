//! What the benches share: a forum as a process of its own, those who read and write in it, the bare programs beside which
//! it is measured, and the table in which both stand.

pub mod child;
pub mod database;
pub mod forum;
pub mod frame;
pub mod http;
pub mod ledger;
pub mod library;
pub mod live;
pub mod load;
pub mod member;
pub mod options;
pub mod table;
pub mod times;
pub mod usage;
