//! Everything that the forum promises, in one binary: `support` starts real servers, databases and browsers, `stories` are
//! what people do with them through the front door, `guards` are rules over the code, the schema and what is stored.

#[macro_use]
mod support;

mod guards;
mod stories;
