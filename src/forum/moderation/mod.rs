//! Moderation: decisions with their reasons, the ledger that keeps them, and the notices to those concerned.

pub mod decide;
pub mod decision;
pub mod ledger;
pub mod notice;
pub mod policy;
pub mod scope;
pub mod undo;
