//! Payloads of mutations.

/// Declares the payload of a mutation that returns one object: its name and description, its field and the field's
/// description.
macro_rules! payload {
    ($name:ident, $about:literal, $field:ident: $ty:ty, $field_about:literal) => {
        #[doc = concat!($about)]
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            #[doc = concat!($field_about)]
            $field: $ty,
        }
    };
}

pub(crate) use payload;
