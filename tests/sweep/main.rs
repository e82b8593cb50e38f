//! A sweep as its users see it: verdicts, reports, the command that repeats a cell, and what is refused.
//!
//! The host is `upload.sh`, which needs a shell alone. It believes what the module says and waits for
//! ever, so it has cells of all four kinds.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "a user has files, and a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use quasimodem::sweep::judge::{FileState, LeftOver, Verdict};
use quasimodem::sweep::report::{Finding, Report, read_json};
use support::program::{Ended, Program, quasimodem};
use tempfile::TempDir;

/// A cell of each kind, and two more.
const CELLS: [&str; 6] = [
    "command:AT+QFTPPUT/lost",
    "reply:ATE0/late",
    "request:store/refused",
    "send:0/cut",
    "send:1024/bit-in-file",
    "late:+QFTPPUT/urc",
];

/// A folder with the file that is uploaded.
struct Sweep {
    folder: TempDir,
    file: PathBuf,
}

impl Sweep {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("upload.bin");
        let content: Vec<u8> = (0..3000_u32).map(|n| (n * 7 % 251) as u8).collect();
        fs::write(&file, content).unwrap();
        Self { folder, file }
    }

    /// Sweeps; what the program said.
    #[track_caller]
    fn run(&self, more: &[&str]) -> Ended {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sweep/upload.sh");
        let mut command = quasimodem();
        command.current_dir(self.folder.path());
        command.args("sweep --ftp-server --timing instant --time-scale 20 --seed 7".split(' '));
        command.args(["--limit", "40s"]).args(more).args(["--", "sh"]).arg(script).arg(&self.file);
        Program::spawn(&mut command).finish()
    }

    fn report(&self, out: &str) -> Report {
        let path = self.folder.path().join(out).join("report.json");
        read_json(&fs::read_to_string(path).unwrap()).unwrap()
    }
}

