//! Data mode: what is data and what is not, and who holds whom.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::files::{random, sha256};
use crate::over_both_lines;
use crate::session::{
    OK, close, configure, download, expect_state, get, give_in_two, let_go, open_built_in,
    open_routed, put, upload,
};
use crate::support::host::{Host, PATIENCE};
use crate::support::module::{Line, Module};
use crate::support::scripted_ftp::ScriptedFtp;

const MIB: usize = 1 << 20;
const CONNECT: &str = "\r\nCONNECT\r\n";
const TRANSFER: &str = "\r\n+QFTPSTAT: TRANSFER\r\n\r\nOK\r\n";

/// Ten seconds of the module pass in one.
const FAST: [&str; 2] = ["--time-scale", "10"];
/// The guard time of 500 ms then, and a little more.
const GUARD: Duration = Duration::from_millis(51);

/// What the module may grow by in a transfer of many megabytes: its window of 64 KiB each way, its
/// buffers and its allocator's leftovers.
const GROWTH: usize = 2 * MIB;

/// A server that takes one upload, says what came of it, and is content when told so.
struct Taker {
    server: ScriptedFtp,
    came: Receiver<Vec<u8>>,
    proceed: Sender<()>,
}

impl Taker {
    /// What came before the end is told, too, once `first` bytes of it are there.
    fn start(first: usize) -> Self {
        let (tell, came) = channel();
        let (proceed, told) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("STOR f");
            if first > 0 {
                tell.send(data.receive(first)).unwrap();
            }
            tell.send(data.receive_all()).unwrap();
            told.recv_timeout(PATIENCE).unwrap();
            control.reply("226 done");
            let_go(control);
        });
        Self { server, came, proceed }
    }

    #[track_caller]
    fn next(&self) -> Vec<u8> {
        self.came.recv_timeout(PATIENCE).unwrap()
    }

    fn proceed(&self) {
        self.proceed.send(()).unwrap();
    }
}

/// Escapes; silence begins no later than now.
#[track_caller]
fn escape(host: &mut Host) {
    std::thread::sleep(GUARD);
    host.send("+++");
    host.expect(OK);
}

/// Begins an upload of `hello`, and escapes when the server has the first two bytes.
#[track_caller]
fn escape_after_he(taker: &Taker, host: &mut Host, other: &mut Host) {
    open_routed(host);
    put(host, "f", 5);
    host.send("he");
    assert_eq!(taker.next(), b"he");
    settle(other);
    escape(host);
}

/// The module has done all that was to be done before: its other line answers, twice.
#[track_caller]
fn settle(other: &mut Host) {
    other.command("AT", OK);
    other.command("AT", OK);
}

#[test]
fn upload_takes_exactly_its_size_and_what_follows_is_typed() {
    over_both_lines(|line| {
        let taker = Taker::start(0);
        let module = Module::routed(taker.server.addr(), &[]);
        let host = &mut module.host(line);
        open_routed(host);
        put(host, "f", 5);
        host.send("helloAT+QFTPSTAT\rATE1\rAT+CG");
        host.expect(format!("{TRANSFER}{OK}AT+CG"));
        assert_eq!(taker.next(), b"hello");
        host.send("SN\r");
        host.expect("SN\r\r\n352273017386340\r\n\r\nOK\r\n");
        taker.proceed();
        host.expect("\r\n+QFTPPUT:5\r\n");
        host.send("ATE0\r");
        host.expect("ATE0\r\r\nOK\r\n");
        close(host);
        taker.server.join();
    });
}

#[test]
fn upload_of_fewer_bytes_ends_with_its_time_and_counts_what_came() {
    over_both_lines(|line| {
        let module = Module::demo(&FAST);
        let host = &mut module.host(line);
        open_built_in(host);
        host.command("AT+QFTPPUT=\"f\",10,15", OK);
        let start = Instant::now();
        host.expect(CONNECT);
        host.send("hello");
        host.expect("\r\n+QFTPPUT:5\r\n");
        // Since before the `CONNECT` from which the 15 s count.
        assert!(start.elapsed() >= Duration::from_millis(1500));
        assert_eq!(std::fs::read(module.root().join("f")).unwrap(), b"hello");
        expect_state(host, "OPENED");
        close(host);
    });
}

