//! The commands that `README.md` shows of the control API, in their order.

use crate::support::program::{Program, quasimodem};

/// Each line of the block that begins with `$` is run by a shell, with the program first in its
/// path; what follows it, up to the next, is what it prints.
#[test]
fn what_the_readme_shows_is_what_a_shell_prints() {
    let text = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(text).unwrap();
    let (_, block) = text.split_once("```ctl\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::spawn(
        quasimodem().args(["run", "--control", "unix:control"]).current_dir(folder.path()),
    );
    assert_eq!(program.line(), "ready control unix:control");
    let program_folder = std::path::Path::new(env!("CARGO_BIN_EXE_quasimodem")).parent().unwrap();
    let path = format!("{}:{}", program_folder.display(), std::env::var("PATH").unwrap());
    let mut shown = 0;
    for step in block.split("$ ").skip(1) {
        let (command, printed) = step.split_once('\n').unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).current_dir(folder.path()).env("PATH", &path);
        shell.env("QUASIMODEM_CONTROL", "unix:control");
        let output = shell.output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), printed, "{command}");
        shown += 1;
    }
    assert!(shown > 5, "the commands are not there");
}
