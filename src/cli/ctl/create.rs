//! What `ctl create` takes, and the module that it asks for.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quasimodem::io::control::{Create, LineWanted, Timing};

use super::unreadable;
use crate::cli::Refusal;

/// Options of `ctl create`.
#[derive(Debug, Args)]
pub(super) struct CreateOptions {
    /// Which module, as run has it; otherwise as the server was started with.
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// With a TCP port, 0 for any free one; may be given several times. One of these if no line is named.
    #[arg(long, value_name = "ADDR:PORT")]
    tcp: Vec<SocketAddr>,
    /// With a pseudo-terminal at PATH; may be given several times.
    #[arg(long, value_name = "PATH")]
    pty: Vec<PathBuf>,
    /// Whether modelled delay applies.
    #[arg(long, value_enum)]
    timing: Option<TimingOption>,
    /// Let module time pass N times as fast.
    #[arg(long, value_name = "N")]
    time_scale: Option<f64>,
    /// Seed of chance.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What goes wrong: a scenario that is built in, or a file; may be given several times.
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Vec<PathBuf>,
    /// Start switched off.
    #[arg(long)]
    powered_off: bool,
    /// Keep no transcript of it.
    #[arg(long)]
    no_transcript: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TimingOption {
    Faithful,
    Instant,
}

impl CreateOptions {
    /// The request.
    pub(super) fn wanted(&self) -> Result<Create, Refusal> {
        let ptys = self.pty.iter().map(|path| LineWanted::Pty { path: Some(from_anywhere(path)) });
        let tcps = self.tcp.iter().map(|&addr| LineWanted::Tcp { addr: Some(addr) });
        let scenarios = self.scenario.iter().map(scenario);
        let scenarios = scenarios.collect::<Result<Vec<_>, _>>()?;
        Ok(Create {
            profile: self.profile.as_deref().map(|name| match is_bare(Path::new(name)) {
                true => name.to_owned(),
                false => from_anywhere(Path::new(name)).display().to_string(),
            }),
            lines: ptys.chain(tcps).collect(),
            timing: self.timing.map(|timing| match timing {
                TimingOption::Faithful => Timing::Faithful,
                TimingOption::Instant => Timing::Instant,
            }),
            time_scale: self.time_scale,
            seed: self.seed,
            scenarios: (!scenarios.is_empty()).then_some(scenarios),
            powered_off: self.powered_off,
            no_transcript: self.no_transcript,
        })
    }
}

/// A file's text; a name that is no file's may be one that is built into the server.
fn scenario(name: &PathBuf) -> Result<String, Refusal> {
    match std::fs::read_to_string(name) {
        Err(_) if is_bare(name) => Ok(name.display().to_string()),
        read => read.map_err(|error| unreadable(&name.display().to_string(), &error)),
    }
}

/// Neither a folder nor an end: it may name what is built in.
fn is_bare(name: &Path) -> bool {
    name.components().count() == 1 && name.extension().is_none()
}

/// The same path for a server that was started elsewhere.
fn from_anywhere(path: &Path) -> PathBuf {
    // Only nothing has no absolute path.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
