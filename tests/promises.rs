//! `tests/manual.md`, the table of what the manual promises, names only what there is, and names
//! all of it.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files, and may panic"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The sections of the manual that promise something.
const SECTIONS: [&str; 17] = [
    "2.1", "2.2", "2.2.1", "2.2.2", "2.2.3", "2.2.4", "2.2.5", "2.2.6", "2.2.7", "2.2.8", "2.2.9",
    "3", "4.1", "4.2", "4.3", "4.4", "4.5",
];

/// Their parts of the same kind.
const EXAMPLES: [&str; 2] = ["4.4.1", "4.4.2"];

/// Chapter 3.
const ERRORS: [i32; 23] = [
    -1, -3, -4, -5, -6, -7, -8, -9, -10, -421, -425, -426, -450, -452, -500, -501, -502, -530,
    -532, -550, -551, -552, -553,
];

#[test]
fn every_test_that_is_named_exists() {
    for row in rows() {
        let named = code(&row.held_by);
        assert!(!named.is_empty(), "no test holds: {}", row.promise);
        for name in named {
            assert!(exists(name), "{name} does not exist; it should hold: {}", row.promise);
        }
    }
}

#[test]
fn every_key_that_is_named_exists_and_every_quirk_is_named() {
    let keys = keys();
    let rows = rows();
    let mut named = BTreeSet::new();
    for row in &rows {
        for key in code(&row.default).into_iter().filter(|text| is_key(text)) {
            assert!(keys.contains(key), "the profile has no {key}; {}", row.promise);
            named.insert(key.to_owned());
        }
    }
    let quirks = keys.iter().filter(|key| key.starts_with("quirks."));
    let missing: Vec<_> = quirks.filter(|key| !named.contains(*key)).collect();
    assert!(missing.is_empty(), "no row names {missing:?}");
}

#[test]
fn every_section_has_rows_and_every_row_a_section() {
    let known: BTreeSet<&str> = SECTIONS.into_iter().chain(EXAMPLES).collect();
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().map(|row| row.section.as_str()).collect();
    assert_eq!(named, known);
}

#[test]
fn every_error_of_chapter_3_has_one_row() {
    let mut numbers: Vec<i32> = rows()
        .iter()
        .filter(|row| row.section == "3")
        .filter_map(|row| row.promise.strip_prefix('`')?.split_once("`:")?.0.parse().ok())
        .collect();
    numbers.sort_unstable();
    let mut errors = ERRORS;
    errors.sort_unstable();
    assert_eq!(numbers, errors);
}

/// What is not named in the table holds nothing that the manual promises, so why is it there?
#[test]
fn every_transcript_about_the_manual_is_named() {
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().flat_map(|row| code(&row.held_by)).collect();
    for folder in ["manual", "states", "quirks"] {
        let path = format!("transcripts/{folder}");
        for entry in fs::read_dir(Path::new(ROOT).join("tests").join(&path)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = format!("{path}/{name}");
            assert!(named.contains(name.as_str()), "no row names {name}");
        }
    }
}

struct Row {
    section: String,
    promise: String,
    default: String,
    held_by: String,
}

fn rows() -> Vec<Row> {
    let text = read("tests/manual.md").unwrap();
    let rows: Vec<Row> = text
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [section, promise, default, held_by] = cells.as_slice() else {
                panic!("not four cells: {line}");
            };
            let [section, promise, default, held_by] =
                [section, promise, default, held_by].map(ToString::to_string);
            Row { section, promise, default, held_by }
        })
        .collect();
    assert!(rows.len() > 100, "only {} rows found", rows.len());
    rows
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// A transcript, or a test function in the file that its path leads to.
fn exists(name: &str) -> bool {
    if Path::new(name).extension().is_some_and(|extension| extension == "at") {
        return Path::new(ROOT).join("tests").join(name).is_file();
    }
    let Some((modules, function)) = name.rsplit_once("::") else { return false };
    let file = modules.replace("::", "/") + ".rs";
    let file = if file.starts_with("src/") { file } else { format!("tests/{file}") };
    read(&file).is_some_and(|text| is_test(&text, function))
}

/// Whether `text` has a function of this name, with an attribute that makes it a test.
fn is_test(text: &str, function: &str) -> bool {
    let signature = format!("fn {function}(");
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let plain = line.strip_prefix("async ").unwrap_or(line);
        let mut above = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
        plain.starts_with(&signature) && above.any(|line| line.contains("test"))
    })
}

fn is_key(text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.split_once('.').is_some_and(|(section, key)| word(section) && word(key))
}

/// All keys of the profile, as `section.key`.
fn keys() -> BTreeSet<String> {
    let mut section = String::new();
    let mut keys = BTreeSet::new();
    for line in read("sim-config/m10.toml").unwrap().lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
        } else if let Some((key, _)) = line.split_once(" = ") {
            keys.insert(format!("{section}.{key}"));
        }
    }
    keys
}

fn read(path: &str) -> Option<String> {
    fs::read_to_string(Path::new(ROOT).join(path)).ok()
}
