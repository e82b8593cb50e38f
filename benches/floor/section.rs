//! What is measured, and what it is held to.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use super::host::{Host, pattern};
use super::process::Program;
use super::table::{Table, median, quantile};

/// The file of the throughput figures.
const FILE: usize = 64 << 20;
/// The file of the memory figures.
const LARGE: usize = 1 << 30;
/// How often each throughput is measured.
const ROUNDS: usize = 21;

/// From `AT` to `OK` over a terminal, beside a thread that blocks on its end and answers `OK`.
///
/// Both are started anew several times, because on which processor the kernel puts a process may
/// count for more than what the process does.
pub fn latency(table: &mut Table) {
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        let (modem, bare) = (Program::modem(&["--pty", "tty"]), Program::bare("responder", None));
        let (mut ours, mut floor) = (Host::on_pty(&modem.pty()), Host::on_pty(&bare.pty()));
        ours.silence();
        for round in 0..21 {
            for (host, samples) in [&mut ours, &mut floor].into_iter().zip(&mut samples) {
                let times = (0..100).map(|_| host.round_trip().as_secs_f64() * 1e6);
                // The first round warms both up.
                match round {
                    0 => times.for_each(drop),
                    _ => samples.extend(times),
                }
            }
        }
    }
    let [ours, floor] = &mut samples;
    for (name, share, limit) in [("p50", 0.5, 1.5), ("p99", 0.99, 2.0)] {
        let (ours, floor) = (quantile(ours, share), quantile(floor, share));
        table.at_most(&format!("`AT` to `OK` over a PTY, {name}"), "us", ours, floor, limit);
    }
}

/// A file over a TCP line, beside curl with the same server.
///
/// The built-in server is a server as others are, and is what the target is about. A server that
/// costs nothing is shown beside it: there curl is one of two processes that carry each byte, and
/// the module one of three, which counts on a machine with two processors.
pub fn tcp(table: &mut Table) {
    if Command::new("curl").arg("--version").output().is_err() {
        table.skipped("64 MiB over a TCP line", "there is no curl here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (name, file) = (FILE.to_string(), folder.path().join(FILE.to_string()));
    fs::write(&file, pattern().repeat(FILE >> 16)).unwrap();
    let (built_in, bare) = (Program::built_in_server(folder.path()), Program::bare("server", None));
    for (server, target) in [(built_in, Some(0.5)), (bare, None)] {
        let url = |name: &str| format!("ftp://quectel:123456@{}/{name}", server.address());
        let (mut put, mut get) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let modem = Program::prompt_modem(&["--tcp", "0"]);
            let mut host = Host::on_tcp(modem.address());
            host.log_in(server.address());
            let curl_put = || rate(curl(&["-T", &file.to_string_lossy(), &url("up")]));
            put.push(in_turn(round, || rate(host.put("up", FILE)), curl_put));
            let curl_get = || rate(curl(&["-o", "/dev/null", &url(&name)]));
            get.push(in_turn(round, || rate(host.get(&name, FILE)), curl_get));
        }
        for (verb, rounds) in [("PUT", put), ("GET", get)] {
            let kind = if target.is_some() { "built-in" } else { "bare" };
            let row = format!("{verb} of 64 MiB over TCP, {kind} server, beside curl");
            table.rate(&row, "MB/s", &rounds, target);
        }
    }
}

/// A file over a terminal, beside suppaftp piped straight into a terminal.
pub fn pty(table: &mut Table) {
    let server = Program::bare("server", None);
    let name = FILE.to_string();
    let (mut put, mut get) = (Vec::new(), Vec::new());
    let (mut put_cpu, mut get_cpu) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let modem = Program::prompt_modem(&["--pty", "tty"]);
        let pipe = Program::bare("pipe", Some(server.address()));
        let (mut host, mut floor) = (Host::on_pty(&modem.pty()), Host::on_pty(&pipe.pty()));
        host.log_in(server.address());
        let spent = [modem.cpu(), pipe.cpu()];
        let (ours, bare) = (|| rate(host.put("up", FILE)), || rate(floor.put("up", FILE)));
        put.push(in_turn(round, ours, bare));
        let spent_on_put = [modem.cpu() - spent[0], pipe.cpu() - spent[1]];
        let (ours, bare) = (|| rate(host.get(&name, FILE)), || rate(floor.get(&name, FILE)));
        get.push(in_turn(round, ours, bare));
        put_cpu.push((spent_on_put[0], spent_on_put[1]));
        let spent_on_get = [modem.cpu() - spent[0], pipe.cpu() - spent[1]];
        get_cpu.push((spent_on_get[0] - spent_on_put[0], spent_on_get[1] - spent_on_put[1]));
    }
    for (verb, rounds, cpu) in [("PUT", put, put_cpu), ("GET", get, get_cpu)] {
        let row = format!("{verb} of 64 MiB over a PTY, beside suppaftp piped into one");
        table.rate(&row, "MB/s", &rounds, Some(0.9));
        table.rate("processor time of that", "ms", &cpu, None);
    }
}

/// From the start of the process to its word that the line is there; and from the request for one
/// more module to its first answer.
pub fn start(table: &mut Table) {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..51 {
        let modem = Program::modem(&["--pty", "tty", "--ready-file", "ready.json"]);
        ours.push(modem.ready_after.as_secs_f64() * 1e3);
        let bare = Program::bare("responder", None);
        floor.push(bare.ready_after.as_secs_f64() * 1e3);
    }
    let floor = Some(median(&mut floor));
    table.bounded("start to ready line, median of 51", "ms", median(&mut ours), floor, 10.0);
    table.shown("start to ready line, p90", "ms", quantile(&mut ours, 0.9), None);
    let modem = Program::modem(&["--control", "0"]);
    let control = modem.address().trim_start_matches("http://");
    let mut modules: Vec<_> = (0..201).map(|_| module(control).as_secs_f64() * 1e3).collect();
    let row = "a module over the control API, from the request to the OK of its first AT";
    table.bounded(&format!("{row}, median of 201"), "ms", median(&mut modules), None, 10.0);
    table.bounded(&format!("{row}, p99"), "ms", quantile(&mut modules, 0.99), None, 10.0);
}

