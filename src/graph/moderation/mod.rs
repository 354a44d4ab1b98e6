//! Decisions, the ledger and notices in the API.

pub mod acts;
pub mod decision;
pub mod input;
pub mod ledger;
pub mod loaders;
pub mod notice;
pub mod subject;

pub use crate::graph::moderation::acts::ModerationMutation;
pub use crate::graph::moderation::decision::Decision;
pub use crate::graph::moderation::decision::DecisionConnection;
pub use crate::graph::moderation::decision::load;
pub use crate::graph::moderation::ledger::LedgerEntry;
pub use crate::graph::moderation::ledger::ModerationQuery;
pub use crate::graph::moderation::ledger::entry;
pub use crate::graph::moderation::notice::Notice;
pub use crate::graph::moderation::notice::NoticeConnection;
pub use crate::graph::moderation::subject::SubjectRow;
pub use crate::graph::moderation::subject::acts;
pub use crate::graph::moderation::subject::acts_to_propose;
pub use crate::graph::moderation::subject::may_decide;
pub use crate::graph::moderation::subject::moderates;
pub use crate::graph::moderation::subject::own_report;
pub use crate::graph::moderation::subject::refusal;
pub use crate::graph::moderation::subject::waiting;
