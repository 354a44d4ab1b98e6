//! Forms: the submitted fields, their validation, and the errors found.

pub mod check;
pub mod fields;
pub mod flaw;
pub mod trouble;
