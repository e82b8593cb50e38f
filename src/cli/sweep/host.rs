//! The host program of one run: a process group of its own, which ends with the run.
//!
//! Does not know why it is run, nor what its end means.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// Most bytes of a last line that are shown.
const LONGEST: usize = 200;

/// A host program that runs.
pub(super) struct Host {
    child: Child,
    group: Option<Pid>,
    output: PathBuf,
}

impl Host {
    /// Starts it; what it says goes to `output`, and it reads nothing.
    pub(super) fn start(mut command: Command, output: &Path) -> io::Result<Self> {
        let file = File::create(output)?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.process_group(0).spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { child, group, output: output.to_owned() })
    }

    /// Its exit status once it has ended: 128 and the signal's number where one ended it, as shells
    /// have it.
    pub(super) async fn ended(&mut self) -> io::Result<u8> {
        let status = self.child.wait().await?;
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    }

    /// Ends it, and whatever it has started.
    pub(super) async fn kill(&mut self) -> io::Result<()> {
        self.kill_group();
        self.child.wait().await.map(|_| ())
    }

    /// The last line that it said, without blanks around it.
    pub(super) fn last_words(&self) -> String {
        let text = std::fs::read(&self.output).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        last.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
    }

    fn kill_group(&self) {
        if let Some(group) = self.group {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Host {
    /// What it leaves running would hold on to the line and the folder of a run that is over.
    fn drop(&mut self) {
        self.kill_group();
    }
}
