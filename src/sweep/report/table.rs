//! The matrix as text, for a terminal: a row for each point, a column for each fault.
//!
//! Knows nothing of how the runs were made.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{Cell, Report};
use crate::sweep::judge::Verdict;

/// Characters of a point's name that are shown.
const WIDEST: usize = 44;

/// The matrix, its legend and its sums. With `colour`, marks have the colours of a terminal.
pub fn table(report: &Report, colour: bool) -> String {
    let mut text = String::new();
    if !report.cells.is_empty() {
        matrix(&mut text, report, colour);
    }
    // Writing to a string cannot fail.
    for run in report.chaos.iter().filter(|run| !run.finding.accepted) {
        let kept = run.kept.join(" + ");
        let _ = writeln!(text, "chaos {}: {} with {kept}", run.number, run.finding.verdict);
    }
    let sums = Verdict::ALL
        .map(|verdict| format!("{} {}", report.count(verdict), verdict.meaning()))
        .join(", ");
    let runs = report.findings().count();
    let _ = writeln!(text, "{runs} runs: {sums}; seed {}", report.seed);
    let unreached = report.findings().filter(|(_, finding)| !finding.reached).count();
    if unreached > 0 {
        let _ = writeln!(text, "{unreached} of them never came to the fault (in brackets)");
    }
    if report.interrupted {
        text.push_str("It was stopped before its end.\n");
    }
    text
}

fn matrix(text: &mut String, report: &Report, colour: bool) {
    let cells: BTreeMap<(&str, &str), &Cell> = report
        .cells
        .iter()
        .map(|cell| ((cell.point.as_str(), cell.fault.as_str()), cell))
        .collect();
    let rows: Vec<&str> = report.points.iter().map(|point| point.name.as_str()).collect();
    let rows: Vec<&str> =
        rows.into_iter().filter(|row| cells.keys().any(|(point, _)| point == row)).collect();
    let columns: Vec<&str> = report.faults.iter().map(|fault| fault.name.as_str()).collect();
    let width = rows.iter().map(|row| row.len().min(WIDEST)).max().unwrap_or(0);
    // Names stand on their heads' ends: a column is three wide.
    let height = columns.iter().map(|name| name.len()).max().unwrap_or(0);
    for line in 0..height {
        let mut letters = format!("{:width$} ", "");
        for name in &columns {
            let above = height - name.len();
            let letter = line.checked_sub(above).and_then(|at| name.chars().nth(at));
            let _ = write!(letters, " {} ", letter.unwrap_or(' '));
        }
        let _ = writeln!(text, "{}", letters.trim_end());
    }
    for row in rows {
        let mut marks = format!("{:width$} ", shortened(row));
        for column in &columns {
            match cells.get(&(row, *column)) {
                None => marks.push_str("   "),
                Some(cell) => marks.push_str(&mark(cell, colour)),
            }
        }
        let _ = writeln!(text, "{}", marks.trim_end());
    }
    text.push_str("\n. recovered   f failed loudly   L lost data silently   H hung   ");
    text.push_str("* leaves something behind\n");
}

fn mark(cell: &Cell, colour: bool) -> String {
    let finding = &cell.finding;
    let (letter, sgr) = match finding.verdict {
        Verdict::Recovered => ('.', "32"),
        Verdict::Failed => ('f', "33"),
        Verdict::Lost => ('L', "1;31"),
        Verdict::Hung => ('H', "1;35"),
    };
    let (before, after) = match (finding.reached, finding.left.is_empty()) {
        (false, _) => ('(', ')'),
        (true, false) => (' ', '*'),
        (true, true) => (' ', ' '),
    };
    if colour {
        format!("{before}\x1b[{sgr}m{letter}\x1b[0m{after}")
    } else {
        format!("{before}{letter}{after}")
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(WIDEST - 1) {
        Some((at, _)) if name.chars().count() > WIDEST => format!("{}…", &name[..at]),
        _ => name.to_owned(),
    }
}

/// Every cell that is not good enough: its remarks, the command that repeats it, and where its
/// transcript is.
#[derive(Clone, Copy, Debug)]
pub struct FaultyCells<'a>(pub &'a Report);

impl fmt::Display for FaultyCells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, finding) in self.0.bad() {
            let remarks = finding.remarks();
            let remarks: String = remarks.iter().map(|remark| format!("; {remark}")).collect();
            writeln!(f, "\n{name}: {}{remarks}", finding.verdict.meaning())?;
            if !finding.said.is_empty() {
                writeln!(f, "  it said: {}", finding.said)?;
            }
            writeln!(f, "  {}", finding.repeat)?;
            if let Some(recording) = &finding.recording {
                writeln!(f, "  its transcript: {recording}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::sweep::judge::LeftOver;

    #[test]
    fn matrix_has_a_row_for_each_point_and_a_column_for_each_fault() {
        let mut report = sample::report();
        report.cells[1].finding.left.push(LeftOver::SessionOpen);
        report.cells[3].finding.reached = false;
        let expected = "                  r
            d  l  e
            r  a  s
            o  t  e
            p  e  t
command:AT  H     .*
reply:AT    L (.) f

. recovered   f failed loudly   L lost data silently   H hung   * leaves something behind
5 runs: 2 recovered, 1 failed loudly, 1 lost data silently, 1 hung; seed 7
1 of them never came to the fault (in brackets)
";
        let printed = table(&report, false);
        let trimmed: Vec<_> = printed.lines().map(str::trim_end).collect();
        assert_eq!(trimmed.join("\n") + "\n", expected);
        assert!(table(&report, true).contains(" \x1b[1;35mH\x1b[0m "));
    }

    #[test]
    fn bad_cells_come_with_the_command_that_repeats_them() {
        let report = sample::report();
        assert_eq!(
            FaultyCells(&report).to_string(),
            "
command:AT/drop: hung
  it said: </script> & \"done\"
  quasimodem exec --scenario 'a b.toml' -- ./host
  its transcript: cells/1.at

reply:AT/drop: lost data silently; f.bin is not there
  it said: </script> & \"done\"
  quasimodem exec --scenario 'a b.toml' -- ./host
  its transcript: cells/1.at
"
        );
    }
}
