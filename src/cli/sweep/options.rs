//! The options of `sweep`, and what they say that cannot be.
//!
//! Knows no run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use quasimodem::fault::Pattern;
use quasimodem::sweep::plan::Plan;
use quasimodem::sweep::selection::{Acceptance, Selection};

use super::laboratory::{Files, digest};
use crate::cli::Refusal;
use crate::cli::settings::Settings;

/// Options of `sweep`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Sweep {
    #[command(flatten)]
    pub(super) settings: Settings,
    /// Run the built-in FTP server too, a fresh one each time, with the account quectel / 123456.
    #[arg(long)]
    pub(super) ftp_server: bool,
    /// Begin each time with what is in this folder; it is copied, and not touched.
    #[arg(long, value_name = "DIR", requires = "ftp_server")]
    pub(super) ftp_root: Option<PathBuf>,
    /// What to try: faults, points and limits, as TOML. All that is built in if not said.
    #[arg(long, value_name = "FILE")]
    pub(super) sweep: Option<PathBuf>,
    /// What must be on the server in the end, by the file it is a copy of; may be given several times.
    /// What the run without a fault leaves there if not said.
    #[arg(long, value_name = "REMOTE=LOCAL", requires = "ftp_server", value_parser = expected)]
    pub(super) expect_file: Vec<(String, PathBuf)>,
    /// Runs at a time; as many as there are processors if not said.
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<usize>,
    /// Module time after which a run is taken to hang, as 90s; ten times what the run without a fault
    /// takes, and two minutes, if not said.
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(super) limit: Option<Duration>,
    /// Instead of every cell, make N runs with several faults each; one that fails is shrunk to the
    /// fewest that it takes. The same --seed picks the same.
    #[arg(long, value_name = "N", conflicts_with = "from")]
    pub(super) chaos: Option<u64>,
    /// Only cells whose point, fault or POINT/FAULT fits; with * and ?; may be given several times.
    #[arg(long, value_name = "PATTERN")]
    pub(super) only: Vec<String>,
    /// No cells whose point, fault or POINT/FAULT fits; may be given several times.
    #[arg(long, value_name = "PATTERN")]
    pub(super) skip: Vec<String>,
    /// Only the cells that were not good enough in this report.json.
    #[arg(long, value_name = "REPORT")]
    pub(super) from: Option<PathBuf>,
    /// What is good enough: recovered, failed, lost, hung and left-over, with commas between; with @ and
    /// a pattern behind, for those cells alone. recovered,failed,left-over if not said.
    #[arg(long, value_name = "LIST")]
    pub(super) accept: Option<Acceptance>,
    /// Where report.html, report.json, junit.xml, and the scenarios and transcripts of cells go.
    #[arg(long, value_name = "DIR", default_value = "quasimodem-sweep")]
    pub(super) out: PathBuf,
    /// The host program, which is run again and again. Its environment is that of `exec`.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

fn expected(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((remote, local)) if !remote.is_empty() && !local.is_empty() => {
            Ok((remote.trim_start_matches('/').to_owned(), PathBuf::from(local)))
        }
        _ => Err("write REMOTE=LOCAL, as upload.bin=./upload.bin".to_owned()),
    }
}

fn span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 90s or 2m"))
}

impl Sweep {
    /// The plan of the file and of the options, which say more.
    pub(super) fn plan(&self) -> Result<Plan, Refusal> {
        let mut plan = match &self.sweep {
            None => Plan::default(),
            Some(path) => Plan::parse(&read(path)?)
                .map_err(|mistake| Refusal::Asked(format!("{}: {mistake}", path.display())))?,
        };
        plan.only.extend(self.only.iter().cloned());
        plan.skip.extend(self.skip.iter().cloned());
        plan.limit = self.limit.or(plan.limit);
        if let Some(accept) = &self.accept {
            plan.accept = accept.clone();
        }
        Ok(plan)
    }

    /// What every file ought to be, where somebody has said.
    pub(super) fn expected(&self) -> Result<Option<Files>, Refusal> {
        if self.expect_file.is_empty() {
            return Ok(None);
        }
        let read = |(remote, local): &(String, PathBuf)| {
            let digest = digest(local);
            digest.map(|digest| (remote.clone(), digest)).map_err(|error| unreadable(local, &error))
        };
        self.expect_file.iter().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// How many runs at a time, if they do not get into each other's way.
    pub(super) fn jobs(&self) -> Result<usize, Refusal> {
        let Settings { pty, tcp, serial, state, .. } = &self.settings;
        let is_shared = !pty.is_empty()
            || !serial.is_empty()
            || state.is_some()
            || tcp.iter().any(|port| port.addr.port() != 0);
        match self.jobs {
            Some(0) => Err(Refusal::Asked("with --jobs 0 nothing would ever run".to_owned())),
            None if is_shared => Ok(1),
            None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
            Some(1) => Ok(1),
            Some(jobs) if is_shared => Err(Refusal::Asked(format!(
                "{jobs} runs at a time cannot share a --pty, --serial, --state or a port of --tcp; \
                 leave these out, as each run has its own, or say --jobs 1"
            ))),
            Some(jobs) => Ok(jobs),
        }
    }

    /// Refuses options of a module that make no sense for many.
    pub(super) fn refuse_single_files(&self) -> Result<(), Refusal> {
        let Settings { record, ready_file, .. } = &self.settings;
        let given = [("--record", record.is_some()), ("--ready-file", ready_file.is_some())];
        match given.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((option, _)) => Err(Refusal::Asked(format!(
                "{option} names one file for many runs; transcripts of cells go to the folder of --out"
            ))),
        }
    }
}

/// The cells that a plan wants, and not those that fit none of `all`.
pub(super) fn selection(plan: &Plan, all: &[(String, String)]) -> Result<Selection, Refusal> {
    let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
    let selection = Selection { only: patterns(&plan.only), skip: patterns(&plan.skip) };
    match selection.idle(all) {
        None => Ok(selection),
        Some(idle) => Err(Refusal::Asked(format!(
            "no point and no fault of this dialogue fits {idle:?}; report.json of a sweep without it lists all"
        ))),
    }
}

/// A file that the user has named.
pub(super) fn read(path: &Path) -> Result<String, Refusal> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::Asked(format!("{} cannot be read: {error}", path.display()))
}
