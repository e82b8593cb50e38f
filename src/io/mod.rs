//! The only folder that does anything: lines, the FTP client and server, the clock and the loop.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "here the core meets the world: clocks, sockets, files and threads are its business"
)]

pub mod ftp_client;
pub mod ftp_server;
pub mod names;
