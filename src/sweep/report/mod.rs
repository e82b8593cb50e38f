//! What a sweep has found, as data; the files of this folder show it.
//!
//! Does not know how any of it was found.

mod html;
mod json;
mod junit;
mod table;

use serde::{Deserialize, Serialize};

use super::judge::{Fate, LeftOver, Verdict};
pub use html::html;
pub use json::{json, read_json};
pub use junit::junit;
pub use table::{FaultyCells, table};

/// The form of the JSON report; another number where a reader would have to know.
pub const FORM: u32 = 1;

/// A sweep, or runs by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORM`].
    pub form: u32,
    /// Of the program.
    pub version: String,
    /// The host's command.
    pub command: Vec<String>,
    /// The module's options, as `exec` takes them.
    pub options: Vec<String>,
    /// Of every run.
    pub seed: u64,
    /// Module time that the clean run took, in seconds.
    pub clean_seconds: f64,
    /// Module time after which a run is taken to hang, in seconds.
    pub limit_seconds: f64,
    /// What is good enough, as `--accept` takes it.
    pub accept: String,
    /// The clean run's dialogue, in its order.
    pub points: Vec<PointRow>,
    /// Every fault that was injected anywhere.
    pub faults: Vec<FaultColumn>,
    /// One fault at one point each.
    pub cells: Vec<Cell>,
    /// Several faults by chance each.
    pub chaos: Vec<ChaosRun>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
}

/// A point of the dialogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointRow {
    /// As `--only` and `--skip` have it.
    pub name: String,
    /// Module time in the clean run, in seconds.
    pub at: f64,
    /// What happened there.
    pub text: String,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultColumn {
    /// As `--only` and `--skip` have it.
    pub name: String,
    /// What it does.
    pub story: String,
}

/// A run with one fault at one point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Of a [`PointRow`].
    pub point: String,
    /// Of a [`FaultColumn`].
    pub fault: String,
    /// What came of it.
    #[serde(flatten)]
    pub finding: Finding,
}

/// A run with faults by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChaosRun {
    /// From 1 on.
    pub number: u64,
    /// `point/fault` of each.
    pub picked: Vec<String>,
    /// Those of them that it takes; all of them where the run was good enough.
    pub kept: Vec<String>,
    /// What comes of those.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What became of it.
    pub verdict: Verdict,
    /// Whether that is good enough.
    pub accepted: bool,
    /// Whether every fault took place.
    pub reached: bool,
    /// The host's exit status; `None` if it hung.
    pub status: Option<u8>,
    /// Of the files that ought to be there, those that are not.
    pub files: Vec<Fate>,
    /// What it left behind.
    pub left: Vec<LeftOver>,
    /// The last line that the host said.
    pub said: String,
    /// The faults, as a scenario file.
    pub scenario: String,
    /// The command that repeats the run.
    pub repeat: String,
    /// The dialogue; only where it is not good enough.
    pub transcript: Option<String>,
    /// The file in which it stands as it was typed, as `replay` takes it.
    pub recording: Option<String>,
}

impl Cell {
    /// As `--only` and `--skip` have it.
    pub fn name(&self) -> String {
        format!("{}/{}", self.point, self.fault)
    }
}

impl Report {
    /// Every finding with its name.
    pub fn findings(&self) -> impl Iterator<Item = (String, &Finding)> {
        let cells = self.cells.iter().map(|cell| (cell.name(), &cell.finding));
        let chaos = self.chaos.iter().map(|run| (format!("chaos {}", run.number), &run.finding));
        cells.chain(chaos)
    }

    /// Every finding that is not good enough.
    pub fn bad(&self) -> impl Iterator<Item = (String, &Finding)> {
        self.findings().filter(|(_, finding)| !finding.accepted)
    }

    /// How many runs had that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.findings().filter(|(_, finding)| finding.verdict == verdict).count()
    }
}

impl Finding {
    /// What is worth saying of it besides its verdict: one short sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(status) = self.status.filter(|status| *status != 0) {
            remarks.push(format!("exit status {status}"));
        }
        for file in &self.files {
            let state = match file.state {
                super::judge::FileState::Right => continue,
                super::judge::FileState::Different => "is another file",
                super::judge::FileState::Missing => "is not there",
            };
            remarks.push(format!("{} {state}", file.name));
        }
        remarks.extend(self.left.iter().map(|left| left.meaning().to_owned()));
        if !self.reached {
            remarks.push("the fault never took place".to_owned());
        }
        remarks
    }
}

#[cfg(test)]
pub(super) mod sample {
    use super::super::judge::FileState;
    use super::*;

    pub(in super::super) fn finding(verdict: Verdict, accepted: bool) -> Finding {
        Finding {
            verdict,
            accepted,
            reached: true,
            status: match verdict {
                Verdict::Hung => None,
                Verdict::Failed => Some(1),
                Verdict::Recovered | Verdict::Lost => Some(0),
            },
            files: match verdict {
                Verdict::Lost => {
                    vec![Fate { name: "f.bin".to_owned(), state: FileState::Missing }]
                }
                _ => Vec::new(),
            },
            left: Vec::new(),
            said: "</script> & \"done\"".to_owned(),
            scenario: "[[rule]]\n".to_owned(),
            repeat: "quasimodem exec --scenario 'a b.toml' -- ./host".to_owned(),
            transcript: (!accepted).then(|| "> AT\n< \\r\\nOK\\r\\n\n".to_owned()),
            recording: (!accepted).then(|| "cells/1.at".to_owned()),
        }
    }

    pub(in super::super) fn cell(point: &str, fault: &str, verdict: Verdict) -> Cell {
        let finding = finding(verdict, verdict <= Verdict::Failed);
        Cell { point: point.to_owned(), fault: fault.to_owned(), finding }
    }

    /// Two points, three faults, five cells of all four kinds.
    pub(in super::super) fn report() -> Report {
        let point =
            |name: &str, at| PointRow { name: name.to_owned(), at, text: format!("> {name}") };
        let fault = |name: &str| FaultColumn { name: name.to_owned(), story: format!("{name}.") };
        Report {
            form: FORM,
            version: "0.1.0".to_owned(),
            command: vec!["./host".to_owned()],
            options: vec!["--timing".to_owned(), "instant".to_owned()],
            seed: 7,
            clean_seconds: 1.5,
            limit_seconds: 60.0,
            accept: "recovered,failed,left-over".to_owned(),
            points: vec![point("command:AT", 0.5), point("reply:AT", 0.51)],
            faults: vec![fault("drop"), fault("late"), fault("reset")],
            cells: vec![
                cell("command:AT", "drop", Verdict::Hung),
                cell("command:AT", "reset", Verdict::Recovered),
                cell("reply:AT", "drop", Verdict::Lost),
                cell("reply:AT", "late", Verdict::Recovered),
                cell("reply:AT", "reset", Verdict::Failed),
            ],
            chaos: Vec::new(),
            interrupted: false,
        }
    }
}
