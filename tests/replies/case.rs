//! One way for a dialogue to go otherwise, and what the host must hear of it.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use quasimodem::io::clock::Clock;
use quasimodem::io::operator::Order;
use quasimodem::profile::Profile;
use quasimodem::world::World;
use tokio::sync::mpsc::Sender;

use crate::support::in_process::{AsyncHost, InProcess};
use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};

pub const OPEN: &str = "AT+QFTPOPEN=\"ftp.example\",21";
pub const PUT: &str = "AT+QFTPPUT=\"f\",10";
pub const GET: &str = "AT+QFTPGET=\"f\"";
pub const CLOSE: &str = "AT+QFTPCLOSE";
pub const ACTIVE: &str = "AT+QFTPCFG=1,0";
/// The host waits for what comes by itself.
pub const NOTHING: &str = "";

/// What the server has, and what the host has.
pub const FILE: &str = "0123456789";

/// How a host gets the module to take a step: the commands before, and the one that tells of it.
pub const WAYS: &[(Step, &[&str], &str)] = &[
    (Step::Greeting, &[], OPEN),
    (Step::User, &[], OPEN),
    (Step::Pass, &[], OPEN),
    (Step::Idle, &[OPEN], NOTHING),
    (Step::Cwd, &[OPEN], "AT+QFTPPATH=\"/dir\""),
    (Step::Type, &[OPEN], PUT),
    (Step::Type, &[OPEN], GET),
    (Step::Pasv, &[OPEN], PUT),
    (Step::Pasv, &[OPEN], GET),
    (Step::Port, &[OPEN, ACTIVE], PUT),
    (Step::Port, &[OPEN, ACTIVE], GET),
    (Step::Rest, &[OPEN, "AT+QFTPCFG=3,1"], PUT),
    (Step::Rest, &[OPEN, "AT+QFTPCFG=3,1"], GET),
    (Step::Stor, &[OPEN], PUT),
    (Step::Stor, &[OPEN, ACTIVE], PUT),
    (Step::Retr, &[OPEN], GET),
    (Step::Retr, &[OPEN, ACTIVE], GET),
    (Step::Completion, &[OPEN], PUT),
    (Step::Completion, &[OPEN], GET),
    (Step::Quit, &[OPEN], CLOSE),
];

/// Silence is a matter of time: this much faster, the reply limit of 90 s ends after 0.9 s.
const FAST: f64 = 100.0;

/// Cases at a time: most of them wait.
const AT_A_TIME: usize = 32;

#[derive(Clone, Debug)]
pub struct Case {
    pub step: Step,
    pub deed: Deed,
    pub before: &'static [&'static str],
    pub command: &'static str,
    /// How much of an upload the host sends.
    pub sends: &'static str,
    /// What befalls the module once the server has done its deed.
    pub world: Option<World>,
    /// The lines that the host hears in the end, `CONNECT` and the file left out.
    pub heard: Vec<String>,
    pub state: &'static str,
}

impl Case {
    /// A case with one result, which has this number.
    pub fn new(
        way: &(Step, &'static [&'static str], &'static str),
        deed: Deed,
        number: i32,
        state: &'static str,
    ) -> Self {
        let &(step, before, command) = way;
        let heard = vec![format!("{}:{number}", result_of(command))];
        Self { step, deed, before, command, sends: FILE, world: None, heard, state }
    }

    /// Whether it ends with a time limit.
    fn is_silent(&self) -> bool {
        let held = matches!(self.deed, Deed::Silence) || self.heard[0].ends_with(":-9");
        held && self.world.is_none()
    }
}

/// The name of the line that tells of a command's result.
pub fn result_of(command: &str) -> &str {
    match command.trim_start_matches("AT").split('=').next() {
        Some("") | None => "+QFTPERROR",
        Some(name) => name,
    }
}

/// Runs all cases, some at a time, and says of all that differ how they do.
pub fn check(cases: &[Case]) {
    assert!(!cases.is_empty());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut report = String::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let seen = run(case);
            if seen != (case.heard.clone(), case.state.to_owned()) {
                writeln!(report, "{seen:?} in {case:?}").unwrap();
            }
        }
        report
    };
    let report: String = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME.min(cases.len())).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(report.is_empty(), "of {} cases these differ:\n{report}", cases.len());
}

/// What the host heard, and the state after it.
fn run(case: &Case) -> (Vec<String>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut server = ObedientFtp::start(FILE.as_bytes(), [(case.step, case.deed.clone())]);
    let seen = runtime.block_on(async {
        let set = ["quirks.path_mode = \"cwd-now\"".to_owned()];
        let profile = Profile::default().with(&set).unwrap().instant();
        let clock = Clock::start(if case.is_silent() { FAST } else { 1.0 });
        let module = InProcess::new(&profile, 1, server.addr(), clock);
        let (line, world) = (module.lines[0], module.world.clone());
        module
            .run(async {
                let mut host = AsyncHost::attach(line).await;
                dialogue(&mut host, &mut server, world, case).await
            })
            .await
    });
    // With it goes the client's connection, for which the server waits.
    drop(runtime);
    server.join();
    seen
}

async fn dialogue(
    host: &mut AsyncHost,
    server: &mut ObedientFtp,
    world: Sender<Order>,
    case: &Case,
) -> (Vec<String>, String) {
    for &command in case.before {
        host.send(format!("{command}\r")).await;
        assert_eq!(host.line().await, "OK");
        let result = host.line().await;
        assert!(result.ends_with(":0"), "{command}: {result}");
    }
    if case.command == NOTHING {
        server.proceed();
    } else {
        host.send(format!("{}\r", case.command)).await;
        assert_eq!(host.line().await, "OK");
    }
    let mut heard = Vec::new();
    let mut befalls = case.world.map(|happening| (world, happening));
    while heard.len() < case.heard.len() {
        tokio::select! {
            line = host.line() => match line.as_str() {
                "CONNECT" if case.command == PUT => host.send(case.sends).await,
                "CONNECT" => {}
                // Of a download that is cut short all may have come, or a part, or nothing.
                part if case.command == GET && FILE.starts_with(part) => {}
                _ => heard.push(line),
            },
            () = server.disobeys(), if befalls.is_some() => {
                let (world, happening) = befalls.take().unwrap();
                world.send(Order::World(happening)).await.unwrap();
            }
        }
    }
    host.send("AT+QFTPSTAT\r").await;
    let state = host.line().await.strip_prefix("+QFTPSTAT: ").unwrap().to_owned();
    assert_eq!(host.line().await, "OK");
    (heard, state)
}
