//! What the program costs, beside the least that it could cost in the same minute.
//!
//! Each figure stands beside its floor: the same host, the same kernel, the same server, and in the
//! module's place the simplest program that does the work at all. Both are measured in turn, so that
//! whatever else the machine does, it does to both; the ratio is the figure that travels.
//!
//! ```text
//! cargo bench                                   all sections
//! cargo bench --bench floor -- latency tcp      some: latency tcp pty start memory faults uart
//! ```
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a bench has clocks, threads and sockets, and panics where it cannot measure"
)]

mod bare;
mod host;
mod process;
mod section;
mod server;
mod table;
mod uart;

use std::env;

use table::Table;

/// A name, and what measures it.
type Section = (&'static str, fn(&mut Table));

const SECTIONS: [Section; 7] = [
    ("latency", section::latency),
    ("tcp", section::tcp),
    ("pty", section::pty),
    ("start", section::start),
    ("memory", section::memory),
    ("faults", section::faults),
    ("uart", uart::uart),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, role, rest @ ..] = arguments.as_slice()
        && flag == process::ROLE
    {
        match role.as_str() {
            "responder" => bare::responder(&rest[0]),
            "pipe" => bare::pipe(&rest[0], &rest[1]),
            "server" => server::serve(),
            role => unreachable!("nobody asks for {role}"),
        }
        return;
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("This measures only when asked to: cargo bench");
        return;
    }
    let named: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let mut table = Table::begin();
    for (name, measure) in SECTIONS {
        if named.is_empty() || named.iter().any(|named| *named == name) {
            measure(&mut table);
        }
    }
}
