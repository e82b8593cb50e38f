//! The control API over real sockets: what it makes, shows and disturbs, whom it refuses, and `ctl`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests meet the world, and panic to say that it is not as it should be"
)]

mod ctl;
mod faults;
mod guard;
mod http;
mod modules;
mod readme;
#[path = "../support/mod.rs"]
mod support;
mod thousand;
mod watching;
