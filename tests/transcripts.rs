//! Every transcript under `tests/transcripts` agrees with the core to the byte and the microsecond.
//!
//! `BLESS=1 cargo test --test transcripts` rewrites what is computed, except under `manual/`:
//! those are written by hand from the manual.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test is not the core")]

use std::fs;
use std::path::{Path, PathBuf};

use quasimodem::fault::Scenario;
use quasimodem::profile::{BuiltIn, Profile};
use quasimodem::transcript::{Load, play};
use similar::TextDiff;

#[test]
fn transcripts_agree_with_the_core() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() >= 27, "only {} transcripts found", files.len());
    let failures: Vec<String> = files.iter().filter_map(|file| disagreement(file)).collect();
    assert!(
        failures.is_empty(),
        "{} of {} disagree\n{}",
        failures.len(),
        files.len(),
        failures.join("\n")
    );
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "at") {
            files.push(path);
        }
    }
}

fn disagreement(file: &Path) -> Option<String> {
    let written = fs::read_to_string(file).unwrap();
    let folder = file.parent().unwrap();
    let load = |name: &str| match BuiltIn::named(name) {
        Some(built_in) => Ok(built_in.profile()),
        None => {
            let text = fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())?;
            Profile::parse(&text).map_err(|error| error.to_string())
        }
    };
    let scenario = |name: &str| match Scenario::built_in(name) {
        Some(built_in) => Ok(built_in),
        None => {
            let text = fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())?;
            Scenario::parse(&text, name).map_err(|error| error.to_string())
        }
    };
    let load = Load { profile: &load, scenario: &scenario };
    let computed = match play(&written, &load) {
        Ok(computed) => computed,
        Err(mistake) => return Some(format!("{}: {mistake}", file.display())),
    };
    if computed == written {
        return None;
    }
    let by_hand = folder.ends_with("manual");
    if std::env::var_os("BLESS").is_some() && !by_hand {
        fs::write(file, computed).unwrap();
        return None;
    }
    let diff = TextDiff::from_lines(&written, &computed);
    let name = file.display().to_string();
    Some(diff.unified_diff().header(&name, "as computed").to_string())
}
