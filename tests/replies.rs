//! Every reply that RFC 959 lets a server give, at every step at which it may give it, reaches the
//! host as the number of the manual's chapter 3; and so do a server's silence and its going away.
//!
//! Real sockets throughout: a host on the module's TCP line, the FTP client, a server.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics to say that something is not as it should be"
)]

mod support;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use quasimodem::io::clock::Clock;
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::names::Names;
use quasimodem::io::shell::Shell;
use quasimodem::io::tcp::TcpLine;
use quasimodem::io::wire::Wire;
use quasimodem::modem::Modem;
use quasimodem::profile::{PassiveAddress, Profile};
use support::obedient_ftp::{Deed, ObedientFtp, Step};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// RFC 959 5.4: the refusals that may answer each command, and the greeting. 332 asks for more than
/// the module has. What follows data is the second reply of STOR and RETR.
const COMMAND_REPLIES: &[(Step, &[u16])] = &[
    (Step::Greeting, &[421]),
    (Step::User, &[530, 500, 501, 421, 332]),
    (Step::Pass, &[530, 500, 501, 503, 421, 332]),
    (Step::Cwd, &[500, 501, 502, 421, 530, 550]),
    (Step::Type, &[500, 501, 504, 421, 530]),
    (Step::Pasv, &[500, 501, 502, 421, 530]),
    (Step::Port, &[500, 501, 421, 530]),
    (Step::Rest, &[500, 501, 502, 421, 530]),
    (Step::Stor, &[425, 426, 451, 551, 552, 532, 450, 452, 553, 500, 501, 421, 530]),
    (Step::Retr, &[425, 426, 451, 450, 550, 500, 501, 421, 530]),
    (Step::Completion, &[425, 426, 451, 551, 552]),
    (Step::Quit, &[500]),
];

/// Manual chapter 3, the replies of a server.
const LISTED: [u16; 14] = [421, 425, 426, 450, 452, 500, 501, 502, 530, 532, 550, 551, 552, 553];

/// How a host gets the module to take a step: the commands before, and the one that tells of it.
const WAYS: &[(Step, &[&str], &str)] = &[
    (Step::Greeting, &[], OPEN),
    (Step::User, &[], OPEN),
    (Step::Pass, &[], OPEN),
    (Step::Cwd, &[OPEN], "AT+QFTPPATH=\"/dir\""),
    (Step::Type, &[OPEN], PUT),
    (Step::Type, &[OPEN], GET),
    (Step::Pasv, &[OPEN], PUT),
    (Step::Pasv, &[OPEN], GET),
    (Step::Port, &[OPEN, "AT+QFTPCFG=1,0"], PUT),
    (Step::Port, &[OPEN, "AT+QFTPCFG=1,0"], GET),
    (Step::Rest, &[OPEN, "AT+QFTPCFG=3,1"], PUT),
    (Step::Rest, &[OPEN, "AT+QFTPCFG=3,1"], GET),
    (Step::Stor, &[OPEN], PUT),
    (Step::Stor, &[OPEN, "AT+QFTPCFG=1,0"], PUT),
    (Step::Retr, &[OPEN], GET),
    (Step::Retr, &[OPEN, "AT+QFTPCFG=1,0"], GET),
    (Step::Completion, &[OPEN], PUT),
    (Step::Completion, &[OPEN], GET),
    (Step::Quit, &[OPEN], "AT+QFTPCLOSE"),
];

const OPEN: &str = "AT+QFTPOPEN=\"ftp.example\",21";
const PUT: &str = "AT+QFTPPUT=\"f\",3";
const GET: &str = "AT+QFTPGET=\"f\"";

/// What the server has.
const FILE: &str = "0123456789";

/// Module time passes so many times as fast: the reply limit of 90 s ends after 0.9 s.
const SCALE: f64 = 100.0;

#[test]
fn every_reply_of_rfc_959_reaches_the_host_as_its_number() {
    let mut cases = Vec::new();
    for &(step, before, command) in WAYS {
        let codes = COMMAND_REPLIES.iter().find(|(of, _)| *of == step).unwrap().1;
        for &code in codes {
            let number = match code {
                _ if step == Step::Quit => 0,
                332 => -532,
                code if LISTED.contains(&code) => -i32::from(code),
                _ => -1,
            };
            let over = matches!(step, Step::Greeting | Step::User | Step::Pass | Step::Quit);
            let state = if over { "CLOSED" } else { "OPENED" };
            for text in [format!("{code} no"), format!("{code}-no\r\n 226 not yet\r\n{code} no")] {
                let deed = Deed::Reply(text);
                cases.push(Case { step, deed, before, command, number, state });
            }
        }
    }
    check(&cases);
}

