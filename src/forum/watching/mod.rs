//! Watching: which threads and concepts a person follows, and which content of the forum is therefore theirs.

pub mod follow;
pub mod own;
pub mod policy;
