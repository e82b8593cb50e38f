//! `profile`: the modules there are, what is in one, and the schema for an editor.

use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use quasimodem::profile::{BUILT_IN, Profile};

use super::settings::load_profile;
use super::{Refusal, say};

/// What to do with profiles.
#[derive(Debug, Args)]
#[command(arg_required_else_help = false)]
pub(super) struct Profiles {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Name the built-in profiles.
    List,
    /// Print a profile with every key, its value and its meaning; the output is a profile too.
    Show {
        /// A built-in profile or a file.
        #[arg(value_name = "NAME|FILE")]
        profile: String,
    },
    /// Print the JSON Schema of profiles, for editors that complete and check them.
    Schema,
}

impl Profiles {
    pub(super) fn run(&self) -> Result<ExitCode, Refusal> {
        match &self.task {
            Task::List => {
                for built_in in BUILT_IN {
                    say(&format!("{:5} {}\n", built_in.name, built_in.summary()));
                }
            }
            Task::Show { profile } => {
                let profile = load_profile(profile, Path::new("")).map_err(Refusal::Asked)?;
                say(&profile.to_commented_toml());
            }
            Task::Schema => say(&Profile::json_schema()),
        }
        Ok(ExitCode::SUCCESS)
    }
}
