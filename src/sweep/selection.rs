//! Which cells are run, and which are good enough: `--only`, `--skip` and `--accept`.
//!
//! Knows names and verdicts, and nothing of what they stand for.

use std::fmt;
use std::str::FromStr;

use super::judge::{LeftOver, Verdict};
use crate::fault::Pattern;

/// Which cells are run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// One of these must fit, if there are any.
    pub only: Vec<Pattern>,
    /// None of these may.
    pub skip: Vec<Pattern>,
}

impl Selection {
    /// Whether the cell is run. A pattern may fit the point, the fault, or `point/fault`.
    pub fn takes(&self, point: &str, fault: &str) -> bool {
        let cell = format!("{point}/{fault}");
        let fits = |pattern: &Pattern| [point, fault, &cell].iter().any(|name| pattern.fits(name));
        (self.only.is_empty() || self.only.iter().any(fits)) && !self.skip.iter().any(fits)
    }

    /// The first pattern that fits none of the cells, each a point and a fault: most likely a slip.
    pub fn idle<'a>(&'a self, cells: &[(String, String)]) -> Option<&'a str> {
        let idle = |pattern: &&Pattern| {
            let alone = Self { only: vec![(*pattern).clone()], skip: Vec::new() };
            !cells.iter().any(|(point, fault)| alone.takes(point, fault))
        };
        self.only.iter().chain(&self.skip).find(idle).map(Pattern::text)
    }
}

/// What is good enough: verdicts, each for all cells or for those that a pattern fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance(Vec<Accepted>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Accepted {
    what: What,
    cells: Option<Pattern>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Verdict(Verdict),
    /// Whatever the verdict is, that something is left behind.
    LeftOver,
}

const LEFT_OVER: &str = "left-over";

impl Default for Acceptance {
    /// Whoever fails and says so is good enough, and nobody can tidy up a module that is gone.
    fn default() -> Self {
        let all =
            [What::Verdict(Verdict::Recovered), What::Verdict(Verdict::Failed), What::LeftOver];
        Self(all.into_iter().map(|what| Accepted { what, cells: None }).collect())
    }
}

impl Acceptance {
    /// Whether that is good enough for the cell of this name.
    pub fn allows(&self, cell: &str, verdict: Verdict, left: &[LeftOver]) -> bool {
        let allowed = |what| {
            let for_it = self.0.iter().filter(|accepted| accepted.what == what);
            for_it.into_iter().any(|a| a.cells.as_ref().is_none_or(|cells| cells.fits(cell)))
        };
        allowed(What::Verdict(verdict)) && (left.is_empty() || allowed(What::LeftOver))
    }
}

impl FromStr for Acceptance {
    type Err = String;

    /// `failed,left-over,hung@*/reset`: words, and behind an `@` the cells that they are for.
    /// `recovered` need not be said.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = vec![Accepted { what: What::Verdict(Verdict::Recovered), cells: None }];
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (word, cells) = match item.split_once('@') {
                Some((word, cells)) => (word, Some(Pattern::new(cells))),
                None => (item, None),
            };
            let what = match word {
                LEFT_OVER => What::LeftOver,
                word => What::Verdict(word.parse().map_err(|_| {
                    format!("{word:?} is nothing to accept; write recovered, failed, lost, hung or left-over")
                })?),
            };
            let accepted = Accepted { what, cells };
            if !all.contains(&accepted) {
                all.push(accepted);
            }
        }
        Ok(Self(all))
    }
}

impl fmt::Display for Acceptance {
    /// As it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Accepted { what, cells }) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match what {
                What::Verdict(verdict) => write!(f, "{verdict}")?,
                What::LeftOver => f.write_str(LEFT_OVER)?,
            }
            if let Some(cells) = cells {
                write!(f, "@{}", cells.text())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(only: &[&str], skip: &[&str]) -> Selection {
        let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::new(text)).collect();
        Selection { only: patterns(only), skip: patterns(skip) }
    }

    #[test]
    fn a_pattern_fits_a_point_a_fault_or_a_cell() {
        for (only, skip, taken) in [
            (&[][..], &[][..], true),
            (&["command:*"], &[], true),
            (&["drop"], &[], true),
            (&["*QFTPOPEN/dr?p"], &[], true),
            (&["reply:*", "drop"], &[], true),
            (&["reply:*"], &[], false),
            (&["dr"], &[], false),
            (&[], &["drop"], false),
            (&["command:*"], &["*/drop"], false),
        ] {
            let taken_here = selection(only, skip).takes("command:AT+QFTPOPEN", "drop");
            assert_eq!(taken_here, taken, "{only:?} {skip:?}");
        }
    }

    #[test]
    fn a_pattern_that_fits_nothing_is_found() {
        let cells = [("command:AT".to_owned(), "drop".to_owned())];
        assert_eq!(selection(&["drop"], &["command:*"]).idle(&cells), None);
        assert_eq!(selection(&["drop"], &["reply:*"]).idle(&cells), Some("reply:*"));
    }

    #[test]
    fn what_is_not_named_is_not_accepted() {
        for (accept, cell, verdict, left, allowed) in [
            ("", "a/b", Verdict::Recovered, &[][..], true),
            ("", "a/b", Verdict::Failed, &[], false),
            ("", "a/b", Verdict::Recovered, &[LeftOver::SessionOpen], false),
            ("failed,left-over", "a/b", Verdict::Failed, &[LeftOver::ModuleStuck], true),
            ("hung@*/hang", "a/hang", Verdict::Hung, &[], true),
            ("hung@*/hang", "a/drop", Verdict::Hung, &[], false),
        ] {
            let acceptance: Acceptance = accept.parse().unwrap();
            assert_eq!(acceptance.allows(cell, verdict, left), allowed, "{accept:?} {cell}");
        }
        let refused = "fine".parse::<Acceptance>().unwrap_err();
        assert!(refused.starts_with("\"fine\" is nothing to accept; write "), "{refused}");
    }

    #[test]
    fn acceptance_reads_back_as_written() {
        for text in ["recovered", "recovered,failed,left-over", "recovered,hung@*/hang"] {
            assert_eq!(text.parse::<Acceptance>().unwrap().to_string(), text);
        }
        assert_eq!(Acceptance::default().to_string(), "recovered,failed,left-over");
    }
}
