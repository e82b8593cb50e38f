//! `replay`: transcripts against the core, in virtual time.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use quasimodem::transcript::{Load, play};
use similar::TextDiff;

use super::scenario::load_scenario;
use super::settings::load_profile;
use super::{Refusal, say};

/// Options of `replay`.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// Transcripts, as `run --record` writes them.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Replay {
    pub(super) fn run(&self) -> Result<ExitCode, Refusal> {
        let mut differ = 0;
        for file in &self.files {
            let name = file.display().to_string();
            let written = std::fs::read_to_string(file)
                .map_err(|error| Refusal::Asked(format!("{name} cannot be read: {error}")))?;
            let folder = file.parent().unwrap_or(Path::new(""));
            let load = Load {
                profile: &|profile| load_profile(profile, folder),
                scenario: &|scenario| load_scenario(scenario, folder),
            };
            let computed = play(&written, &load)
                .map_err(|mistake| Refusal::Asked(format!("{name}: {mistake}")))?;
            if computed != written {
                differ += 1;
                let diff = TextDiff::from_lines(&written, &computed);
                say(&diff.unified_diff().header(&name, "as the core has it").to_string());
            }
        }
        let files = self.files.len();
        let noun = if files == 1 { "transcript" } else { "transcripts" };
        say(&format!("{files} {noun}, {differ} differ from the core\n"));
        if differ == 0 { Ok(ExitCode::SUCCESS) } else { Err(Refusal::Differs) }
    }
}
