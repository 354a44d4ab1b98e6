//! What waits for a decision of moderation.

pub mod case;
pub mod subject;
