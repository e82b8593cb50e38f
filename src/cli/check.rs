//! `check`: what is wrong with a file, and where.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use quasimodem::transcript::Transcript;

use super::scenario::{is_scenario, load_scenario};
use super::settings::load_profile;
use super::{Refusal, say};

/// Options of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Profiles and scenarios (.toml), and transcripts (.at).
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(&self) -> Result<ExitCode, Refusal> {
        let mut mistaken = false;
        for file in &self.files {
            match check(file) {
                Ok(kind) => say(&format!("{}: a good {kind}\n", file.display())),
                Err(mistake) => {
                    mistaken = true;
                    eprintln!("quasimodem: {mistake}");
                }
            }
        }
        if mistaken { Err(Refusal::Mistaken) } else { Ok(ExitCode::SUCCESS) }
    }
}

fn check(file: &Path) -> Result<&'static str, String> {
    let name = file.display();
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => {
            std::fs::metadata(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
            if is_scenario(file) {
                return load_scenario(&file.to_string_lossy(), Path::new("")).map(|_| "scenario");
            }
            load_profile(&file.to_string_lossy(), Path::new("")).map(|_| "profile")
        }
        Some("at") => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| format!("{name} cannot be read: {error}"))?;
            let transcript =
                Transcript::parse(&text).map_err(|mistake| format!("{name}: {mistake}"))?;
            let folder = file.parent().unwrap_or(Path::new(""));
            load_profile(&transcript.profile, folder)
                .and_then(|profile| {
                    profile.with(&transcript.overrides).map_err(|error| error.to_string())
                })
                .map_err(|mistake| format!("{name}: {mistake}"))?;
            for scenario in &transcript.scenarios {
                load_scenario(scenario, folder).map_err(|mistake| format!("{name}: {mistake}"))?;
            }
            Ok("transcript")
        }
        _ => Err(format!("{name} is neither a profile or scenario (.toml) nor a transcript (.at)")),
    }
}
