//! The `quasimodem` program.

#![allow(clippy::disallowed_methods, reason = "the program is not the core")]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
