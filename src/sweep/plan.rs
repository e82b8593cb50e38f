//! What a sweep tries, as a TOML file says it: faults, points and limits.
//!
//! Knows nothing of the dialogue that it will be tried on.

use std::time::Duration;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::catalogue::{Fault, Place as Within, built_in};
use super::kind::Kind;
use super::measures::Measures;
use super::selection::Acceptance;
use crate::fault::Rule;
use crate::near::nearest;
use crate::profile::Place;

/// What a sweep tries.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// In the order of the matrix.
    pub faults: Vec<Fault>,
    /// Which kinds of points there are.
    pub kinds: Vec<Kind>,
    /// Which points of a transfer, and which silences.
    pub measures: Measures,
    /// Module time after which a run is taken to hang; ten times the clean run's and two minutes if
    /// nobody says.
    pub limit: Option<Duration>,
    /// Patterns, as `--only` has them.
    pub only: Vec<String>,
    /// Patterns, as `--skip` has them.
    pub skip: Vec<String>,
    /// What is good enough.
    pub accept: Acceptance,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            faults: built_in(),
            kinds: Kind::ALL.map(|(kind, _)| kind).to_vec(),
            measures: Measures::default(),
            limit: None,
            only: Vec::new(),
            skip: Vec::new(),
            accept: Acceptance::default(),
        }
    }
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    faults: Option<Vec<Spanned<String>>>,
    points: Option<Vec<Spanned<String>>>,
    chunk: Option<u64>,
    per_transfer: Option<u64>,
    idle: Option<Spanned<String>>,
    limit: Option<Spanned<String>>,
    only: Vec<String>,
    skip: Vec<String>,
    accept: Option<Spanned<String>>,
    fault: Vec<Spanned<OwnFault>>,
}

/// A fault of the user's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnFault {
    name: String,
    #[serde(default)]
    story: String,
    at: Vec<String>,
    #[serde(rename = "do")]
    verdict: Value,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// The first mistake, in a sentence that begins with its place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let at = Place::of(text, error.span().map_or(0, |span| span.start));
            format!("{at}: {}", error.message().trim_end())
        })?;
        let mut plan = Self::default();
        if let Some(names) = written.faults {
            plan.faults =
                named(text, &names, "fault", |fault: &Fault| fault.name.as_str(), &plan.faults)?;
        }
        if let Some(names) = written.points {
            let kinds =
                named(text, &names, "kind of point", |(_, word): &(Kind, &str)| word, &Kind::ALL)?;
            plan.kinds = kinds.into_iter().map(|(kind, _)| kind).collect();
        }
        let defaults = Measures::default();
        plan.measures = Measures {
            chunk: written.chunk.unwrap_or(defaults.chunk),
            per_transfer: written.per_transfer.unwrap_or(defaults.per_transfer),
            idle: written.idle.map_or(Ok(defaults.idle), |idle| span(text, &idle))?,
        };
        plan.limit = written.limit.map(|limit| span(text, &limit)).transpose()?;
        (plan.only, plan.skip) = (written.only, written.skip);
        if let Some(accept) = written.accept {
            let read = accept.get_ref().parse();
            plan.accept = read.map_err(|mistake: String| of(text, &accept, mistake))?;
        }
        for own in written.fault {
            let fault = fault(own.get_ref()).map_err(|mistake| of(text, &own, mistake))?;
            plan.faults.retain(|other| other.name != fault.name);
            plan.faults.push(fault);
        }
        Ok(plan)
    }
}

