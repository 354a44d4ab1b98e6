//! Delegations, people, their mandates, and how people get access: by invitation, then with e-mail address and
//! password.

pub mod delegation;
pub mod device;
pub mod instance;
pub mod invitation;
pub mod invite;
pub mod manage;
pub mod mandate;
pub mod naming;
pub mod password_link;
pub mod person;
pub mod policy;
pub mod profile;
pub mod seed;
pub mod session;
pub mod sign_in;
