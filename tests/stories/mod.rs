//! What people do, through the front door: HTTP, the socket, pages, and a browser.

mod browser;
mod cursors;
mod discussion;
mod events;
mod forms;
mod invitations;
mod limits;
mod lists;
mod live;
mod operations;
mod ordering;
mod origins;
mod pages;
mod people;
mod posts;
mod processes;
mod protocol;
mod secrets;
mod sessions;
mod socket;
mod survival;
mod tags;
mod visibility;
mod visitors;
mod vocabulary;
mod xss;
