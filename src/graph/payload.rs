//! Payloads of mutations.

/// Declares the payload of a mutation that answers with one thing: its name and what it is, its field and what that holds.
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
