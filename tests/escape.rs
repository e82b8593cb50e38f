//! The guard of `+++` to the millisecond, through real sockets: no real clock would hold one, so
//! the shell's stands still but for what the test lets pass.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics to say that something is not as it should be"
)]

mod support;

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use quasimodem::io::clock::Clock;
use quasimodem::profile::Profile;
use support::in_process::{AsyncHost, InProcess};
use support::scripted_ftp::ScriptedFtp;
use tokio::time::{advance, pause, resume};

/// The guard is 500 ms.
const GUARD: Duration = Duration::from_millis(500);
/// Silence before the pluses and behind them, in milliseconds.
const SILENCES: [u64; 3] = [499, 500, 501];

const OK: &str = "\r\nOK\r\n";
const CONNECT: &str = "\r\nCONNECT\r\n";

#[test]
fn upload_is_left_after_500_ms_and_not_after_499() {
    for_each_guard(|before, after| {
        let escapes = before >= GUARD && after >= GUARD;
        let file = if escapes { "hello" } else { "he+++AT\rllo" };
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("STOR f");
            assert_eq!(
                data.receive_all().escape_ascii().to_string(),
                file.escape_debug().to_string()
            );
            control.reply("226 done");
            assert_eq!(control.command(), None);
        });
        with_module(server, async |host, other| {
            host.command(&format!("AT+QFTPPUT=\"f\",{}", file.len()), OK).await;
            host.expect(CONNECT).await;
            let still = Stillness::begin();
            host.send("he").await;
            escape(host, other, before, after).await;
            if escapes {
                go_back(host).await;
            }
            still.end();
            host.send("llo").await;
            host.expect(format!("\r\n+QFTPPUT:{}\r\n", file.len())).await;
        });
    });
}

#[test]
fn download_is_left_after_500_ms_and_not_after_499() {
    for_each_guard(|before, after| {
        let escapes = before >= GUARD && after >= GUARD;
        let (proceed, told) = channel();
        let server = ScriptedFtp::start(move |mut control| {
            control.login();
            let mut data = control.begin("RETR f");
            data.send(b"he");
            told.recv().unwrap();
            data.send(b"llo");
            data.fin();
            control.reply("226 done");
            assert_eq!(control.command(), None);
        });
        with_module(server, async move |host, other| {
            host.command("AT+QFTPGET=\"f\"", OK).await;
            host.expect([CONNECT, "he"].concat()).await;
            let still = Stillness::begin();
            // Data for nobody, but no silence either.
            host.send("x").await;
            escape(host, other, before, after).await;
            if escapes {
                go_back(host).await;
            }
            still.end();
            proceed.send(()).unwrap();
            host.expect("llo\r\n+QFTPGET:5\r\n").await;
        });
    });
}

fn for_each_guard(test: impl Fn(Duration, Duration)) {
    for before in SILENCES {
        for after in SILENCES {
            test(Duration::from_millis(before), Duration::from_millis(after));
        }
    }
}

/// A session with the server from the first of two lines.
fn with_module(server: ScriptedFtp, test: impl AsyncFnOnce(&mut AsyncHost, &mut AsyncHost)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let profile = Profile::default().instant();
        let module = InProcess::new(&profile, 2, server.addr(), Clock::start(1.0));
        let lines = module.lines.clone();
        let dialogue = async {
            let mut host = AsyncHost::attach(lines[0]).await;
            let mut other = AsyncHost::attach(lines[1]).await;
            host.command("AT+QFTPUSER=\"u\"", OK).await;
            host.command("AT+QFTPPASS=\"p\"", OK).await;
            host.command("AT+QFTPOPEN=\"ftp.example\",21", OK).await;
            host.expect("\r\n+QFTPOPEN:0\r\n").await;
            test(&mut host, &mut other).await;
        };
        module.run(dialogue).await;
    });
    drop(runtime);
    server.join();
}

/// Three pluses between two silences, and a command line right behind the second.
async fn escape(host: &mut AsyncHost, other: &mut AsyncHost, before: Duration, after: Duration) {
    settle(other).await;
    advance(before).await;
    host.send("+++").await;
    settle(other).await;
    advance(after).await;
    host.send("AT\r").await;
    settle(other).await;
}

/// The escape was one, and what was typed behind it a command; the data goes on.
async fn go_back(host: &mut AsyncHost) {
    host.expect([OK, OK].concat()).await;
    host.command("AT+QFTPSTAT", "\r\n+QFTPSTAT: TRANSFER\r\n\r\nOK\r\n").await;
    host.command("ATO", CONNECT).await;
}

/// What was sent before has been read: the module's lines take turns.
async fn settle(other: &mut AsyncHost) {
    other.command("AT", OK).await;
    other.command("AT", OK).await;
}

/// Time stands still, also where nothing else is to be done: tokio does not let it run on by
/// itself as long as a blocking task is busy.
struct Stillness(Sender<()>);

impl Stillness {
    fn begin() -> Self {
        let (release, held) = channel();
        // Where the test hangs, time runs on at last, and whoever waits gives up.
        tokio::task::spawn_blocking(move || held.recv_timeout(Duration::from_secs(30)));
        pause();
        Self(release)
    }

    /// Goes on in real time.
    fn end(self) {
        self.0.send(()).unwrap();
        resume();
    }
}
