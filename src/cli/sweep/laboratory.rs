//! One run of the host program: a module, a server and a folder of its own, and what came of it.
//!
//! Does not know which faults there are, nor what is good enough.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use quasimodem::io::ftp_server::FtpServer;
use quasimodem::sweep::dialogue::{self, Moment};
use quasimodem::sweep::judge::{Ending, Fate, FileState, LeftOver};
use quasimodem::time::SimTime;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::host::Host;
use super::next_host;
use crate::cli::host::host_command;
use crate::cli::manual_server::{built_in_routes, start_server};
use crate::cli::module::{Module, PowerKey};
use crate::cli::settings::{Settings, TcpPort};
use crate::cli::{Refusal, runtime};

/// What every run has alike.
pub(super) struct Laboratory {
    /// Of every module.
    pub(super) settings: Settings,
    /// The host program and its arguments.
    pub(super) command: Vec<String>,
    /// Whether the built-in server runs, too; and what is in its folder at first.
    pub(super) server: Option<Option<PathBuf>>,
    /// What every file ought to be; as the clean run leaves them where nobody has said.
    pub(super) expected: Option<Files>,
    /// Longest run, in real time.
    pub(super) limit: Duration,
    /// What the clean run leaves behind.
    pub(super) tolerated: Option<LeftOver>,
    /// `true` when every run is to end.
    pub(super) stop: watch::Receiver<bool>,
}

/// Names of files on the server, and the SHA-256 of each.
pub(super) type Files = BTreeMap<String, [u8; 32]>;

/// What was seen of a run.
pub(super) struct Seen {
    pub(super) ending: Ending,
    /// What is on the server.
    pub(super) files: Files,
    pub(super) left: Option<LeftOver>,
    /// The last line that the host said.
    pub(super) said: String,
    pub(super) recording: String,
    /// Module time at the host's end; what is recorded behind it is the next host's.
    pub(super) end: SimTime,
}

impl Seen {
    /// The host's own dialogue.
    pub(super) fn dialogue(&self) -> Result<Vec<Moment>, Refusal> {
        let moments = dialogue::read(&self.recording);
        let mut moments =
            moments.map_err(|mistake| Refusal::Unavailable(format!("the recording: {mistake}")))?;
        moments.retain(|moment| moment.at <= self.end);
        Ok(moments)
    }
}

/// Why a run has nothing to show.
pub(super) enum NoRun {
    /// Somebody wants the program to end.
    Stopped,
    Refused(Refusal),
}

impl From<Refusal> for NoRun {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Laboratory {
    /// Runs the host program once, with the faults of a scenario file or with none.
    pub(super) fn run(&self, scenario: Option<&Path>) -> Result<Seen, NoRun> {
        let runtime = runtime()?;
        let context = runtime.enter();
        let folder =
            TempDir::with_prefix("quasimodem-").map_err(|error| unusual("folder", error))?;
        let settings = self.settings_of_run(folder.path(), scenario);
        let server = self.server(folder.path())?;
        let routes = server.as_ref().map(built_in_routes).unwrap_or_default();
        let module = Module::assemble(&settings, settings.rules()?, server.as_ref(), routes)?;
        let output = folder.path().join("output");
        let command = host_command(&self.command, &module.place, settings.time_scale)?;
        let line = module.place.ptys.first().map(|(path, _)| path.clone());
        let clock = module.shell.clock();
        let shell = PowerKey::listen()?.of(module.shell);
        let mut host = Host::start(command, &output).map_err(|error| {
            let program = self.command.first().map_or("", String::as_str);
            Refusal::Unavailable(format!("{program} cannot be run: {error}"))
        })?;
        drop(context);
        let stop = async {
            let status = self.outlive(&mut host).await?;
            let end = clock.now();
            let scale = settings.time_scale;
            let look =
                spawn_blocking(move || line.map(|line| next_host::look(&line, scale)).transpose());
            let left = look.await.map_err(io::Error::other)??;
            io::Result::Ok((status, end, left.flatten()))
        };
        let ended = runtime.block_on(shell.run(stop));
        runtime.shutdown_background();
        if *self.stop.borrow() {
            return Err(NoRun::Stopped);
        }
        let broke = |error| Refusal::broke(&error);
        let (status, end, left) = ended.map_err(broke)?.map_err(broke)?;
        let files = match &server {
            Some(server) => {
                digests(server.root()).map_err(|error| unusual("served folder", error))?
            }
            None => Files::new(),
        };
        let recording = fs::read(folder.path().join("record.at")).unwrap_or_default();
        let recording = String::from_utf8_lossy(&recording).into_owned();
        let ending = Ending {
            status,
            files: self.fates(&files),
            left: left.filter(|left| Some(*left) != self.tolerated).into_iter().collect(),
        };
        Ok(Seen { ending, files, left, said: host.last_words(), recording, end })
    }

    fn settings_of_run(&self, folder: &Path, scenario: Option<&Path>) -> Settings {
        let mut settings = self.settings.clone();
        if settings.pty.is_empty() {
            settings.pty.push(folder.join("ttyQ0"));
        }
        if settings.tcp.is_empty() {
            settings.tcp.push(TcpPort::ANY);
        }
        settings.record = Some(folder.join("record.at"));
        settings.scenario.extend(scenario.map(|path| path.display().to_string()));
        settings
    }

    /// A server of this run's own, which serves a copy of what the user has named.
    fn server(&self, folder: &Path) -> Result<Option<FtpServer>, NoRun> {
        let Some(from) = &self.server else { return Ok(None) };
        let root = folder.join("ftp");
        let copied = match from {
            Some(from) => copy(from, &root),
            None => fs::create_dir(&root),
        };
        copied.map_err(|error| unusual("served folder", error))?;
        Ok(Some(start_server(Some(root))?))
    }

    /// Waits for the host, up to the limit; `None` if it had to be stopped.
    async fn outlive(&self, host: &mut Host) -> io::Result<Option<u8>> {
        let mut stop = self.stop.clone();
        tokio::select! {
            status = host.ended() => return status.map(Some),
            () = tokio::time::sleep(self.limit) => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
        host.kill().await?;
        Ok(None)
    }

    fn fates(&self, files: &Files) -> Vec<Fate> {
        let expected = self.expected.iter().flatten();
        let fate = expected.map(|(name, digest)| {
            let state = match files.get(name) {
                None => FileState::Missing,
                Some(found) if found == digest => FileState::Right,
                Some(_) => FileState::Different,
            };
            Fate { name: name.clone(), state }
        });
        fate.collect()
    }
}

fn unusual(what: &str, error: io::Error) -> NoRun {
    NoRun::Refused(Refusal::Unavailable(format!("a run has no {what}: {error}")))
}

/// The SHA-256 of a file.
pub(super) fn digest(path: &Path) -> io::Result<[u8; 32]> {
    Ok(Sha256::digest(fs::read(path)?).into())
}

/// Every file below `root`, by its path from there.
fn digests(root: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(root) {
                files.insert(name.to_string_lossy().into_owned(), digest(&path)?);
            }
        }
    }
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
