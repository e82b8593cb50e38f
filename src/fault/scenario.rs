//! A scenario: rules in a file, with the story behind them.

use serde::Deserialize;
use toml::{Spanned, Value};

use super::mistake::reworded;
use super::{FtpVerdict, LineVerdict, Rule, ScenarioError, Seam, Verdict, When};
use crate::profile::Place;
use crate::world::World;

/// What a file of rules says.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What reports call it.
    pub name: String,
    /// What happens, and what a good driver does about it.
    pub story: String,
    /// In the order in which they are asked.
    pub rules: Vec<Rule>,
}

/// A scenario as written.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "io", schemars(title = "A scenario of quasimodem"))]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    /// What reports call it; the file's name where nothing is said.
    name: Option<String>,
    /// What happens, and what a good driver does about it.
    story: Option<String>,
    /// What goes wrong. Rules are asked in their order, and the first that takes hold wins.
    #[serde(default)]
    #[cfg_attr(feature = "io", schemars(with = "Vec<WrittenRule>"))]
    rule: Vec<Spanned<WrittenRule>>,
}

/// A rule as written.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenRule {
    /// What reports call it; its number where nothing is said.
    name: Option<String>,
    /// Where it takes hold.
    at: Seam,
    /// What must hold for it; always where nothing is said.
    #[serde(default)]
    #[cfg_attr(feature = "io", schemars(with = "When"))]
    when: Option<Spanned<When>>,
    /// What it does.
    #[serde(rename = "do")]
    #[cfg_attr(feature = "io", schemars(with = "super::schema::AnyVerdict"))]
    verdict: Spanned<Value>,
    /// How often, 0 for without end; once where nothing is said.
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

impl Scenario {
    /// Reads a scenario; `source` is its file, for the places of its rules and for its name where
    /// it has none.
    ///
    /// # Errors
    /// The first mistake, and its place.
    pub fn parse(text: &str, source: &str) -> Result<Self, ScenarioError> {
        let written: Written =
            toml::from_str(text).map_err(|error| ScenarioError::of_toml(text, &error))?;
        let mut rules: Vec<Rule> = Vec::new();
        for (index, spanned) in written.rule.into_iter().enumerate() {
            let start = spanned.span().start;
            let rule = spanned.into_inner();
            let (verdict_at, when_at) =
                (rule.verdict.span(), rule.when.as_ref().map(Spanned::span));
            let verdict = read_verdict(rule.at, rule.verdict.into_inner())
                .map_err(|mistake| ScenarioError::new(text, Some(verdict_at.clone()), mistake))?;
            let rule = Rule {
                name: rule.name.unwrap_or_else(|| format!("rule {}", index + 1)),
                at: rule.at,
                when: rule.when.map(Spanned::into_inner).unwrap_or_default(),
                verdict,
                times: rule.times,
                place: Some(format!("{source}:{}", Place::of(text, start).line)),
            };
            if let Some((of_when, mistake)) = super::check::of_rule(&rule, &rules) {
                let span = if of_when { when_at.unwrap_or(start..start) } else { verdict_at };
                return Err(ScenarioError::new(text, Some(span), mistake));
            }
            rules.push(rule);
        }
        let stem = || source.rsplit('/').next().unwrap_or(source).trim_end_matches(".toml");
        Ok(Self {
            name: written.name.unwrap_or_else(|| stem().to_owned()),
            story: written.story.unwrap_or_default(),
            rules,
        })
    }
}

/// The verdict that `value` is at `seam`.
fn read_verdict(seam: Seam, value: Value) -> Result<Verdict, String> {
    if let Some(world) = value.get("world") {
        return match (world.as_str(), value.as_table().map(toml::Table::len)) {
            (Some(words), Some(1)) => {
                let world: World = words.parse().map_err(|error| format!("{error}"))?;
                Ok(Verdict::World { world })
            }
            _ => Err("write { world = \"bearer-lost\" }, and nothing beside it".to_owned()),
        };
    }
    let line = LineVerdict::deserialize(value.clone());
    let ftp = FtpVerdict::deserialize(value);
    match (seam, line, ftp) {
        (Seam::LineIn | Seam::LineOut, Ok(verdict), _) => Ok(Verdict::Line(verdict)),
        (Seam::Clock, Ok(verdict @ LineVerdict::Urc(_)), _) => Ok(Verdict::Line(verdict)),
        (Seam::Clock, _, Ok(verdict @ FtpVerdict::Fail(_))) => Ok(Verdict::Ftp(verdict)),
        (Seam::FtpRequest | Seam::FtpEvent, _, Ok(verdict)) => Ok(Verdict::Ftp(verdict)),
        (Seam::LineIn | Seam::LineOut, Err(_), Ok(_)) => {
            Err("this is a verdict of ftp-request and ftp-event; bytes of a line know none such".to_owned())
        }
        (Seam::FtpRequest | Seam::FtpEvent, Ok(_), Err(_)) => {
            Err("this is a verdict of line-in and line-out; the dialogue with the server knows none such".to_owned())
        }
        (Seam::Clock, Ok(_), _) | (Seam::Clock, _, Ok(_)) => {
            Err("at a time there is { world = … }, { urc = … } and { fail = … } alone".to_owned())
        }
        (Seam::LineIn | Seam::LineOut | Seam::Clock, Err(error), Err(_)) => Err(reworded(error.message())),
        (Seam::FtpRequest | Seam::FtpEvent, Err(_), Err(error)) => Err(reworded(error.message())),
    }
}