#[test]
fn a_reply_may_come_in_any_pieces() {
    let pieces = |text: &str| text.bytes().map(|byte| vec![byte]).collect();
    let cases: Vec<Case> = [(Step::Pass, OPEN, "CLOSED"), (Step::Stor, PUT, "OPENED")]
        .into_iter()
        .map(|(step, command, state)| {
            let before: &[&str] = if command == OPEN { &[] } else { &[OPEN] };
            let deed = Deed::Segments(pieces("530-no\r\nno\r\n530 no\r\n"));
            Case { step, deed, before, command, number: -530, state }
        })
        .collect();
    check(&cases);
}

#[test]
fn a_server_that_goes_away_at_any_step_is_error_6() {
    let deeds = [Deed::Fin, Deed::Reset];
    check(&at_every_step(&deeds, -6));
}

#[test]
fn a_server_that_falls_silent_at_any_step_is_error_9() {
    check(&at_every_step(&[Deed::Silence], -9));
}

fn at_every_step(deeds: &[Deed], number: i32) -> Vec<Case> {
    let mut cases = Vec::new();
    for &(step, before, command) in WAYS {
        let number = if step == Step::Quit { 0 } else { number };
        for deed in deeds {
            let deed = deed.clone();
            cases.push(Case { step, deed, before, command, number, state: "CLOSED" });
        }
    }
    cases
}

#[derive(Clone)]
struct Case {
    step: Step,
    deed: Deed,
    before: &'static [&'static str],
    command: &'static str,
    number: i32,
    state: &'static str,
}

/// Runs all cases, some at a time, and says of all that differ how they do.
fn check(cases: &[Case]) {
    let mut report = String::new();
    for some in cases.chunks(16) {
        std::thread::scope(|scope| {
            let running: Vec<_> = some.iter().map(|case| scope.spawn(|| run(case))).collect();
            for (case, thread) in some.iter().zip(running) {
                let (result, state) = thread.join().unwrap();
                let name = case.command.trim_start_matches("AT").split('=').next().unwrap();
                let expected = (format!("{name}:{}", case.number), case.state.to_owned());
                if (&result, &state) != (&expected.0, &expected.1) {
                    let Case { step, deed, before, command, .. } = case;
                    writeln!(
                        report,
                        "{step:?} {deed:?}, {before:?} {command}: {result} {state}, not {expected:?}"
                    )
                    .unwrap();
                }
            }
        });
    }
    assert!(report.is_empty(), "of {} cases these differ:\n{report}", cases.len());
}

/// The result line of the case's command, and the state after it.
fn run(case: &Case) -> (String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = ObedientFtp::start(FILE.as_bytes(), [(case.step, case.deed.clone())]);
    let outcome = runtime.block_on(async {
        let line = TcpLine::bind(([127, 0, 0, 1], 0).into()).unwrap();
        let addr = line.local_addr();
        let set = ["quirks.path_mode = \"cwd-now\"".to_owned()];
        let profile = Profile::default().with(&set).unwrap().instant();
        let route = format!("ftp.example={}", server.addr()).parse().unwrap();
        let ftp = FtpClient::new(Names::new([route]), PassiveAddress::ControlPeer);
        let modem = Modem::new(&profile, 1, 0);
        let wires = vec![Wire::Tcp(line)];
        let shell = Shell::new(modem, wires, ftp, Clock::start(SCALE), None);
        shell.run(dialogue(addr, case)).await.unwrap()
    });
    // With it goes the client's connection, for which the server waits.
    drop(runtime);
    server.join();
    outcome
}

async fn dialogue(addr: SocketAddr, case: &Case) -> (String, String) {
    let mut host = Host { stream: BufReader::new(TcpStream::connect(addr).await.unwrap()) };
    host.send("ATE0\r").await;
    while host.line().await != "OK" {}
    for &command in case.before {
        host.send(&format!("{command}\r")).await;
        assert_eq!(host.line().await, "OK");
        let result = host.line().await;
        assert!(result.ends_with(":0"), "{command}: {result}");
    }
    host.send(&format!("{}\r", case.command)).await;
    assert_eq!(host.line().await, "OK");
    let mut result = host.line().await;
    if result == "CONNECT" && case.command == PUT {
        host.send("abc").await;
    }
    // Of a download that is cut short the file may have come, or not.
    while result == "CONNECT" || result == FILE {
        result = host.line().await;
    }
    host.send("AT+QFTPSTAT\r").await;
    let state = host.line().await.strip_prefix("+QFTPSTAT: ").unwrap().to_owned();
    assert_eq!(host.line().await, "OK");
    (result, state)
}

struct Host {
    stream: BufReader<TcpStream>,
}

impl Host {
    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next line that is not empty.
    async fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line);
            timeout(Duration::from_secs(30), read).await.unwrap().unwrap();
            if !line.trim_end().is_empty() {
                return line.trim_end().to_owned();
            }
        }
    }
}
