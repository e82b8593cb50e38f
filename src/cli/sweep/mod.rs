//! `sweep`: the host's own test once without a fault, then once for every fault at every point of it.
//!
//! Knows in which order things are done; what to try and what to make of it is `quasimodem::sweep`'s.

mod cells;
mod host;
mod laboratory;
mod next_host;
mod options;
mod pool;
mod repeat;
mod runs;
mod trial;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use quasimodem::sweep::judge::FileState;
use quasimodem::sweep::points::{Point, points};
use quasimodem::sweep::report::{self, FaultyCells, Report};
use quasimodem::time::SimTime;
use tokio::sync::watch;

use self::cells::{choose, columns, earlier, row};
use self::laboratory::{Laboratory, NoRun, Seen};
pub(super) use self::options::Sweep;
use self::runs::{chaos, matrix};
use self::trial::{Bench, write};
use super::module::rand_seed;
use super::{Refusal, say};

/// The limit where nobody says: so many times what the clean run takes, and so long on top.
const LIMIT: (u32, Duration) = (10, Duration::from_secs(120));
/// The limit of the clean run, in module time.
const CLEAN_LIMIT: Duration = Duration::from_secs(3600);

impl Sweep {
    pub(super) fn run(mut self) -> Result<ExitCode, Refusal> {
        self.refuse_single_files()?;
        let plan = self.plan()?;
        let jobs = self.jobs()?;
        let expected = self.expected()?;
        let again = self.from.as_deref().map(earlier).transpose()?;
        if again.as_ref().is_some_and(BTreeSet::is_empty) {
            say("every cell of that report was good enough: there is nothing to run again\n");
            return Ok(ExitCode::SUCCESS);
        }
        let seed = *self.settings.seed.get_or_insert_with(rand_seed);
        let folder = self.out.join("cells");
        fs::create_dir_all(&folder).map_err(|error| {
            Refusal::Unavailable(format!("{} cannot be made: {error}", folder.display()))
        })?;
        let scale = self.settings.time_scale;
        let (stop, stopped) = watch::channel(false);
        let mut laboratory = Laboratory {
            settings: self.settings.clone(),
            command: self.command.clone(),
            server: self.ftp_server.then(|| self.ftp_root.clone()),
            expected,
            limit: CLEAN_LIMIT.div_f64(scale),
            tolerated: None,
            stop: stopped,
        };
        let mut clean = pool::run_all(
            &[()],
            1,
            &stop,
            |()| match laboratory.run(None) {
                Ok(seen) => Ok(Some(seen)),
                Err(NoRun::Stopped) => Ok(None),
                Err(NoRun::Refused(refusal)) => Err(refusal),
            },
            |_| String::new(),
        )?;
        let Some(clean) = clean.pop().flatten() else { return Ok(interrupted()) };
        must_be_clean(&clean)?;
        let moments = clean.dialogue()?;
        let took = clean.end.since(SimTime::ZERO);
        let limit = plan.limit.unwrap_or(took * LIMIT.0 + LIMIT.1);
        laboratory.limit = limit.div_f64(scale);
        laboratory.tolerated = clean.left;
        laboratory.expected.get_or_insert(clean.files);
        let points: Vec<Point> = points(&moments, &plan.measures)
            .into_iter()
            .filter(|point| plan.kinds.contains(&point.kind))
            .collect();
        let options = repeat::given_options();
        let bench = Bench {
            laboratory: &laboratory,
            folder,
            accept: &plan.accept,
            options: &options,
            seed,
        };
        let chosen = choose(&plan, &points, again.as_ref())?;
        let mut report = Report {
            form: report::FORM,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: self.command.clone(),
            options: options.clone(),
            seed,
            clean_seconds: took.as_secs_f64(),
            limit_seconds: limit.as_secs_f64(),
            accept: plan.accept.to_string(),
            points: points.iter().map(row).collect(),
            faults: columns(&plan.faults, &chosen),
            cells: Vec::new(),
            chaos: Vec::new(),
            interrupted: false,
        };
        match self.chaos {
            None => report.cells = matrix(&bench, &chosen, jobs, &stop)?,
            Some(count) => report.chaos = chaos(&bench, &chosen, count, jobs, &stop)?,
        }
        report.interrupted = *stop.borrow();
        self.publish(&report)
    }

    fn publish(&self, report: &Report) -> Result<ExitCode, Refusal> {
        let page = self.out.join("report.html");
        write(&page, &report::html(report))?;
        write(&self.out.join("report.json"), &report::json(report))?;
        write(&self.out.join("junit.xml"), &report::junit(report))?;
        say(&report::table(report, io::stdout().is_terminal()));
        say(&FaultyCells(report).to_string());
        say(&format!("\nThe same with transcripts: {}\n", page.display()));
        let is_good = report.bad().next().is_none();
        Ok(match (report.interrupted, is_good) {
            (true, _) => interrupted(),
            (false, true) => ExitCode::SUCCESS,
            (false, false) => ExitCode::FAILURE,
        })
    }
}

/// As a shell has the status of a program that Ctrl-C has ended.
fn interrupted() -> ExitCode {
    ExitCode::from(130)
}

/// A host program that fails by itself says nothing about faults.
fn must_be_clean(clean: &Seen) -> Result<(), Refusal> {
    let said = match clean.said.as_str() {
        "" => String::new(),
        said => format!("; it said: {said}"),
    };
    let wrong = match clean.ending.status {
        None => "does not end".to_owned(),
        Some(0) => {
            let wrong = clean.ending.files.iter().find(|file| file.state != FileState::Right);
            match wrong {
                None => return Ok(()),
                Some(file) => format!("does not leave {} as it ought to be", file.name),
            }
        }
        Some(status) => format!("ends with status {status}"),
    };
    Err(Refusal::Unavailable(format!("without any fault the command {wrong}{said}")))
}