/// One more module, in a program with those that were made before.
fn module(control: &str) -> Duration {
    let body = r#"{"lines": [{"kind": "tcp"}]}"#;
    let begin = Instant::now();
    let mut stream = TcpStream::connect(control).unwrap();
    let head = format!("POST /v1/modules HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\n");
    let kind = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{kind}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let address = answer.split_once(r#""addr":""#).and_then(|(_, rest)| rest.split_once('"'));
    let mut host = Host::on_tcp(address.unwrap().0);
    host.silence();
    host.round_trip();
    begin.elapsed()
}

/// The most memory that a module has held.
pub fn memory(table: &mut Table) {
    let server = Program::bare("server", None);
    let modem = Program::modem(&["--tcp", "0"]);
    let mut host = Host::on_tcp(modem.address());
    let idle = modem.peak();
    host.log_in(server.address());
    let small = 1 << 20;
    host.put("up", small);
    host.get(&small.to_string(), small);
    let after_small = modem.peak();
    host.put("up", LARGE);
    let after_put = modem.peak();
    host.get(&LARGE.to_string(), LARGE);
    let after_get = modem.peak();
    table.shown("peak memory (VmHWM), idle", "MiB", idle, None);
    table.shown("peak memory after 1 MiB each way over TCP", "MiB", after_small, None);
    for (way, peak) in [("a PUT", after_put), ("a GET", after_get)] {
        table.shown(&format!("peak memory after {way} of 1 GiB over TCP"), "MiB", peak, None);
    }
    let growth = after_get - after_small;
    table.bounded("growth of that from 1 MiB to 1 GiB", "MiB", growth, None, 1.0);
}

/// What scenarios cost when nothing goes wrong: the same program with one, beside without.
///
/// An empty scenario is what the target is about. One whose rules wait for what never comes is shown
/// beside it: there each byte from the host is looked at by itself.
pub fn faults(table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::bare("server", None);
    for (kind, text, targets) in [
        ("an empty scenario", "", (Some(1.05), Some(0.95))),
        ("rules that wait", WAITING, (None, None)),
    ] {
        let path = folder.path().join("scenario.toml");
        fs::write(&path, text).unwrap();
        let scenario = path.to_string_lossy();
        let (mut trips, mut put) = ([Vec::new(), Vec::new()], Vec::new());
        for round in 0..ROUNDS {
            let measure = |options: &[&str]| {
                let modem = Program::prompt_modem(&[&["--tcp", "0"], options].concat());
                let mut host = Host::on_tcp(modem.address());
                host.log_in(server.address());
                let trips = (0..300).map(|_| host.round_trip().as_secs_f64() * 1e6);
                (median(&mut trips.collect::<Vec<_>>()), rate(host.put("up", FILE)))
            };
            let (with, without) =
                in_turn(round, || measure(&["--scenario", &scenario]), || measure(&[]));
            for (trip, trips) in [with.0, without.0].into_iter().zip(&mut trips) {
                trips.push(trip);
            }
            put.push((with.1, without.1));
        }
        let [ours, floor] = &mut trips;
        // On which processors the kernel puts host and module makes two kinds of rounds; the fastest
        // of both are of one kind.
        let (ours, floor) = (quantile(ours, 0.0), quantile(floor, 0.0));
        let row = format!("`AT` to `OK` over TCP with {kind}, beside without, fastest of {ROUNDS}");
        match targets.0 {
            Some(limit) => table.at_most(&row, "us", ours, floor, limit),
            None => table.shown(&row, "us", ours, Some(floor)),
        }
        table.rate(
            &format!("PUT of 64 MiB over TCP with {kind}, beside without"),
            "MB/s",
            &put,
            targets.1,
        );
    }
}

/// A rule at each seam, each for what never comes.
const WAITING: &str = r#"
rule = [
    { at = "line-in", when = { command = "AT+NEVER" }, do = { drop = 1 } },
    { at = "line-out", when = { command = "AT+NEVER" }, do = { drop = 1 } },
    { at = "ftp-request", when = { nth = 1000000 }, do = "silence" },
    { at = "ftp-event", when = { nth = 1000000 }, do = "silence" },
]
"#;

/// Both figures of a round. Which of them comes first changes from round to round: the first finds
/// the kernel's workers asleep.
fn in_turn<T>(round: usize, ours: impl FnOnce() -> T, floor: impl FnOnce() -> T) -> (T, T) {
    if round.is_multiple_of(2) {
        let ours = ours();
        (ours, floor())
    } else {
        let floor = floor();
        (ours(), floor)
    }
}

/// MB/s of one file.
fn rate(took: Duration) -> f64 {
    FILE as f64 / 1e6 / took.as_secs_f64()
}

/// The time that curl needs from the moment at which it may transfer.
fn curl(arguments: &[&str]) -> Duration {
    let format = "%{time_total} %{time_pretransfer}";
    let output = Command::new("curl").args(["-sS", "-w", format]).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut seconds = text.split(' ').map(|number| number.parse::<f64>().unwrap());
    let (Some(total), Some(before)) = (seconds.next(), seconds.next()) else {
        panic!("curl says {text:?}");
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Duration::from_secs_f64(total - before)
}
