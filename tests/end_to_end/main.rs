//! The whole program, from the host's end of the line to the files of an FTP server: real
//! processes, real pseudo-terminals and sockets, and every byte accounted for.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a host has threads and files, and a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod bulk;
mod chapter_4;
mod data_mode;
mod files;
mod host_leaves;
mod recording;
mod refusals;
mod server_leaves;
mod session;
mod signals;
mod two_lines;

use support::module::Line;

/// The same over both kinds of line, at the same time.
#[track_caller]
fn over_both_lines(test: fn(Line)) {
    std::thread::scope(|scope| {
        for line in [Line::Pty, Line::Tcp] {
            let name = format!("{line:?}");
            std::thread::Builder::new().name(name).spawn_scoped(scope, move || test(line)).unwrap();
        }
    });
}
