//! What the benches share: the forum as a process of its own, subscribers that cost little, and tables.

pub mod bare;
pub mod figures;
pub mod forum;
pub mod subscribers;
