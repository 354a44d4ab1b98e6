//! The state of a subject before and after a decision, as far as the act changes it.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::base::error::Error;
use crate::base::error::Result;
use crate::base::id::PostId;
use crate::base::id::ThreadId;

/// The part of a subject's state that an act changes: the decision that applies to it, and further details.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectState {
    pub decision_id: Option<Uuid>,
    pub details: StateDetails,
}

impl SubjectState {
    /// Set by a decision or, with `None`, by none; nothing else changes.
    pub fn set_by(decision_id: Option<Uuid>) -> SubjectState {
        SubjectState {
            decision_id,
            details: StateDetails::default(),
        }
    }

    /// The same details, set by this decision or, with `None`, by none.
    pub fn with_decision(&self, decision_id: Option<Uuid>) -> SubjectState {
        SubjectState {
            decision_id,
            details: self.details.clone(),
        }
    }
}

/// The details that a decision's row records about its target, besides the decision that applied to it; what the act
/// does not change is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concepts: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_from: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restriction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<String>,
    /// The post that is marked as the answer of a thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<PostId>,
    /// A post's thread and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<(ThreadId, i32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ThreadId>,
    /// The numbers of a merged thread's posts: in it, and in the thread into which they were moved.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<(i32, i32)>,
}

impl StateDetails {
    /// Serialises them for the row.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Parses what [`Self::write`] returns.
    pub fn read(text: &str) -> Result<StateDetails> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}
