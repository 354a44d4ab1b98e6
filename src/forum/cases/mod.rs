//! Cases that wait for a moderation decision.

pub mod case;
pub mod subject;
