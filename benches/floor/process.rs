//! The programs that are measured, each a process of its own that ends with the value that holds it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};

/// Before the name of the part that this program is to play.
pub const ROLE: &str = "--be";

/// A running program that has said that it is ready.
pub struct Program {
    child: Child,
    ends_with_input: bool,
    /// Its first line of output.
    pub said: String,
    /// From the call that started it to that line.
    pub ready_after: Duration,
    /// Where it may leave things; goes with it.
    pub folder: TempDir,
}

impl Program {
    /// The program under test, on the lines that `options` name, without modelled delay.
    pub fn modem(options: &[&str]) -> Self {
        Self::timed_modem("instant", options)
    }

    fn timed_modem(timing: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quasimodem"));
        command.args(["run", "--timing", timing]).args(options);
        // Nothing is logged in this state, as far as a user's own run does not log it either.
        command.env_remove("RUST_LOG");
        Self::start(command, folder)
    }

    /// The same, without the silence before a late result: it is by design, and no part of how fast
    /// a file is carried.
    pub fn prompt_modem(options: &[&str]) -> Self {
        let profile = profile("[timing]\nlate_result_gap = \"0s\"\n");
        let profile = profile.path().to_string_lossy();
        Self::modem(&[&["--profile", &profile], options].concat())
    }

    /// With every modelled delay but a bearer that holds nothing up; `AT+IPR` is `rate`, 0 for the
    /// host's own.
    pub fn paced_modem(rate: u32, options: &[&str]) -> Self {
        let bearer = "[bearer]\nuplink_bps = 0\ndownlink_bps = 0\n";
        let profile = profile(&format!("[v250]\nipr = {rate}\n{bearer}"));
        let profile = profile.path().to_string_lossy();
        Self::timed_modem("faithful", &[&["--profile", &profile], options].concat())
    }

    /// This very program in another part. Its line, if it makes one, is at [`Self::pty`].
    pub fn bare(role: &str, argument: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([ROLE, role]).args(argument).arg(folder.path().join("tty"));
        Self::start(command, folder)
    }

    /// The built-in FTP server alone, serving `root`; it says its address.
    pub fn built_in_server(root: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quasimodem"));
        command.args(["exec", "--ftp-server", "--ftp-root"]).arg(root);
        command.args(["--", "sh", "-c", "echo $QUASIMODEM_FTP_ADDR; exec cat"]);
        let mut program = Self::start(command, folder);
        program.ends_with_input = true;
        program
    }

    fn start(mut command: Command, folder: TempDir) -> Self {
        command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::null());
        let begin = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let ready_after = begin.elapsed();
        assert!(said.ends_with('\n'), "{command:?} is not ready");
        let said = said.trim_end().to_owned();
        Self { child, ends_with_input: false, said, ready_after, folder }
    }

    /// Where a program that makes a terminal was told to make it.
    pub fn pty(&self) -> PathBuf {
        self.folder.path().join("tty")
    }

    /// The address at the end of what it said.
    pub fn address(&self) -> &str {
        self.said.rsplit(' ').next().unwrap_or_default()
    }

    /// The processor time that it has spent, in ms.
    pub fn cpu(&self) -> f64 {
        let times = fs::read_to_string(format!("/proc/{}/schedstat", self.child.id())).unwrap();
        times.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
    }

    /// The most memory that it has held, in MiB.
    pub fn peak(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

/// A profile's file, which is read before the program is ready.
fn profile(text: &str) -> NamedTempFile {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    fs::write(&file, text).unwrap();
    file
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        if !self.ends_with_input {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
