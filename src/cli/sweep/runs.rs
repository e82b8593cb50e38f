//! Runs of many cells: one for each, or with several faults by chance.
//!
//! Does not know which cells to choose from.

use quasimodem::sweep::points::Point;
use quasimodem::sweep::report::{Cell, ChaosRun, Finding};
use quasimodem::sweep::{chance, shrink};
use tokio::sync::watch;

use super::cells::{Pair, trial};
use super::pool;
use super::trial::{Bench, Trial};
use crate::cli::Refusal;

/// One run for each cell.
pub(super) fn matrix(
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
pub(super) fn chaos(
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
