//! Whatever happens after a commit: each consumer reads the log at its own pace, none is called by an act.

pub mod live;
pub mod neighbours;
pub mod retention;
