//! Moderation: decisions with their reasons, the ledger that keeps them, and the notices to those concerned.

pub mod appeal;
pub mod checkpoint;
pub mod decide;
pub mod decision;
pub(crate) mod found;
pub mod hidden;
pub mod ledger;
pub mod moving;
pub mod notice;
pub mod policy;
pub mod propose;
pub mod queue;
pub mod report;
pub mod scope;
pub(crate) mod standing;
pub mod undo;
pub mod updated;
pub mod verify;
pub(crate) mod widening;
pub mod work;
