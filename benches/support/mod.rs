//! What the benches share: a forum as a process of its own, those who read and write in it, the bare programs beside which
//! it is measured, a browser that looks at both, and the table in which they stand.

pub mod child;
pub mod database;
#[path = "../../tests/support/driver.rs"]
pub mod driver;
pub mod forum;
pub mod frame;
pub mod http;
pub mod leaflet;
pub mod ledger;
pub mod library;
pub mod live;
pub mod load;
pub mod member;
pub mod options;
pub mod table;
pub mod times;
pub mod usage;
pub mod window;
