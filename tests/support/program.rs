//! The program as its users run it: a process of its own, which does not outlive its test.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::host::PATIENCE;

pub struct Program {
    child: Child,
    /// Lines of standard output, with their line feeds.
    stdout: Receiver<String>,
    stderr: File,
    /// For its temporary files, so that one that is killed leaves nothing to anybody else.
    scratch: TempDir,
}

/// What a program that has ended left.
#[derive(Debug)]
pub struct Ended {
    pub stdout: String,
    pub stderr: String,
    pub status: ExitStatus,
}

/// The program, to be given arguments and surroundings.
pub fn quasimodem() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quasimodem"));
    for variable in [
        "RUST_LOG",
        "QUASIMODEM_FTP_ADDR",
        "QUASIMODEM_FTP_ROOT",
        "QUASIMODEM_CONTROL",
        "QUASIMODEM_CONTROL_TOKEN",
    ] {
        command.env_remove(variable);
    }
    command
}

impl Program {
    pub fn start(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        Self::spawn(quasimodem().args(args))
    }

    pub fn spawn(command: &mut Command) -> Self {
        let stderr = tempfile::tempfile().unwrap();
        let scratch = tempfile::tempdir().unwrap();
        command.env("TMPDIR", scratch.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let (sender, stdout) = channel();
        std::thread::spawn(move || {
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, stdout, stderr, scratch }
    }

    /// The next line of standard output, without its line feed.
    #[track_caller]
    pub fn line(&self) -> String {
        let line = self.stdout.recv_timeout(PATIENCE).expect("one more line");
        line.strip_suffix('\n').expect("a whole line").to_owned()
    }

    /// The same if there is one now.
    pub fn try_line(&self) -> Option<String> {
        let line = self.stdout.try_recv().ok()?;
        Some(line.strip_suffix('\n').expect("a whole line").to_owned())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Tells the command of `exec`, where that is `cat`, to end.
    pub fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Waits for the end, which must be an orderly one: no temporary file stays behind.
    #[track_caller]
    pub fn finish(mut self) -> Ended {
        let mut stdout = String::new();
        loop {
            match self.stdout.recv_timeout(PATIENCE) {
                Ok(line) => stdout += &line,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the program goes on"),
            }
        }
        let status = self.child.wait().unwrap();
        let left: Vec<_> = std::fs::read_dir(self.scratch.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
        Ended { stdout, stderr: self.stderr(), status }
    }

    /// Kills it with SIGKILL, and waits until it is gone with all its sockets.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        self.stderr.rewind().unwrap();
        self.stderr.read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Most have ended by now.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the program said\n{}", self.stderr());
        }
    }
}

impl Ended {
    /// It exited of itself; with which status.
    #[track_caller]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{self:?}"))
    }
}
