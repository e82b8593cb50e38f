//! The path under which hosts find the device.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Instant;

use quasimodem::io::line::LineError;
use quasimodem::io::pty::Pty;
use tempfile::TempDir;

use crate::bench::{Bench, PATIENCE};

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ttyQ0");
    (directory, path)
}

fn refusal(path: &Path) -> String {
    Pty::create(path).unwrap_err().to_string()
}

#[tokio::test]
async fn link_leads_to_the_device_as_long_as_the_line_lives() {
    let (_directory, path) = place();
    let pty = Pty::create(&path).unwrap();
    assert_eq!(fs::read_link(&path).unwrap(), pty.device());
    assert_eq!(pty.path(), path);
    drop(pty);
    assert!(fs::symlink_metadata(&path).is_err());
}

#[tokio::test]
async fn link_of_somebody_else_is_not_removed() {
    let (_directory, path) = place();
    let pty = Pty::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    symlink("/dev/null", &path).unwrap();
    drop(pty);
    assert_eq!(fs::read_link(&path).unwrap(), Path::new("/dev/null"));
}

#[tokio::test]
async fn files_and_directories_are_not_overwritten() {
    let (_directory, path) = place();
    let shown = path.display();
    fs::write(&path, "precious").unwrap();
    assert_eq!(
        refusal(&path),
        format!("no line at {shown}: a file stands there and is not overwritten")
    );
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(
        refusal(&path),
        format!("no line at {shown}: a directory stands there and is not overwritten")
    );
    fs::remove_dir(&path).unwrap();
    symlink("/dev/null", &path).unwrap();
    assert_eq!(
        refusal(&path),
        format!(
            "no line at {shown}: a link to something that is no pseudo-terminal stands there and is \
             not overwritten"
        )
    );
}

#[tokio::test]
async fn impossible_paths_are_refused_in_one_sentence() {
    assert_eq!(
        refusal(Path::new("/no/such/ttyQ0")),
        "no line at /no/such/ttyQ0: its directory cannot be used: No such file or directory (os error 2)"
    );
    assert_eq!(refusal(Path::new("/")), "no line at /: the path does not end in a name");
}

#[tokio::test]
async fn dangling_link_is_replaced() {
    let (_directory, path) = place();
    symlink("/dev/pts/999999", &path).unwrap();
    let pty = Pty::create(&path).unwrap();
    assert_eq!(fs::read_link(&path).unwrap(), pty.device());
}

#[tokio::test]
async fn link_left_over_is_replaced_though_its_number_was_given_out_again() {
    let (_directory, path) = place();
    // Which number is given out next is not ours to choose, so all that may be are linked before.
    let links: Vec<PathBuf> = (0..500).map(|n| path.with_file_name(n.to_string())).collect();
    for link in &links {
        symlink(Path::new("/dev/pts").join(link.file_name().unwrap()), link).unwrap();
    }
    let made = changed(&fs::symlink_metadata(&links[499]).unwrap());
    // The clock of the file system goes by ticks of some milliseconds.
    let other = loop {
        let bench = Bench::pty();
        if changed(&fs::metadata(bench.device()).unwrap()) > made {
            break bench;
        }
    };
    let link = path.with_file_name(other.device().file_name().unwrap());
    assert_eq!(fs::read_link(&link).unwrap(), other.device());
    let pty = Pty::create(&link).unwrap();
    assert_eq!(fs::read_link(&link).unwrap(), pty.device());
    assert_ne!(pty.device(), other.device());
}

fn changed(node: &fs::Metadata) -> (i64, i64) {
    (node.ctime(), node.ctime_nsec())
}

#[tokio::test]
async fn link_to_a_living_terminal_of_another_program_is_left_alone() {
    let (_directory, path) = place();
    let other = Bench::pty();
    symlink(other.device(), &path).unwrap();
    assert_eq!(
        refusal(&path),
        format!(
            "no line at {}: it links to {}, which another program serves",
            path.display(),
            other.device().display()
        )
    );
}

#[tokio::test]
async fn path_is_served_by_one_line_at_a_time() {
    let (directory, path) = place();
    let first = Pty::create(&path).unwrap();
    assert_eq!(
        refusal(&path),
        format!("no line at {}: another quasimodem serves it", path.display())
    );
    // The same path by another name, and without its link.
    fs::remove_file(&path).unwrap();
    let roundabout = directory.path().join(".").join("ttyQ0");
    assert_eq!(
        refusal(&roundabout),
        format!("no line at {}: another quasimodem serves it", roundabout.display())
    );
    let neighbour = Pty::create(&directory.path().join("ttyQ1")).unwrap();
    drop(first);
    let dropped = Instant::now();
    // Tests beside this one start programs, which hold everything of ours until they have started.
    let second = loop {
        match Pty::create(&path) {
            Err(LineError::Served { .. }) if dropped.elapsed() < PATIENCE => {}
            second => break second.unwrap(),
        }
    };
    assert_ne!(second.device(), neighbour.device());
}