fn only(cells: &[&'static str]) -> Vec<&'static str> {
    cells.iter().flat_map(|cell| ["--only", cell]).collect()
}

fn verdicts(report: &Report) -> Vec<(String, Verdict, bool)> {
    let row = |(name, finding): (String, &Finding)| (name, finding.verdict, finding.reached);
    report.findings().map(row).collect()
}

#[test]
fn each_cell_has_the_verdict_that_its_host_deserves() {
    let sweep = Sweep::new();
    let ended = sweep.run(&only(&CELLS));
    assert_eq!((ended.code(), ended.stderr.as_str()), (1, ""));
    let report = sweep.report("quasimodem-sweep");
    let expected = [
        ("reply:ATE0/late", Verdict::Recovered, true),
        ("command:AT+QFTPPUT/lost", Verdict::Hung, true),
        ("request:store/refused", Verdict::Failed, true),
        ("send:0/cut", Verdict::Failed, true),
        ("send:1024/bit-in-file", Verdict::Lost, true),
        ("late:+QFTPPUT/urc", Verdict::Recovered, true),
    ];
    let mut found = verdicts(&report);
    let mut expected =
        expected.map(|(name, verdict, reached)| (name.to_owned(), verdict, reached)).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let of = |name: &str| report.cells.iter().find(|cell| cell.name() == name).unwrap();
    let lost = &of("send:1024/bit-in-file").finding;
    assert_eq!((lost.status, lost.files[0].state), (Some(0), FileState::Different));
    assert_eq!(lost.said, "uploaded");
    let refused = &of("request:store/refused").finding;
    assert_eq!(refused.said, "+QFTPPUT:-550 instead of CONNECT");
    assert_eq!((refused.status, &refused.left[..]), (Some(1), &[LeftOver::SessionOpen][..]));
    assert_eq!(of("command:AT+QFTPPUT/lost").finding.status, None);
}

#[test]
fn a_bad_cell_comes_with_its_transcript_and_the_command_that_repeats_it() {
    let sweep = Sweep::new();
    let ended = sweep.run(&only(&["request:store/refused", "send:1024/bit-in-file"]));
    let report = sweep.report("quasimodem-sweep");
    let bad: Vec<_> = report.bad().collect();
    let [(name, finding)] = &bad[..] else { panic!("{bad:?}") };
    assert_eq!(name, "send:1024/bit-in-file");
    assert!(ended.stdout.contains(&format!("\n  {}\n", finding.repeat)), "{}", ended.stdout);
    let transcript = finding.transcript.as_ref().unwrap();
    assert_eq!(transcript.lines().filter(|line| line.starts_with("fault> ")).count(), 1);
    assert!(transcript.contains("AT+QFTPPASS=\"******\"") && !transcript.contains("123456"));
    let recording = finding.recording.as_ref().unwrap();
    assert!(
        ended.stdout.contains(&format!("\n  its transcript: {recording}\n")),
        "{}",
        ended.stdout
    );
    let mut replay = quasimodem();
    let replayed = Program::spawn(replay.current_dir(&sweep.folder).args(["replay", recording]));
    assert_eq!(replayed.finish().code(), 0);
    let good = report.cells.iter().find(|cell| cell.point == "request:store").unwrap();
    assert_eq!(good.finding.transcript, None);
    // The host ends as it did in the cell: with an error where the server refuses it.
    let repeated = Command::new("sh")
        .args(["-c", &good.finding.repeat])
        .current_dir(sweep.folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&repeated.stdout), "+QFTPPUT:-550 instead of CONNECT\n");
    assert_eq!(repeated.status.code(), Some(1));
}

#[test]
fn reports_stand_in_the_folder_that_was_named() {
    let sweep = Sweep::new();
    let options = [&only(&["send:1024/bit-in-file"])[..], &["--out", "a/b"]].concat();
    sweep.run(&options);
    let folder = sweep.folder.path().join("a/b");
    let mut names: Vec<_> = fs::read_dir(folder.join("cells"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let stem = names[0].trim_end_matches(".at").to_owned();
    assert!(stem.ends_with("-send-1024-bit-in-file"), "{names:?}");
    assert_eq!(names, [format!("{stem}.at"), format!("{stem}.toml")]);
    let junit = fs::read_to_string(folder.join("junit.xml")).unwrap();
    assert!(junit.contains("<testsuite name=\"send:1024\" tests=\"1\" failures=\"1\""), "{junit}");
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(page.contains("send:1024"));
}

#[test]
fn what_is_accepted_is_no_failure_and_what_is_not_is_run_again() {
    let sweep = Sweep::new();
    let cells = only(&["request:store/refused", "send:1024/bit-in-file"]);
    let accepted = [&cells[..], &["--accept", "failed,left-over,lost@send:*"]].concat();
    let ended = sweep.run(&accepted);
    assert_eq!(ended.code(), 0, "{}", ended.stdout);
    let strict = [&cells[..], &["--accept", "lost"]].concat();
    assert_eq!(sweep.run(&strict).code(), 1);
    let bad = "quasimodem-sweep/report.json";
    let ended = sweep.run(&["--from", bad, "--out", "again", "--accept", "failed,left-over"]);
    assert_eq!(ended.code(), 0);
    let again = verdicts(&sweep.report("again"));
    assert_eq!(again, [("request:store/refused".to_owned(), Verdict::Failed, true)]);
    let ended = sweep.run(&["--from", "again/report.json"]);
    let nothing = "every cell of that report was good enough: there is nothing to run again\n";
    assert_eq!((ended.code(), ended.stdout.as_str()), (0, nothing));
}

#[test]
fn a_plan_says_what_is_tried() {
    let sweep = Sweep::new();
    let plan = "faults = [\"late\"]\npoints = [\"late\"]\n[[fault]]\nname = \"call\"\nat = [\"late\"]\n\
                do = { urc = \"RING\" }\n";
    fs::write(sweep.folder.path().join("plan.toml"), plan).unwrap();
    let ended = sweep.run(&["--sweep", "plan.toml"]);
    let report = sweep.report("quasimodem-sweep");
    let names: Vec<_> = report.cells.iter().map(quasimodem::sweep::report::Cell::name).collect();
    let expected = ["+QFTPOPEN", "CONNECT", "+QFTPPUT", "+QFTPCLOSE"]
        .map(|point| [format!("late:{point}/late"), format!("late:{point}/call")]);
    assert_eq!(names, expected.concat());
    assert!(
        report
            .cells
            .iter()
            .all(|cell| cell.finding.verdict == Verdict::Recovered && cell.finding.reached)
    );
    assert_eq!(ended.code(), 0);
}

#[test]
fn runs_by_chance_are_the_same_for_a_seed_and_shrink_to_what_it_takes() {
    let sweep = Sweep::new();
    let options =
        ["--only", "bit-in-file", "--only", "late:*/urc", "--only", "reply:*/urc", "--chaos", "4"];
    let first = sweep.run(&options);
    let report = sweep.report("quasimodem-sweep");
    assert_eq!(report.chaos.len(), 4);
    let bad: Vec<_> = report.chaos.iter().filter(|run| !run.finding.accepted).collect();
    assert_ne!(bad.len(), 0, "{}", first.stdout);
    for run in bad {
        assert_eq!((run.kept.len(), run.finding.verdict), (1, Verdict::Lost), "{run:?}");
        assert!(
            run.kept[0].ends_with("/bit-in-file") && run.picked.contains(&run.kept[0]),
            "{run:?}"
        );
        assert_eq!(run.finding.scenario.matches("[[rule]]").count(), 1);
    }
    assert_eq!(first.code(), 1);
    sweep.run(&options);
    let names = |report: &Report| -> Vec<_> {
        report
            .chaos
            .iter()
            .map(|run| (run.picked.clone(), run.kept.clone(), run.finding.verdict))
            .collect()
    };
    assert_eq!(names(&sweep.report("quasimodem-sweep")), names(&report));
}

#[test]
fn what_cannot_be_swept_is_said_in_one_sentence() {
    let sweep = Sweep::new();
    let file = sweep.file.display().to_string();
    let wrong = sweep.folder.path().join("wrong");
    fs::write(&wrong, "something else").unwrap();
    let wrong = format!("upload.bin={}", wrong.display());
    let report = "report.json of a sweep without it lists all";
    for (options, status, sentence) in [
        (
            &["--expect-file", &wrong][..],
            1,
            "without any fault the command does not leave upload.bin as it ought to be; it said: uploaded".to_owned(),
        ),
        (&["--only", "lots"], 2, format!("no point and no fault of this dialogue fits \"lots\"; {report}")),
        (&["--only", "send:0", "--skip", "send:*"], 2, "nothing is left to try of this dialogue".to_owned()),
        (&["--jobs", "0"], 2, "with --jobs 0 nothing would ever run".to_owned()),
        (
            &["--record", "r.at"],
            2,
            "--record names one file for many runs; transcripts of cells go to the folder of --out".to_owned(),
        ),
        (&["--from", &file], 2, format!("{file} cannot be read: stream did not contain valid UTF-8")),
    ] {
        let ended = sweep.run(options);
        assert_eq!(ended.stderr, format!("quasimodem: {sentence}\n"));
        assert_eq!((ended.code(), ended.stdout.as_str()), (status, ""), "{options:?}");
    }
}

/// Everything that the sweep has started is gone with it.
#[test]
fn an_interrupted_sweep_reports_what_it_has_and_leaves_no_host() {
    use rustix::process::{Pid, Signal, test_kill_process};

    let sweep = Sweep::new();
    let script = "echo $$ >>pids; test \"$(wc -l <pids)\" -gt 1 && exec sleep 1000; \
                  exec 3<>\"$QUASIMODEM_PTY\"; stty raw -echo <&3; printf 'AT\\r' >&3; head -c 9 <&3";
    let mut command = quasimodem();
    command.current_dir(sweep.folder.path());
    command.args("sweep --timing instant --jobs 2 --only lost -- sh -c".split(' ')).arg(script);
    let program = Program::spawn(&mut command);
    let pids = sweep.folder.path().join("pids");
    let running = || -> Vec<i32> {
        let text = fs::read_to_string(&pids).unwrap_or_default();
        text.lines().map(|line| line.parse().unwrap()).collect()
    };
    let begun = std::time::Instant::now();
    while running().len() < 3 {
        assert!(begun.elapsed() < support::host::PATIENCE, "{:?}", running());
        std::thread::yield_now();
    }
    program.signal(Signal::TERM);
    let ended = program.finish();
    assert_eq!(ended.code(), 130);
    assert!(sweep.report("quasimodem-sweep").interrupted);
    for pid in running() {
        assert!(test_kill_process(Pid::from_raw(pid).unwrap()).is_err(), "{pid}");
    }
}
