//! A folder to work in, where it shows what a program leaves behind.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::program::{Program, quasimodem};

pub struct Workplace(TempDir);

impl Workplace {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn start(&self, args: &[&str]) -> Program {
        Program::spawn(quasimodem().args(args).current_dir(self.path()))
    }

    /// The names in the folder, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program is content, and complains of nothing; what it says.
    #[track_caller]
    pub fn says(&self, args: &[&str]) -> String {
        let ended = self.start(args).finish();
        assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""), "{args:?}");
        ended.stdout
    }

    /// The program ends with this status and this one sentence, says nothing else, and leaves the
    /// folder as it was.
    #[track_caller]
    pub fn refuses(&self, args: &[&str], status: i32, sentence: &str) {
        let before = self.names();
        let ended = self.start(args).finish();
        assert_eq!(ended.stderr, format!("quasimodem: {sentence}\n"));
        assert_eq!(ended.stdout, "");
        assert_eq!(ended.code(), status, "{args:?}");
        assert_eq!(self.names(), before);
    }
}
