//! The FTP client against a server written by others and against one that misbehaves by script.
//! Real sockets, no sleeps, exact assertions.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests meet the world, and panic to say that it is not as it should be"
)]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod download;
mod idle;
mod login;
mod oracle;
mod preparation;
mod upload;
mod user;
