//! Everything that the forum promises, in one binary: `support` starts real servers, databases and browsers, `stories` are
//! what people do with them through the front door, `guards` are rules over the code, the schema and what is stored.

#![expect(
    clippy::disallowed_methods,
    reason = "a test is a client of the forum, with a clock and keys of its own"
)]

#[macro_use]
mod support;

mod guards;
mod stories;
