//! Scenarios: those that are built in and what their transcripts show, the mistakes that are told,
//! and chance.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test is not the core")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use quasimodem::fault::{Rule, Scenario};
use quasimodem::profile::Profile;
use quasimodem::transcript::{Load, play};
use quasimodem::world::World;

fn transcript_of(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/transcripts/scenarios");
    PathBuf::from(folder).join(format!("{name}.at"))
}

/// What the transcripts of all built-in scenarios hold.
fn transcripts() -> Vec<(String, String)> {
    Scenario::built_in_names()
        .map(|name| (name.to_owned(), fs::read_to_string(transcript_of(name)).unwrap()))
        .collect()
}

#[test]
fn every_built_in_scenario_reads_and_tells_its_story() {
    let mut count = 0;
    for name in Scenario::built_in_names() {
        let scenario = Scenario::parse(Scenario::built_in_text(name).unwrap(), "").unwrap();
        let story = &scenario.story;
        let words = story.split_whitespace().collect::<Vec<_>>().join(" ");
        let sentences = story.split_whitespace().filter(|word| word.ends_with('.')).count();
        assert!(sentences >= 3, "{name}: {story}");
        assert!((3..=6).contains(&story.trim().lines().count()), "{name}: {story}");
        assert!(words.contains("A good driver "), "{name} does not say what one does");
        assert!(story.lines().all(|line| line.len() <= 110), "{name}: {story}");
        assert!(!scenario.rules.is_empty(), "{name}");
        for rule in &scenario.rules {
            assert!(!rule.name.starts_with("rule "), "{name}: {} has no name", rule.name);
        }
        assert_eq!(Scenario::built_in(name).unwrap().name, name);
        count += 1;
    }
    assert_eq!(count, 60);
}

#[test]
fn every_built_in_scenario_has_a_transcript_in_which_each_of_its_rules_takes_hold() {
    for (name, text) in transcripts() {
        let header = format!(":scenario {name}");
        assert_eq!(text.lines().filter(|line| **line == header).count(), 1, "{name}");
        for rule in Scenario::built_in(&name).unwrap().rules {
            let place = rule.place.unwrap();
            let fired = format!("fault> {} ({place}): {}", rule.name, rule.verdict);
            let lines = text.lines().map(|line| line.split("  @+").next().unwrap());
            assert!(lines.into_iter().any(|line| line == fired), "{name}: {fired}");
        }
    }
    let folder = transcript_of("").parent().unwrap().to_owned();
    let files = fs::read_dir(folder).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let names = Scenario::built_in_names().map(|name| format!("{name}.at")).collect();
    assert_eq!(files, names);
}

/// What took hold in the transcripts of built-in scenarios: seam kinds, verdicts and worlds.
#[test]
fn every_verdict_and_every_event_of_the_world_is_shown() {
    let mut verdicts = BTreeSet::new();
    let mut worlds = BTreeSet::new();
    for name in Scenario::built_in_names() {
        for rule in Scenario::built_in(name).unwrap().rules {
            let verdict = rule.verdict.to_string();
            let words: Vec<&str> = verdict.split(['{', '}', '=', ' ', '"']).collect();
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            let kind = if rule.at.is_line() { "line" } else { "ftp" };
            match words[..] {
                ["world", event, ..] => {
                    let has_value = words.len() > 2;
                    worlds.insert(format!("{event}{}", if has_value { " …" } else { "" }));
                }
                ["corrupt" | "cut", how, ..] => {
                    verdicts.insert(format!("{kind} {} {how}", words[0]));
                }
                [verdict, ..] => {
                    verdicts.insert(format!("{kind} {verdict}"));
                }
                [] => unreachable!("a verdict has a word"),
            }
        }
    }
    let expected = [
        "ftp corrupt bits",
        "ftp corrupt bytes",
        "ftp cut fin",
        "ftp cut rst",
        "ftp delay",
        "ftp fail",
        "ftp short-write",
        "ftp silence",
        "ftp throttle",
        "line corrupt bits",
        "line corrupt bytes",
        "line delay",
        "line drop",
        "line duplicate",
        "line garble",
        "line inject",
        "line stall",
        "line truncate",
        "line urc",
    ];
    assert_eq!(verdicts, expected.map(str::to_owned).into());
    let known = World::words().map(|word| match word.split_once(' ') {
        Some((event, _)) => format!("{event} …"),
        None => word,
    });
    assert_eq!(worlds, known.collect());
}

