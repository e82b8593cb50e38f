//! What survives the program: the settings that `AT&W` keeps, in a file of the user's.
//!
//! One command line, readable and editable; it appears complete, by rename.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// The file.
#[derive(Clone, Debug)]
pub struct Memory {
    path: PathBuf,
}

impl Memory {
    /// A memory in that file, which need not exist.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// What an earlier run kept; `None` if none did.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(&self) -> io::Result<Option<String>> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|line| !line.is_empty())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps `line` in the place of what was there.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, line: &str) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut draft = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        writeln!(draft, "{line}")?;
        draft.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}
