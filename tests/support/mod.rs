//! What tests share.
#![allow(dead_code, reason = "no test uses all of it")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests meet the world, and panic to say that it is not as it should be"
)]

pub mod dns;
pub mod host;
pub mod in_process;
pub mod module;
pub mod obedient_ftp;
pub mod program;
pub mod scripted_ftp;