#[test]
fn file_may_hold_whatever_looks_like_something_else() {
    let all: Vec<u8> = (0..=255).collect();
    let traps: [&[u8]; 8] = [
        b"+++",
        b"\r\n+QFTPGET:5\r\n",
        b"\r\n+QFTPPUT:5\r\n",
        b"\r\nNO CARRIER\r\n",
        b"AT+QFTPCLOSE\r\n",
        b"\x11\x13\x11\x13",
        &all,
        b"the end+++",
    ];
    let file = traps.concat();
    std::thread::scope(|scope| {
        for line in [Line::Pty, Line::Tcp] {
            let file = &file;
            scope.spawn(move || {
                let module = Module::demo(&[]);
                let host = &mut module.host(line);
                open_built_in(host);
                upload(host, "f", file);
                assert_eq!(std::fs::read(module.root().join("f")).unwrap(), *file);
                assert_eq!(download(host, "f", file.len()), *file);
                // Active, and from within.
                configure(host, "1,0");
                configure(host, "3,3");
                assert_eq!(download(host, "f", file.len() - 3), file[3..]);
                close(host);
            });
        }
    });
}

#[test]
fn empty_file_comes_down_as_nothing() {
    over_both_lines(|line| {
        let module = Module::demo(&[]);
        std::fs::write(module.root().join("empty"), "").unwrap();
        let host = &mut module.host(line);
        open_built_in(host);
        assert_eq!(download(host, "empty", 0), b"");
        expect_state(host, "OPENED");
        close(host);
    });
}

#[test]
fn escaped_host_may_ask_and_is_refused_what_would_disturb_the_upload() {
    over_both_lines(|line| {
        let taker = Taker::start(2);
        let module = Module::routed(taker.server.addr(), &FAST);
        let host = &mut module.host(line);
        escape_after_he(&taker, host, &mut module.host(line.other()));
        expect_state(host, "TRANSFER");
        for (command, name) in [
            ("AT+QFTPPUT=\"g\",5,200", "+QFTPPUT"),
            ("AT+QFTPGET=\"g\"", "+QFTPGET"),
            ("AT+QFTPOPEN=\"ftp.example\",21", "+QFTPOPEN"),
        ] {
            host.command(command, OK);
            host.expect(format!("\r\n{name}:-3\r\n"));
        }
        host.command("AT+QFTPPATH=\"x\"", "\r\nOK\r\n\r\n+QFTPPATH:-3\r\n");
        host.command("AT+QFTPCFG=3,1", "\r\nOK\r\n\r\n+QFTPCFG:-3\r\n");
        // A half-typed line does not become data.
        host.send("AT+HALF");
        host.send("\rATO\r");
        host.expect(format!("\r\nERROR\r\n{CONNECT}"));
        host.send("llo");
        assert_eq!(taker.next(), b"llo");
        taker.proceed();
        host.expect("\r\n+QFTPPUT:5\r\n");
        host.command("ATO", "\r\nNO CARRIER\r\n");
        close(host);
        taker.server.join();
    });
}

#[test]
fn late_results_wait_while_an_upload_flows() {
    over_both_lines(|line| {
        let taker = Taker::start(2);
        let module = Module::routed(taker.server.addr(), &FAST);
        let (host, other) = (&mut module.host(line), &mut module.host(line.other()));
        escape_after_he(&taker, host, other);
        // At once, so that there is no silence in which to tell of the refusals.
        host.send("AT+QFTPPUT=\"g\",5\rAT+QFTPGET=\"g\"\rATO\r");
        host.expect(format!("{OK}{OK}{CONNECT}"));
        settle(other);
        host.send("llo");
        host.expect("\r\n+QFTPPUT:-3\r\n\r\n+QFTPGET:-3\r\n");
        assert_eq!(taker.next(), b"llo");
        taker.proceed();
        host.expect("\r\n+QFTPPUT:5\r\n");
        close(host);
        taker.server.join();
    });
}

#[test]
fn late_results_wait_while_a_download_flows_until_its_own_result() {
    over_both_lines(|line| {
        let file = random(200_000);
        let (server, proceed) = give_in_two(&file, 1000);
        let module = Module::routed(server.addr(), &FAST);
        let host = &mut module.host(line);
        open_routed(host);
        get(host, "f");
        assert_eq!(host.take(1000), file[..1000]);
        escape(host);
        host.send("AT+QFTPPUT=\"g\",5\rAT+QFTPGET=\"g\"\rATO\r");
        host.expect(format!("{OK}{OK}{CONNECT}"));
        proceed.send(()).unwrap();
        assert_eq!(sha256(&host.take(199_000)), sha256(&file[1000..]));
        host.expect("\r\n+QFTPGET:200000\r\n\r\n+QFTPPUT:-3\r\n\r\n+QFTPGET:-3\r\n");
        close(host);
        server.join();
    });
}

