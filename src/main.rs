//! The `quasimodem` program.
fn main() {}
