//! Forms: what was sent, whether it can be sent on, and what is wrong with it.

pub mod check;
pub mod fields;
pub mod flaw;
pub mod trouble;
