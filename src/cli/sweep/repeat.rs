//! The command that repeats one run.
//!
//! Knows no option by its name but those that a run must have of its own.

use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory};

use super::super::Cli;
use super::super::settings::Settings;

/// Options of a module that a run has of its own, or that are of no use to it.
const OWN: [&str; 3] = ["seed", "record", "ready_file"];

/// The module's options that this program was started with, as they were written.
pub(super) fn given_options() -> Vec<String> {
    let matches = Cli::command().try_get_matches_from(std::env::args_os());
    matches
        .ok()
        .and_then(|matches| matches.subcommand().map(|(_, own)| options(own)))
        .unwrap_or_default()
}

fn options(matches: &ArgMatches) -> Vec<String> {
    let all = Settings::augment_args(clap::Command::new("options"));
    let mut given = Vec::new();
    for argument in all.get_arguments() {
        let id = argument.get_id().as_str();
        if OWN.contains(&id) || matches.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let Some(long) = argument.get_long() else { continue };
        if !argument.get_action().takes_values() {
            given.push(format!("--{long}"));
            continue;
        }
        for value in matches.get_raw(id).into_iter().flatten() {
            given.extend([format!("--{long}"), value.to_string_lossy().into_owned()]);
        }
    }
    given
}

/// A command line that a shell takes.
pub(super) fn command(
    options: &[String],
    has_server: bool,
    seed: u64,
    scenario: &Path,
    host: &[String],
) -> String {
    let program = std::env::args().next().unwrap_or_else(|| "quasimodem".to_owned());
    let mut words = vec![program, "exec".to_owned()];
    words.extend(["--scenario".to_owned(), scenario.display().to_string()]);
    if has_server {
        words.push("--ftp-server".to_owned());
    }
    words.extend(options.iter().cloned());
    words.extend(["--seed".to_owned(), seed.to_string(), "--".to_owned()]);
    words.extend(host.iter().cloned());
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+,./:@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