fn fault(own: &OwnFault) -> Result<Fault, String> {
    let words: Vec<&str> = own.at.iter().map(String::as_str).collect();
    let mut kinds = Vec::new();
    let mut verdict = None;
    for word in words {
        let kind = Kind::ALL.iter().find(|(_, known)| *known == word);
        let (kind, _) =
            kind.ok_or_else(|| no_such("kind of point", word, Kind::ALL.iter().map(|(_, w)| *w)))?;
        // As a rule at that seam has it, so that what cannot be there is refused here.
        let when = if *kind == Kind::Idle { ", when = { after = \"1s\" }" } else { "" };
        let rule = format!("{{ at = \"{}\"{when}, do = {} }}", kind.seam().word(), own.verdict);
        let rule: Rule = rule.parse().map_err(|mistake| format!("at {word}: {mistake}"))?;
        verdict = Some(rule.verdict);
        kinds.push(*kind);
    }
    let verdict = verdict.ok_or("a fault says where it applies: at = [\"reply\"]")?;
    Ok(Fault {
        name: own.name.clone(),
        story: own.story.clone(),
        kinds,
        place: Within::Front,
        verdict,
    })
}

fn named<T: Clone>(
    text: &str,
    names: &[Spanned<String>],
    what: &str,
    name_of: impl Fn(&T) -> &str,
    all: &[T],
) -> Result<Vec<T>, String> {
    let find = |name: &Spanned<String>| {
        let found = all.iter().find(|thing| name_of(thing) == name.get_ref()).cloned();
        found.ok_or_else(|| of(text, name, no_such(what, name.get_ref(), all.iter().map(&name_of))))
    };
    names.iter().map(find).collect()
}

fn no_such<'a>(what: &str, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(near) => format!("there is no {what} \"{word}\"; the nearest is \"{near}\""),
        None => format!(
            "there is no {what} \"{word}\"; there is {}",
            known.collect::<Vec<_>>().join(", ")
        ),
    }
}

fn span(text: &str, written: &Spanned<String>) -> Result<Duration, String> {
    humantime::parse_duration(written.get_ref()).map_err(|error| {
        of(text, written, format!("{:?} is not a duration: {error}", written.get_ref()))
    })
}

fn of<T>(text: &str, spanned: &Spanned<T>, mistake: String) -> String {
    format!("{}: {mistake}", Place::of(text, spanned.span().start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::LineVerdict;

    #[test]
    fn an_empty_plan_is_the_built_in_one() {
        assert_eq!(Plan::parse(""), Ok(Plan::default()));
    }

    #[test]
    fn a_plan_names_faults_points_and_limits() {
        let text = r#"
            faults = ["lost", "bit"]
            points = ["command", "late"]
            limit = "30s"
            chunk = 512
            idle = "5s"
            only = ["late:*"]
            accept = "failed"
            [[fault]]
            name = "call"
            story = "somebody calls"
            at = ["late", "reply"]
            do = { urc = "RING" }
        "#;
        let plan = Plan::parse(text).unwrap();
        let names: Vec<_> = plan.faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names, ["lost", "bit", "call"]);
        let verdict = crate::fault::Verdict::Line(LineVerdict::Urc("RING".to_owned()));
        assert_eq!(
            (&plan.faults[2].verdict, &plan.faults[2].kinds[..]),
            (&verdict, &[Kind::Late, Kind::Reply][..])
        );
        assert_eq!(plan.kinds, [Kind::Command, Kind::Late]);
        assert_eq!(plan.limit, Some(Duration::from_secs(30)));
        let measures = Measures { chunk: 512, idle: Duration::from_secs(5), ..Measures::default() };
        assert_eq!((plan.measures, plan.only), (measures, vec!["late:*".to_owned()]));
        assert_eq!(plan.accept.to_string(), "recovered,failed");
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, mistake) in [
            (
                "\nfaults = [\"lots\"]",
                "line 2, column 11: there is no fault \"lots\"; the nearest is \"lost\"",
            ),
            (
                "points = [\"late\", \"replies\"]",
                "line 1, column 19: there is no kind of point \"replies\"; the nearest is \"reply\"",
            ),
            (
                "limit = \"soon\"",
                "line 1, column 9: \"soon\" is not a duration: expected number at 0",
            ),
            (
                "[[fault]]\nname = \"x\"\nat = []\ndo = { drop = 1 }",
                "line 1, column 1: a fault says where it applies: at = [\"reply\"]",
            ),
        ] {
            assert_eq!(Plan::parse(text), Err(mistake.to_owned()));
        }
    }
}
