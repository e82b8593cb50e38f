//! One or more faults that are tried in one run, and what is reported of it.
//!
//! Does not know which faults to try.

use std::fs;
use std::path::{Path, PathBuf};

use quasimodem::fault::Rule;
use quasimodem::sweep::dialogue::What;
use quasimodem::sweep::judge::{FileState, judge};
use quasimodem::sweep::report::Finding;
use quasimodem::sweep::selection::Acceptance;
use quasimodem::sweep::{masked, scenario};

use super::laboratory::{Laboratory, NoRun};
use super::repeat;
use crate::cli::Refusal;

/// Longest name of a file, without its number and its end.
const LONGEST: usize = 60;

/// How trials are made.
pub(super) struct Bench<'a> {
    pub(super) laboratory: &'a Laboratory,
    /// Where scenarios and transcripts go.
    pub(super) folder: PathBuf,
    pub(super) accept: &'a Acceptance,
    /// The module's options, as they were given.
    pub(super) options: &'a [String],
    pub(super) seed: u64,
}

/// Faults to be tried together.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    /// Of the cell, `point/fault`.
    pub(super) name: String,
    /// Of its files, without their ends.
    pub(super) stem: String,
    pub(super) story: String,
    pub(super) rules: Vec<Rule>,
}

impl Trial {
    pub(super) fn new(number: usize, name: String, story: String, rules: Vec<Rule>) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let words: String = name.chars().map(plain).take(LONGEST).collect();
        let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
        Self { stem: format!("{number:03}-{}", words.join("-")), name, story, rules }
    }
}

impl Bench<'_> {
    /// Makes a trial; `None` if it was stopped.
    pub(super) fn make(&self, trial: &Trial) -> Result<Option<Finding>, Refusal> {
        let path = self.folder.join(format!("{}.toml", trial.stem));
        let scenario = scenario(&trial.name, &trial.story, &trial.rules);
        write(&path, &scenario)?;
        let seen = match self.laboratory.run(Some(&path)) {
            Ok(seen) => seen,
            Err(NoRun::Stopped) => return Ok(None),
            Err(NoRun::Refused(refusal)) => return Err(refusal),
        };
        let verdict = judge(&seen.ending);
        let accepted = self.accept.allows(&trial.name, verdict, &seen.ending.left);
        let kept = self.folder.join(format!("{}.at", trial.stem));
        if accepted {
            // That of an earlier sweep, which would belie this one. Mostly there is none.
            let _ = fs::remove_file(&kept);
        } else {
            write(&kept, &seen.recording)?;
        }
        let fired = seen.dialogue()?.iter().filter(|moment| moment.what == What::Fired).count();
        let host = &self.laboratory.command;
        let has_server = self.laboratory.server.is_some();
        Ok(Some(Finding {
            verdict,
            accepted,
            reached: fired >= trial.rules.len(),
            status: seen.ending.status,
            files: seen
                .ending
                .files
                .into_iter()
                .filter(|file| file.state != FileState::Right)
                .collect(),
            left: seen.ending.left,
            said: seen.said,
            repeat: repeat::command(self.options, has_server, self.seed, &path, host),
            scenario,
            transcript: (!accepted).then(|| readable(&seen.recording)),
            recording: (!accepted).then(|| kept.display().to_string()),
        }))
    }
}

/// A recording without passwords.
fn readable(recording: &str) -> String {
    recording.lines().map(|line| masked(line) + "\n").collect()
}

/// Writes a file of the report.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Refusal> {
    fs::write(path, text).map_err(|error| {
        Refusal::Unavailable(format!("{} cannot be written: {error}", path.display()))
    })
}
