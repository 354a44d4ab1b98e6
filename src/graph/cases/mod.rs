//! Reports, cases, proposals and appeals in the API.

pub mod acts;
pub mod appeal;
pub mod case;
pub mod proposal;
pub mod queue;
pub mod report;

pub use crate::graph::cases::acts::CaseMutation;
pub use crate::graph::cases::appeal::Appeal;
pub use crate::graph::cases::appeal::AppealConnection;
pub use crate::graph::cases::appeal::find_appeal;
pub use crate::graph::cases::case::Case;
pub use crate::graph::cases::case::CaseNote;
pub use crate::graph::cases::case::find_case;
pub use crate::graph::cases::case::find_note;
pub use crate::graph::cases::proposal::Proposal;
pub use crate::graph::cases::proposal::ProposalConnection;
pub use crate::graph::cases::proposal::find_proposal;
pub use crate::graph::cases::queue::CaseConnection;
pub use crate::graph::cases::queue::CaseFilter;
pub use crate::graph::cases::queue::case_queue;
pub use crate::graph::cases::report::Report;
pub use crate::graph::cases::report::find_report;
pub use crate::graph::cases::report::report_refusal;
