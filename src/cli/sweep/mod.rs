//! `sweep`: the host's own test once without a fault, then once for every fault at every point of it.
//!
//! Knows in which order things are done; what to try and what to make of it is `quasimodem::sweep`'s.

mod host;
mod laboratory;
mod next_host;
mod options;
mod pool;
mod repeat;
mod trial;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use quasimodem::sweep::catalogue::{Fault, cells};
use quasimodem::sweep::plan::Plan;
use quasimodem::sweep::points::{Point, points};
use quasimodem::sweep::report::{
    self, Cell, ChaosRun, FaultColumn, FaultyCells, Finding, PointRow, Report,
};
use quasimodem::sweep::{chance, shrink};
use quasimodem::time::SimTime;
use tokio::sync::watch;

use self::laboratory::{Laboratory, NoRun, Seen};
pub(super) use self::options::Sweep;
use self::options::{read, selection};
use self::trial::{Bench, Trial, write};
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
            let wrong = clean
                .ending
                .files
                .iter()
                .find(|file| file.state != quasimodem::sweep::judge::FileState::Right);
            match wrong {
                None => return Ok(()),
                Some(file) => format!("does not leave {} as it ought to be", file.name),
            }
        }
        Some(status) => format!("ends with status {status}"),
    };
    Err(Refusal::Unavailable(format!("without any fault the command {wrong}{said}")))
}

/// Names of the cells that were not good enough then.
fn earlier(path: &std::path::Path) -> Result<BTreeSet<String>, Refusal> {
    let report = report::read_json(&read(path)?)
        .map_err(|mistake| Refusal::Asked(format!("{}: {mistake}", path.display())))?;
    let bad = report.cells.iter().filter(|cell| !cell.finding.accepted);
    Ok(bad.map(Cell::name).collect())
}

type Pair<'a> = (usize, &'a Point, &'a Fault);

/// The cells that are wanted, each with its number among all.
fn choose<'a>(
    plan: &'a Plan,
    points: &'a [Point],
    again: Option<&BTreeSet<String>>,
) -> Result<Vec<Pair<'a>>, Refusal> {
    let all = cells(points, &plan.faults);
    let names: Vec<_> =
        all.iter().map(|(point, fault)| (point.name.clone(), fault.name.clone())).collect();
    let selection = selection(plan, &names)?;
    let wanted = |point: &Point, fault: &Fault| {
        let cell = format!("{}/{}", point.name, fault.name);
        selection.takes(&point.name, &fault.name) && again.is_none_or(|again| again.contains(&cell))
    };
    let numbered = all.into_iter().enumerate();
    let numbered = numbered.map(|(index, (point, fault))| (index + 1, point, fault));
    let chosen: Vec<_> = numbered.filter(|(_, point, fault)| wanted(point, fault)).collect();
    if chosen.is_empty() {
        return Err(Refusal::Asked("nothing is left to try of this dialogue".to_owned()));
    }
    Ok(chosen)
}

fn trial((number, point, fault): &Pair<'_>) -> Trial {
    let name = format!("{}/{}", point.name, fault.name);
    let story = format!("{} at {}", fault.story, point.text);
    Trial::new(*number, name, story, vec![fault.at(point)])
}

/// One run for each cell.
fn matrix(
    bench: &Bench<'_>,
    chosen: &[Pair<'_>],
    jobs: usize,
    stop: &watch::Sender<bool>,
) -> Result<Vec<Cell>, Refusal> {
    let run = |pair: &Pair<'_>| bench.make(&trial(pair));
    let findings = pool::run_all(chosen, jobs, stop, run, |finding| finding.verdict.to_string())?;
    let cells = chosen.iter().zip(findings).filter_map(|((_, point, fault), finding)| {
        let (point, fault) = (point.name.clone(), fault.name.clone());
        Some(Cell { point, fault, finding: finding? })
    });
    Ok(cells.collect())
}

/// Runs with several faults each; one that is not good enough is shrunk.
fn chaos(
    bench: &Bench<'_>,
    chosen: &[Pair<'_>],
    count: u64,
    jobs: usize,
    stop: &watch::Sender<bool>,
) -> Result<Vec<ChaosRun>, Refusal> {
    // No two faults at one point: the second would find nothing to befall.
    let mut names: Vec<&str> = chosen.iter().map(|(_, point, _)| point.name.as_str()).collect();
    names.dedup();
    let group = |point: &Point| names.iter().position(|name| *name == point.name).unwrap_or(0);
    let groups: Vec<usize> = chosen.iter().map(|(_, point, _)| group(point)).collect();
    let numbers: Vec<u64> = (1..=count).collect();
    let run = |number: &u64| {
        let picked = chance::pick(bench.seed, *number, &groups);
        let picked: Vec<&Pair<'_>> =
            picked.into_iter().filter_map(|index| chosen.get(index)).collect();
        chaos_run(bench, *number, &picked)
    };
    let runs =
        pool::run_all(&numbers, jobs, stop, run, |run: &ChaosRun| run.finding.verdict.to_string())?;
    Ok(runs.into_iter().flatten().collect())
}

fn chaos_run(
    bench: &Bench<'_>,
    number: u64,
    picked: &[&Pair<'_>],
) -> Result<Option<ChaosRun>, Refusal> {
    let attempt = |pairs: &[&Pair<'_>], part: usize| {
        let rules = pairs.iter().map(|(_, point, fault)| fault.at(point)).collect();
        let stories: Vec<String> = pairs.iter().map(|pair| trial(pair).story).collect();
        let name = format!("chaos {number}");
        let mut trial = Trial::new(part, name, stories.join("; "), rules);
        trial.stem =
            if part == 0 { format!("chaos-{number}") } else { format!("chaos-{number}-{part}") };
        bench.make(&trial)
    };
    let Some(first) = attempt(picked, 0)? else { return Ok(None) };
    let mut best: Finding = first;
    let mut kept = picked.to_vec();
    if !best.accepted {
        let mut part = 0;
        let mut smallest = picked.len();
        let shrunk = shrink::shrink(picked, |pairs| {
            part += 1;
            // Stopped: as good as none, and what there is so far stands.
            let Some(finding) = attempt(pairs, part)? else { return Ok(false) };
            let fails = !finding.accepted;
            if fails && pairs.len() < smallest {
                smallest = pairs.len();
                best = finding;
            }
            Ok::<_, Refusal>(fails)
        });
        kept = shrunk?;
    }
    let names = |pairs: &[&Pair<'_>]| pairs.iter().map(|pair| trial(pair).name).collect();
    Ok(Some(ChaosRun { number, picked: names(picked), kept: names(&kept), finding: best }))
}

fn row(point: &Point) -> PointRow {
    let micros = u32::try_from(point.at.as_micros() / 1000).unwrap_or(u32::MAX);
    PointRow { name: point.name.clone(), at: f64::from(micros) / 1000.0, text: point.text.clone() }
}

/// The faults that are tried anywhere, in their order.
fn columns(faults: &[Fault], chosen: &[Pair<'_>]) -> Vec<FaultColumn> {
    let tried = |fault: &&Fault| chosen.iter().any(|(_, _, other)| other.name == fault.name);
    let column =
        |fault: &Fault| FaultColumn { name: fault.name.clone(), story: fault.story.clone() };
    faults.iter().filter(tried).map(column).collect()
}
