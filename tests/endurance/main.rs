//! Hosts that misbehave, on a module that runs as its own process: after each abuse it answers `AT`,
//! and it holds no more memory than before.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "hosts have clocks and files, and a test may panic"
)]

mod host;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use host::{Host, Place};

/// What resident memory may have grown by after an abuse, in KiB: a few buffers that were never
/// needed before. The largest abuse is 32 times that.
const GROWTH: u64 = 1024;
const MIB: usize = 1 << 20;

#[test]
fn a_pseudo_terminal_outlives_its_hosts() {
    endure(&Module::start("--pty", "tty"));
}

#[test]
fn a_tcp_line_outlives_its_hosts() {
    endure(&Module::start("--tcp", "0"));
}

/// What is done to a module, in words, and the doing.
type Abuse = (&'static str, fn(&Module));

const ABUSES: [Abuse; 5] = [
    ("200 hosts that leave in the middle of a command", leave_in_the_middle),
    ("32 MiB without an end of line", never_end_a_line),
    ("4 MiB of random bytes", talk_at_random),
    ("3000 lines in the shape of a command", almost_command),
    ("32 MiB from a host that never reads", never_listen),
];

fn endure(module: &Module) {
    Host::open(&module.place).resynchronise();
    for (name, abuse) in ABUSES {
        let before = module.resident();
        abuse(module);
        let mut host = Host::open(&module.place);
        host.resynchronise();
        assert_eq!(host.at(), "\r\nOK\r\n", "after {name}");
        drop(host);
        let after = module.resident();
        println!("{name}: {before} KiB before, {after} KiB after");
        assert!(after <= before + GROWTH, "{name}: {before} KiB before, {after} KiB after");
    }
}

fn leave_in_the_middle(module: &Module) {
    let dialogue = b"AT+QFTPUSER=\"quectel\"\rAT+QFTPSTAT\rATI\rAT+QFTPUSER?\rA";
    for number in 0..200 {
        let mut host = Host::open(&module.place);
        host.say(&dialogue[..number % dialogue.len()]);
    }
}

fn never_end_a_line(module: &Module) {
    let mut host = Host::open(&module.place);
    host.pour(b"ATE1\rAT");
    for _ in 0..32 {
        host.pour(&vec![b'x'; MIB]);
    }
    host.resynchronise();
}

fn talk_at_random(module: &Module) {
    let (mut host, mut chance) = (Host::open(&module.place), Chance(1));
    for _ in 0..4 {
        let bytes: Vec<u8> = (0..MIB).map(|_| chance.below(256) as u8).collect();
        host.pour(&bytes);
    }
    host.resynchronise();
}

fn almost_command(module: &Module) {
    let beginnings =
        ["", "+", "+QFTP", "+QFTPPUT=", "+QFTPGET=\"", "+QFTPCFG=", "+C", "&", "+GMR;"];
    let (mut host, mut chance) = (Host::open(&module.place), Chance(2));
    for _ in 0..3000 {
        let mut line = String::from("AT") + beginnings[chance.below(beginnings.len())];
        for _ in 0..chance.below(60) {
            // Printable, and often a digit, a comma or a quotation mark.
            line.push(match chance.below(4) {
                0 => ['0', '1', ',', '"', '=', '?', ';', '-'][chance.below(8)],
                _ => char::from(b' ' + chance.below(95) as u8),
            });
        }
        host.pour(format!("{line}\r").as_bytes());
    }
    host.resynchronise();
}

/// What the module says meanwhile has nowhere to go; that is the host's loss, and nobody else's.
fn never_listen(module: &Module) {
    let mut host = Host::open(&module.place);
    host.say(b"ATE1\r");
    let line = [b"ATI".as_slice(), &[b' '; 124], b"\r"].concat();
    for _ in 0..32 {
        host.say(&line.repeat(MIB / line.len()));
    }
}

/// A running module.
struct Module {
    child: Child,
    place: Place,
    _folder: TempDir,
}

impl Module {
    fn start(kind: &str, line: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quasimodem"));
        command.args(["run", "--timing", "instant", kind, line]).current_dir(folder.path());
        command.env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let place = match said.trim_end().strip_prefix("ready tcp ") {
            Some(address) => Place::Tcp(address.parse().unwrap()),
            None => Place::Pty(folder.path().join(line)),
        };
        Self { child, place, _folder: folder }
    }

    /// KiB of its memory that are there and not only promised.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same bytes in every run (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 32) as usize % bound
    }
}
