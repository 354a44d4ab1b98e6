//! Moderation: decisions with their reasons, the ledger that records them, and the notices to the people concerned.

pub mod acts;
pub mod appeal;
pub(crate) mod carry;
pub mod checkpoint;
pub mod decide;
pub mod decision;
pub mod found;
pub mod hidden;
pub mod ledger;
pub mod notice;
pub mod policy;
pub mod proposal;
pub mod queue;
pub mod report;
pub mod scope;
pub mod standing;
pub mod undo;
pub mod updated;
pub mod verify;
pub mod work;
