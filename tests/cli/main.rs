//! The command line: what it says where, which status it ends with, and what it leaves behind.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a user has files, and a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod exec;
mod files;
mod mistakes;
mod power;
mod profiles;
mod ready;
mod scenarios;
mod stopping;
mod workplace;
