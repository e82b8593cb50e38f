//! `check`, `replay`, `commands`, and help: what needs no module.

use std::process::Stdio;

use crate::support::program::quasimodem;
use crate::workplace::Workplace;

const GOOD: &str = "# A greeting.\n:profile m10\n> AT\n< AT\\r\\r\\nOK\\r\\n\n";

#[test]
fn check_tells_good_files_from_bad_ones_and_goes_on_after_a_bad_one() {
    let here = Workplace::new();
    here.file("good.at", GOOD);
    here.file("good.toml", "name = \"mine\"\n");
    here.file("bad.at", "> AT\nhello\n");
    here.file("bad.toml", "[ftp]\nwindw = 5000\n");
    here.file("beside.at", ":profile good.toml\n> AT\n");
    here.file("set.at", ":profile m95\n:set v250.ecoh = true\n> AT\n");
    here.file("nowhere.at", ":profile none.toml\n> AT\n");
    here.file("notes.txt", "");

    let ended = here.start(&["check", "good.at", "good.toml", "beside.at"]).finish();
    assert_eq!(
        ended.stdout,
        "good.at: a good transcript\ngood.toml: a good profile\nbeside.at: a good transcript\n"
    );
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));

    let bad = ["bad.at", "bad.toml", "set.at", "nowhere.at", "notes.txt", "none.at", "none.toml"];
    let ended = here.start(&[&["check"], &bad[..], &["good.at"]].concat()).finish();
    assert_eq!(ended.stdout, "good.at: a good transcript\n");
    assert_eq!(
        ended.stderr,
        "\
quasimodem: bad.at: line 2: \"hello\" does not begin with one of > >> < ~ ! !> !< = and \
a blank
quasimodem: bad.toml: line 2, column 1: [ftp] has no key \"windw\"; the nearest is \"window\"
quasimodem: set.at: line 2: [v250] has no key \"ecoh\"; the nearest is \"echo\"
quasimodem: nowhere.at: profile \"none.toml\" is neither built in (m10, m95, m66, mc60) nor a \
file that can be read: No such file or directory (os error 2)
quasimodem: notes.txt is neither a profile or scenario (.toml) nor a transcript (.at)
quasimodem: none.at cannot be read: No such file or directory (os error 2)
quasimodem: none.toml cannot be read: No such file or directory (os error 2)
"
    );
    assert_eq!(ended.code(), 2);
}

#[test]
fn replay_is_silent_about_what_agrees_and_shows_what_differs() {
    let here = Workplace::new();
    here.file("good.at", GOOD);
    here.file("wrong.at", &GOOD.replace("OK", "KO"));
    let ended = here.start(&["replay", "good.at", "good.at"]).finish();
    assert_eq!(ended.stdout, "2 transcripts, 0 differ from the core\n");
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));

    let ended = here.start(&["replay", "good.at", "wrong.at"]).finish();
    assert_eq!(
        ended.stdout,
        "\
--- wrong.at
+++ as the core has it
@@ -1,4 +1,4 @@
 # A greeting.
 :profile m10
 > AT
-< AT\\r\\r\\nKO\\r\\n
+< AT\\r\\r\\nOK\\r\\n
2 transcripts, 1 differ from the core
"
    );
    assert_eq!((ended.code(), ended.stderr.as_str()), (1, ""));
}

#[test]
fn replay_of_what_is_no_transcript_is_status_2() {
    let here = Workplace::new();
    here.file("bad.at", "> AT\n~ soon\n");
    here.refuses(&["replay", "bad.at"], 2, "bad.at: line 2: \"soon\" is no time; write 20ms");
    here.refuses(
        &["replay", "none.at"],
        2,
        "none.at cannot be read: No such file or directory (os error 2)",
    );
}

#[test]
fn commands_are_a_markdown_table_with_the_manuals_sections_in_order() {
    let here = Workplace::new();
    let ended = here.start(&["commands", "--markdown"]).finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
    let mut lines = ended.stdout.lines();
    assert_eq!(lines.next(), Some("| Command | Source | What it does | |"));
    assert_eq!(lines.next(), Some("|---|---|---|---|"));
    let mut sections = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [forms, section, summary, fidelity] = cells[..] else { panic!("{line}") };
        for form in forms.strip_prefix("| ").unwrap().split(' ') {
            assert!(form.starts_with("`AT") && form.ends_with('`'), "{line}");
        }
        assert!(!section.is_empty() && !summary.is_empty(), "{line}");
        assert!(["faithful |", "approximated |", "kept |"].contains(&fidelity), "{line}");
        if forms.starts_with("| `AT+QFTP") {
            sections.push(section);
        }
    }
    let manual = (1..=9).map(|number| format!("2.2.{number}"));
    assert_eq!(sections, manual.collect::<Vec<_>>());
}

#[test]
fn commands_are_a_list_with_as_many_entries_as_the_table() {
    let here = Workplace::new();
    let lines = |args: &[&str]| {
        let ended = here.start(args).finish();
        assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
        ended.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let list = lines(&["commands"]);
    assert_eq!(list.len(), 2 * (lines(&["commands", "--markdown"]).len() - 2));
    for entry in list.chunks(2) {
        assert!(entry[0].starts_with("AT") && entry[1].starts_with("    "), "{entry:?}");
    }
}

#[test]
fn help_and_version_go_to_standard_output_with_status_0() {
    let here = Workplace::new();
    for args in [["--version"], ["-V"]] {
        let ended = here.start(&args).finish();
        assert_eq!(ended.stdout, concat!("quasimodem ", env!("CARGO_PKG_VERSION"), "\n"));
        assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
    }
    for (args, about) in [
        (
            &["--help"][..],
            "A virtual Quectel GSM module: AT commands in front, a real FTP client behind",
        ),
        (&["help"], "A virtual Quectel GSM module: AT commands in front, a real FTP client behind"),
        (&["run", "--help"], "Run a module on the lines that you name, until Ctrl-C"),
        (
            &["demo", "-h"],
            "Run a module and an FTP server together, ready for the manual's examples",
        ),
        (
            &["exec", "--help"],
            "Run a module for as long as a command of yours runs; exit with its status",
        ),
        (
            &["replay", "--help"],
            "Play transcripts against the core in virtual time; show where they differ",
        ),
        (
            &["check", "--help"],
            "Say what is wrong with profiles, scenarios and transcripts, and where",
        ),
        (&["commands", "--help"], "List the commands that the module knows"),
        (&["profile", "--help"], "Show which modules there are, and every key of one"),
    ] {
        let ended = here.start(args).finish();
        assert_eq!(ended.stdout.lines().next(), Some(about));
        assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
    }
}

/// As with `| head -1`, which leaves when it has what it wants.
#[test]
fn closed_standard_output_is_nobodys_concern() {
    let here = Workplace::new();
    here.file("good.at", GOOD);
    for args in [
        &["commands"][..],
        &["commands", "--markdown"],
        &["profile", "list"],
        &["profile", "show", "m95"],
        &["profile", "schema"],
        &["--help"],
        &["run", "--help"],
        &["--version"],
        &["check", "good.at"],
        &["replay", "good.at"],
        &["exec", "--", "true"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = quasimodem();
        command.args(args).current_dir(here.path()).stdin(Stdio::null()).stdout(writer);
        let output = command.stderr(Stdio::piped()).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
    }
}