/// On its way are the module's window of 64 KiB, the system's buffers of about as much on either
/// side, and, on a TCP line, what Linux lets a socket hold unless it is told otherwise: 4 MiB.
#[test]
fn host_that_stops_reading_stops_the_server() {
    const SIZE: usize = 12 * MIB;
    over_both_lines(|line| {
        let file = long_file(SIZE);
        let served = file.clone();
        let (tell, stuck) = channel();
        let (proceed, told) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("RETR f");
            let sent = data.send_until_stuck(&served, Duration::from_millis(500));
            tell.send(sent).unwrap();
            told.recv_timeout(PATIENCE).unwrap();
            data.send(&served[sent..]);
            data.fin();
            control.reply("226 done");
            let_go(control);
        });
        let module = Module::routed(server.addr(), &[]);
        let host = &mut module.host(line);
        open_routed(host);
        get(host, "f");
        assert_eq!(host.take(1000), file[..1000]);
        let before = memory(&module, "VmRSS");
        let sent = stuck.recv_timeout(PATIENCE).unwrap();
        let bound = match line {
            Line::Pty => MIB / 2,
            Line::Tcp => 6 * MIB,
        };
        assert!(sent <= bound, "{line:?}: the server could send {sent} bytes");
        proceed.send(()).unwrap();
        assert!(host.take(SIZE - 1000) == file[1000..]);
        host.expect(format!("\r\n+QFTPGET:{SIZE}\r\n"));
        let peak = memory(&module, "VmHWM");
        assert!(peak <= before + GROWTH, "{line:?}: grew from {before} to {peak} bytes");
        close(host);
        server.join();
    });
}

#[test]
fn host_that_floods_loses_nothing() {
    over_both_lines(|line| flood(line, 8 * MIB));
}

#[test]
fn host_that_sends_a_small_file_and_many_commands_at_once_loses_nothing() {
    over_both_lines(|line| flood(line, 10));
}

/// A file and commands behind it, all at once. Each command takes its time, so that those behind
/// it must wait. The wire takes none: at its speed a host could not flood anybody.
fn flood(line: Line, size: usize) {
    /// Together more than the 1024 bytes that the module takes ahead of time.
    const COMMANDS: usize = 1000;
    const PROFILE: &str = "[timing]\npace_uart = false\n\
                           [bearer]\nactivation = \"0s\"\nname_lookup = \"0s\"\nround_trip = \"0s\"\n\
                           uplink_bps = 0\n[ftp]\nreply_limit = \"1h\"\nstall_limit = \"1h\"\n";
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("commands-take-time.toml");
    std::fs::write(&profile, PROFILE).unwrap();
    let profile = ["--profile", profile.to_str().unwrap()];
    let time = ["--timing", "faithful", "--time-scale", "50"];
    let file = long_file(size);
    let taker = Taker::start(1);
    let module = Module::routed(taker.server.addr(), &[&profile[..], &time].concat());
    let host = &mut module.host(line);
    open_routed(host);
    host.command(&format!("AT+QFTPPUT=\"f\",{size},60000"), OK);
    host.expect(CONNECT);
    let before = memory(&module, "VmRSS");
    host.send([&file, "AT\r".repeat(COMMANDS).as_bytes(), b"AT+QFTPSTAT\r"].concat());
    host.expect(OK.repeat(COMMANDS) + TRANSFER);
    assert!([taker.next(), taker.next()].concat() == file);
    let peak = memory(&module, "VmHWM");
    assert!(peak <= before + GROWTH, "{line:?}: grew from {before} to {peak} bytes");
    taker.proceed();
    host.expect(format!("\r\n+QFTPPUT:{size}\r\n"));
    close(host);
    taker.server.join();
}

/// Bytes of which none come again where a buffer's length of them would be missing or swapped.
fn long_file(length: usize) -> Vec<u8> {
    let mut file = random(65_537).repeat(length.div_ceil(65_537));
    file.truncate(length);
    file
}

/// What the system says of the program's memory, in bytes.
#[track_caller]
fn memory(module: &Module, name: &str) -> usize {
    let status = format!("/proc/{}/status", module.program.pid());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kibibytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
    kibibytes.parse::<usize>().unwrap() * 1024
}
