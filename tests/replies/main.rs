//! Whatever a server may say, and however it may fail, at every step at which it may, reaches the
//! host as the number of the manual's chapter 3; and so does what befalls the module meanwhile.
//!
//! Real sockets throughout: a host on the module's TCP line, the FTP client, a server. The cases
//! are made, not listed: each row of a table with each of its ways.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics to say that something is not as it should be"
)]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod losses;
mod refusals;
mod world;
