//! The host that comes next: opens the line that the one before has left, and looks at the module.
//!
//! Knows two commands, `AT` and `AT+QFTPSTAT`, and how long it is polite to wait.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use quasimodem::sweep::judge::LeftOver;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// How often it asks. A fault that has not yet taken place may befall it once or twice.
const ATTEMPTS: usize = 4;
/// How long it waits for each answer, in module time; and in real time at least.
const ANSWER: (Duration, Duration) = (Duration::from_secs(3), Duration::from_millis(250));

/// What is left over on the line at `path`, in a module whose time passes `scale` times as fast.
/// Takes a while, and sleeps.
pub(super) fn look(path: &Path, scale: f64) -> io::Result<Option<LeftOver>> {
    let line = open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK, Mode::empty())?;
    let mut terminal = tcgetattr(&line)?;
    terminal.make_raw();
    tcsetattr(&line, OptionalActions::Now, &terminal)?;
    let patience = ANSWER.0.div_f64(scale).max(ANSWER.1);
    for _ in 0..ATTEMPTS {
        // What was typed and not ended is ended, whatever it is.
        ask(&line, b"\r", b"\r\n", patience / 4)?;
        if ask(&line, b"AT\r", b"OK\r\n", patience)?.is_none() {
            continue;
        }
        if let Some(answer) = ask(&line, b"AT+QFTPSTAT\r", b"OK\r\n", patience)? {
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let state = answer.split("+QFTPSTAT: ").nth(1).and_then(|rest| rest.lines().next());
            let is_closed = matches!(state.map(str::trim), Some("IDLE" | "CLOSED") | None);
            return Ok((!is_closed).then_some(LeftOver::SessionOpen));
        }
    }
    Ok(Some(LeftOver::ModuleStuck))
}

/// Types, and reads until `wanted` has come; `None` if it does not within `patience`.
fn ask(
    line: &OwnedFd,
    typed: &[u8],
    wanted: &[u8],
    patience: Duration,
) -> io::Result<Option<Vec<u8>>> {
    let end = Instant::now() + patience;
    let mut said = Vec::new();
    let mut unsent = typed;
    loop {
        if !unsent.is_empty() {
            unsent = match rustix::io::write(line, unsent) {
                Ok(count) => &unsent[count..],
                Err(rustix::io::Errno::AGAIN) => unsent,
                Err(error) => return Err(error.into()),
            };
        }
        let mut chunk = [0; 512];
        match rustix::io::read(line, &mut chunk[..]) {
            Ok(count) => said.extend(&chunk[..count]),
            Err(rustix::io::Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
        if said.windows(wanted.len()).any(|window| window == wanted) {
            return Ok(Some(said));
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let wish = if unsent.is_empty() { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let left = left.try_into().map_err(io::Error::other)?;
        poll(&mut [PollFd::new(line, wish)], Some(&left))?;
    }
}
