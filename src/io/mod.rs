//! The only folder that does anything: lines, the FTP client and server, the clock and the loop.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "what is banned from the core lives here"
)]

pub mod clock;
pub mod control;
pub mod ftp_client;
pub mod ftp_server;
pub mod line;
mod log;
mod lookup;
pub mod memory;
pub mod names;
pub mod operator;
pub mod pty;
pub mod record;
pub mod rfc2217;
pub mod serial;
pub mod shell;
pub mod tap;
pub mod tcp;
pub mod wire;
