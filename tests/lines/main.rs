//! The host-facing lines, seen from both ends: the loop that polls them, and a host that cannot tell.
#![cfg(feature = "io")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a host has threads and files, and a test may panic"
)]

mod bench;
mod link;
mod presence;
mod pty;
mod rfc2217;
mod serial;
mod tcp;
