//! The only folder that does anything: lines, the FTP client and server, the clock and the loop.
