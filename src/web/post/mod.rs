//! A post as it is read: one structure, filled by the page and by its script from the same fragments.

pub mod documents;
pub mod view;
