//! Forms: the submitted fields, their validation, and the errors found.

pub mod check;
pub mod field_error;
pub mod fields;
pub mod form_errors;
