//! The vocabulary: the published list of tools and methods, and the regions. A tag on a thread is one of its concepts.

pub mod add;
pub mod change;
pub mod closure;
pub mod concept;
pub mod deprecate;
pub(crate) mod headings;
pub mod seed;
pub mod whole;
