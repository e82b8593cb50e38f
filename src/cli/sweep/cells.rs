//! Which cells of a dialogue are tried: each a fault at a point.
//!
//! Knows names, and makes no run.

use std::collections::BTreeSet;
use std::path::Path;

use quasimodem::sweep::catalogue::{Fault, cells};
use quasimodem::sweep::plan::Plan;
use quasimodem::sweep::points::Point;
use quasimodem::sweep::report::{Cell, FaultColumn, PointRow, read_json};

use super::options::{read, selection};
use super::trial::Trial;
use crate::cli::Refusal;

/// Names of the cells that were not good enough then.
pub(super) fn earlier(path: &Path) -> Result<BTreeSet<String>, Refusal> {
    let report = read_json(&read(path)?)
        .map_err(|mistake| Refusal::Asked(format!("{}: {mistake}", path.display())))?;
    let bad = report.cells.iter().filter(|cell| !cell.finding.accepted);
    Ok(bad.map(Cell::name).collect())
}

pub(super) type Pair<'a> = (usize, &'a Point, &'a Fault);

/// The cells that are wanted, each with its number among all.
pub(super) fn choose<'a>(
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

pub(super) fn trial((number, point, fault): &Pair<'_>) -> Trial {
    let name = format!("{}/{}", point.name, fault.name);
    let story = format!("{} at {}", fault.story, point.text);
    Trial::new(*number, name, story, vec![fault.at(point)])
}

pub(super) fn row(point: &Point) -> PointRow {
    let micros = u32::try_from(point.at.as_micros() / 1000).unwrap_or(u32::MAX);
    PointRow { name: point.name.clone(), at: f64::from(micros) / 1000.0, text: point.text.clone() }
}

/// The faults that are tried anywhere, in their order.
pub(super) fn columns(faults: &[Fault], chosen: &[Pair<'_>]) -> Vec<FaultColumn> {
    let tried = |fault: &&Fault| chosen.iter().any(|(_, _, other)| other.name == fault.name);
    let column =
        |fault: &Fault| FaultColumn { name: fault.name.clone(), story: fault.story.clone() };
    faults.iter().filter(tried).map(column).collect()
}
