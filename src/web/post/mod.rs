//! A post as it is read: one face, filled by the page and by its script from the same fragments.

pub mod documents;
pub mod face;
