//! Moderation: decisions with their reasons, the ledger that records them, and the notices to the people concerned.

pub mod acts;
pub mod answer;
pub mod appeal;
pub mod checkpoint;
pub mod decide;
pub mod decision;
pub(crate) mod execute;
pub mod hidden;
pub mod ledger;
pub mod loaded_subject;
pub mod notice;
pub mod policy;
pub mod proposal;
pub mod queue;
pub mod report;
pub mod scope;
pub mod subject_state;
pub mod undo;
pub mod updated;
pub mod verify;
pub mod work;