#[test]
fn every_error_number_of_the_manual_is_shown() {
    let mut numbers = BTreeSet::new();
    for (_, text) in transcripts() {
        for line in text.lines().filter_map(|line| line.strip_prefix("< ")) {
            for result in line.split("+QFTP").skip(1) {
                let number = result.split_once(":-").map_or("", |(_, number)| number);
                let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
                numbers.extend(number[..end].parse::<i32>().ok().map(|number| -number));
            }
        }
    }
    // Manual, chapter 3.
    let all = [
        -1, -3, -4, -5, -6, -7, -8, -9, -10, -421, -425, -426, -450, -452, -500, -501, -502, -530,
        -532, -550, -551, -552, -553,
    ];
    assert_eq!(numbers, all.into());
}

#[test]
fn a_rule_with_any_verdict_reads_back_as_it_was_written() {
    let line = [
        r#"{ delay = "70ms" }"#,
        "{ drop = 1 }",
        "{ corrupt = { bits = 2 } }",
        "{ corrupt = { bytes = 3 } }",
        "{ duplicate = 4 }",
        "{ garble = 9600 }",
        r#"{ stall = "1m 30s" }"#,
        "{ truncate = 0 }",
        r#"{ inject = "\r\nRING\r\n\u0000\"\\" }"#,
        r#"{ urc = "+PDP DEACT" }"#,
    ];
    let ftp = [
        r#"{ delay = "3s" }"#,
        r#""silence""#,
        r#"{ fail = "dns" }"#,
        r#"{ fail = "550" }"#,
        r#"{ throttle = 100 }"#,
        r#"{ cut = "fin" }"#,
        r#"{ cut = "rst" }"#,
        "{ short-write = 0 }",
        "{ corrupt = { bits = 1 } }",
        "{ corrupt = { bytes = 16 } }",
    ];
    let when = r#"when = { line = 2, command = "AT*", state = "TRANSFER", nth = 3, after = "2m 5s", probability = 0.25 }"#;
    let mut rules = Vec::new();
    for verdict in line {
        rules.push(format!(r#"{{ name = "a", at = "line-in", do = {verdict} }}"#));
        rules.push(format!(r#"{{ at = "line-out", {when}, do = {verdict}, times = 0 }}"#));
    }
    for verdict in ftp {
        let when = when.replace("line = 2", r#"operation = "send", after_bytes = 9"#);
        rules.push(format!(r#"{{ at = "ftp-request", {when}, do = {verdict}, times = 7 }}"#));
    }
    for world in World::words() {
        rules.push(format!(
            r#"{{ at = "clock", when = {{ after = "5s" }}, do = {{ world = "{world}" }} }}"#
        ));
    }
    for text in rules {
        let rule: Rule = text.parse().unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
        let written = rule.to_string();
        assert_eq!(written.lines().count(), 1, "{written}");
        assert_eq!(written.parse(), Ok(rule), "{written}");
    }
}

#[test]
fn each_mistake_is_one_sentence_with_its_place() {
    for (text, sentence) in [
        // The form.
        (
            "storey = \"\"",
            "line 1, column 1: there is no key \"storey\" here; the nearest is \"story\"",
        ),
        ("[[rule]\n", "line 1, column 8: unclosed array table, expected `]`"),
        ("[[rule]]\nname = \"x\"", "line 1, column 1: missing field `at`"),
        ("[[rule]]\nat = \"clock\"", "line 1, column 1: missing field `do`"),
    ] {
        assert_eq!(Scenario::parse(text, "x.toml").unwrap_err().to_string(), sentence, "{text}");
    }
    for (rule, sentence) in MISTAKES {
        let text = format!("[[rule]]\n{}", rule.replace("; ", "\n"));
        let mistake = Scenario::parse(&text, "x.toml").unwrap_err().to_string();
        assert_eq!(mistake, *sentence, "{text}");
    }
}

/// Rules, a key on each line, and what is said of them.
const MISTAKES: &[(&str, &str)] = &[
    (
        r#"att = "clock"; do = { drop = 1 }"#,
        r#"line 2, column 1: there is no key "att" here; the nearest is "at""#,
    ),
    (
        r#"at = "line"; do = { drop = 1 }"#,
        r#"line 2, column 6: there is no word "line" here; the nearest is "line-in""#,
    ),
    (
        r#"at = "wire"; do = { drop = 1 }"#,
        r#"line 2, column 6: there is no word "wire" here; there is line-in, line-out, ftp-request, ftp-event, clock"#,
    ),
    (
        r#"at = "line-in"; when = { comand = "AT" }; do = { drop = 1 }"#,
        r#"line 3, column 10: there is no key "comand" here; the nearest is "command""#,
    ),
    (
        r#"at = "line-in"; when = { line = 300 }; do = { drop = 1 }"#,
        "line 3, column 17: write a number up to 255; 300 is out of bounds",
    ),
    (
        r#"at = "clock"; when = { after = "soon" }; do = { world = "ring" }"#,
        r#"line 3, column 18: "soon" is not a duration: expected number at 0"#,
    ),
    (
        r#"at = "line-in"; do = { drop = 1 }; times = -1"#,
        "line 4, column 9: write a number up to 4294967295; -1 is out of bounds",
    ),
    // What is done, and where.
    (
        r#"at = "line-in"; do = "silence""#,
        "line 3, column 6: this is a verdict of ftp-request and ftp-event; bytes of a line know none such",
    ),
    (
        r#"at = "line-out"; do = { throttle = 9 }"#,
        "line 3, column 6: this is a verdict of ftp-request and ftp-event; bytes of a line know none such",
    ),
    (
        r#"at = "ftp-request"; do = { garble = 9600 }"#,
        "line 3, column 6: this is a verdict of line-in and line-out; the dialogue with the server knows none such",
    ),
    (
        r#"at = "ftp-event"; do = { drop = 1 }"#,
        "line 3, column 6: this is a verdict of line-in and line-out; the dialogue with the server knows none such",
    ),
    (
        r#"at = "clock"; when = { after = "1s" }; do = { drop = 1 }"#,
        "line 4, column 6: at a time there is { world = … }, { urc = … } and { fail = … } alone",
    ),
    (
        r#"at = "clock"; when = { after = "1s" }; do = "silence""#,
        "line 4, column 6: at a time there is { world = … }, { urc = … } and { fail = … } alone",
    ),
    (
        r#"at = "line-in"; do = { dorp = 1 }"#,
        r#"line 3, column 6: there is no word "dorp" here; the nearest is "drop""#,
    ),
    (
        r#"at = "line-in"; do = { explode = 1 }"#,
        r#"line 3, column 6: there is no word "explode" here; there is delay, drop, corrupt, duplicate, garble, stall, truncate, inject, urc"#,
    ),
    (
        r#"at = "ftp-request"; do = { fial = "550" }"#,
        r#"line 3, column 6: there is no word "fial" here; the nearest is "fail""#,
    ),
    (
        r#"at = "ftp-request"; do = { fail = "never" }"#,
        r#"line 3, column 6: "never" is not a cause of failure"#,
    ),
    (
        r#"at = "ftp-request"; do = { fail = "600" }"#,
        r#"line 3, column 6: "600" is not a cause of failure"#,
    ),
    (
        r#"at = "ftp-request"; do = { fail = "226" }"#,
        "line 3, column 6: 226 refuses nothing; a server does with 332 and 400 to 599",
    ),
    (
        r#"at = "ftp-event"; when = { operation = "data" }; do = { cut = "off" }"#,
        r#"line 4, column 6: there is no word "off" here; there is fin, rst"#,
    ),
    (
        r#"at = "line-in"; do = { corrupt = { nibbles = 1 } }"#,
        r#"line 3, column 6: there is no word "nibbles" here; there is bits, bytes"#,
    ),
    (
        r#"at = "line-in"; do = { world = "bearer-lots" }"#,
        r#"line 3, column 6: "bearer-lots" is nothing the world can do; the nearest is "bearer-lost""#,
    ),
    (
        r#"at = "line-in"; do = { world = "ring", drop = 1 }"#,
        r#"line 3, column 6: write { world = "bearer-lost" }, and nothing beside it"#,
    ),
    (
        r#"at = "line-in"; do = { world = 1 }"#,
        r#"line 3, column 6: write { world = "bearer-lost" }, and nothing beside it"#,
    ),
    // When.
    (
        r#"at = "clock"; do = { world = "ring" }"#,
        r#"line 1, column 1: a rule of the clock says when: write when = { after = "5s" }"#,
    ),
    (
        r#"at = "clock"; when = { after = "0s" }; do = { world = "ring" }"#,
        r#"line 3, column 8: a rule of the clock says when: write when = { after = "5s" }"#,
    ),
    (
        r#"at = "clock"; when = { after = "1s", nth = 2 }; do = { world = "ring" }"#,
        "line 3, column 8: a rule of the clock knows after, line and probability alone",
    ),
    (
        r#"at = "clock"; when = { after = "1s", state = "IDLE" }; do = { world = "ring" }"#,
        "line 3, column 8: a rule of the clock knows after, line and probability alone",
    ),
    (
        r#"at = "line-in"; when = { line = 0 }; do = { drop = 1 }"#,
        "line 3, column 8: lines are counted from 1",
    ),
    (
        r#"at = "line-in"; when = { nth = 0 }; do = { drop = 1 }"#,
        "line 3, column 8: the first time is nth = 1",
    ),
    (
        r#"at = "line-in"; when = { probability = 1.5 }; do = { drop = 1 }"#,
        "line 3, column 8: a probability is 0 to 1",
    ),
    (
        r#"at = "line-in"; when = { probability = 0.0 }; do = { drop = 1 }"#,
        "line 3, column 8: with probability 0 this rule never takes hold",
    ),
    (
        r#"at = "ftp-request"; when = { operation = "data" }; do = "silence""#,
        r#"line 3, column 8: no operation is "data"; there is open, change-directory, store, retrieve, send, end-of-file, pull, abort, close"#,
    ),
    (
        r#"at = "ftp-event"; when = { operation = "send" }; do = "silence""#,
        r#"line 3, column 8: no operation is "send"; there is reply, opened, directory-changed, data-open, sent, data, done, aborted, closed, failed, warned, lost"#,
    ),
    (
        r#"at = "line-out"; when = { operation = "send" }; do = { drop = 1 }"#,
        r#"line 3, column 8: no operation is "send"; there is open, change-directory, store, retrieve, close"#,
    ),
    (
        r#"at = "ftp-request"; when = { operation = "open", after_bytes = 9 }; do = "silence""#,
        r#"line 3, column 8: "open" carries no bytes; write send or data"#,
    ),
    (
        r#"at = "line-out"; when = { state = "OPEN" }; do = { drop = 1 }"#,
        r#"line 3, column 8: no state is "OPEN"; there is IDLE, OPENING, OPENED, WORKING, TRANSFER, CLOSING, CLOSED, command, executing, online data, online command"#,
    ),
    // Numbers that do nothing.
    (
        r#"at = "line-in"; do = { drop = 0 }"#,
        "line 3, column 6: this does nothing: the number is 0",
    ),
    (
        r#"at = "line-in"; do = { duplicate = 0 }"#,
        "line 3, column 6: this does nothing: the number is 0",
    ),
    (
        r#"at = "line-in"; do = { corrupt = { bits = 0 } }"#,
        "line 3, column 6: this does nothing: the number is 0",
    ),
    (r#"at = "line-in"; do = { garble = 0 }"#, "line 3, column 6: a speed is 1 baud and more"),
    (
        r#"at = "line-in"; do = { drop = -1 }"#,
        "line 3, column 6: write a number from 0 on; -1 is out of bounds",
    ),
    (
        r#"at = "line-in"; do = { drop = "all" }"#,
        r#"line 3, column 6: write a number from 0 on; string "all" is none"#,
    ),
    (
        r#"at = "line-in"; do = { inject = "" }"#,
        "line 3, column 6: this does nothing: the text is empty",
    ),
    (
        r#"at = "line-out"; do = { urc = "" }"#,
        "line 3, column 6: this does nothing: the text is empty",
    ),
    (
        r#"at = "ftp-event"; do = { throttle = 0 }"#,
        r#"line 3, column 6: at 0 bytes a second nothing comes; write "silence""#,
    ),
    // Where no file is.
    (
        r#"at = "ftp-event"; do = { short-write = 1 }"#,
        "line 3, column 6: a short write is one of an upload: ftp-request send",
    ),
    (
        r#"at = "ftp-request"; when = { operation = "store" }; do = { short-write = 1 }"#,
        "line 4, column 6: a short write is one of an upload: ftp-request send",
    ),
    (
        r#"at = "ftp-event"; when = { operation = "done" }; do = { cut = "fin" }"#,
        "line 4, column 6: a cut takes bytes of a file: ftp-request send, or ftp-event data",
    ),
    (
        r#"at = "ftp-request"; when = { operation = "open" }; do = { corrupt = { bytes = 1 } }"#,
        "line 4, column 6: corrupt takes bytes of a file: ftp-request send, or ftp-event data",
    ),
    (
        r#"at = "ftp-event"; when = { operation = "data" }; do = { corrupt = { bytes = 0 } }"#,
        "line 4, column 6: this does nothing: the number is 0",
    ),
    // Beside others.
    (
        r#"at = "ftp-request"; do = "silence"; times = 0; [[rule]]; at = "ftp-request"; do = { delay = "1s" }"#,
        r#"line 7, column 6: this rule never takes hold: "rule 1" before it always does"#,
    ),
    (
        r#"name = "a"; at = "line-in"; do = { drop = 1 }; [[rule]]; name = "a"; at = "line-in"; do = { drop = 2 }"#,
        r#"line 8, column 6: there is another rule "a" before it"#,
    ),
];

/// What passes when every second answer or so loses a byte.
fn with_seed(seed: u64) -> String {
    let rule = r#":rule { name = "worn", at = "line-out", when = { probability = 0.5 }, do = { drop = 1 }, times = 0 }"#;
    let text = format!(":seed {seed}\n{rule}\n{}", "> AT\n".repeat(40));
    let load = Load {
        profile: &|_| Ok(Profile::default()),
        scenario: &|name| Err(format!("no {name} here")),
    };
    let (_, entries) = play(&text, &load)
        .unwrap()
        .split_once("> AT\n")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    entries
}

#[test]
fn the_same_seed_has_the_same_faults_and_another_has_others() {
    assert_eq!(with_seed(7), with_seed(7));
    assert_ne!(with_seed(7), with_seed(8));
    let count = |seed| with_seed(seed).matches("fault> worn: { drop = 1 }").count();
    assert!((1..100).all(|seed| (8..=32).contains(&count(seed))));
}
