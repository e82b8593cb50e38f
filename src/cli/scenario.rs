//! Scenarios by name: those that are built in, and those in files.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use quasimodem::fault::Scenario;

use super::{Refusal, say};

/// Options of `scenario`.
#[derive(Debug, Args)]
pub(super) struct Scenarios {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Every scenario that is built in, and its story's first sentence.
    List,
    /// A scenario as its file has it.
    Show {
        /// One that `scenario list` names.
        name: String,
    },
    /// The JSON Schema of a scenario, for editors.
    Schema,
}

impl Scenarios {
    pub(super) fn run(&self) -> Result<ExitCode, Refusal> {
        match &self.task {
            Task::List => {
                for name in Scenario::built_in_names() {
                    let story = Scenario::built_in(name).map_or_else(String::new, |it| it.story);
                    let first = story.split_inclusive(['.', ';']).next().unwrap_or("");
                    let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
                    say(&format!("{name:28} {first}\n"));
                }
            }
            Task::Show { name } => match Scenario::built_in_text(name) {
                Some(text) => say(text),
                None => return Err(Refusal::Asked(unknown(name))),
            },
            Task::Schema => say(&Scenario::json_schema()),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The built-in scenario of that name, or the file; a path is taken from `folder` on.
pub(super) fn load_scenario(name: &str, folder: &Path) -> Result<Scenario, String> {
    if let Some(built_in) = Scenario::built_in(name) {
        return Ok(built_in);
    }
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let unknown = unknown(name);
        format!("{unknown}, nor a file that can be read: {error}")
    })?;
    let source = path.display().to_string();
    Scenario::parse(&text, &source).map_err(|error| format!("{source}: {error}"))
}

fn unknown(name: &str) -> String {
    format!("scenario {name:?} is none that is built in (see: quasimodem scenario list)")
}

/// Whether a TOML file holds rules, and is no profile.
pub(super) fn is_scenario(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let begins = |line: &str| ["[[", "rule", "story"].iter().any(|key| line.starts_with(key));
    text.lines().any(begins)
}
