//! What the benches share: a forum as a process of its own, clients that read and write in it, the bare reference programs, a browser for
//! both, and the table of the results.

pub mod child;
pub mod database;
#[path = "../../tests/support/driver.rs"]
pub mod driver;
pub mod forum;
pub mod frame;
pub mod grown;
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
