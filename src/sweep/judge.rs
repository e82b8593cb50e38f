//! What became of a host program that met a fault, and how bad that is.
//!
//! Does not know how the program was run, nor what the fault was.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How a run ended, as seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The exit status of the host program, 128 and the signal's number where one ended it; `None`
    /// if it still ran at the limit.
    pub status: Option<u8>,
    /// Of each file that ought to be on the server.
    pub files: Vec<Fate>,
    /// What the next host finds.
    pub left: Vec<LeftOver>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Its name on the server.
    pub name: String,
    /// What is there.
    pub state: FileState,
}

/// What is on the server in a file's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// The file, with the SHA-256 that it ought to have.
    Right,
    /// Something else of that name.
    Different,
    /// Nothing.
    Missing,
}

/// What a host program leaves behind for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOver {
    /// The FTP service is neither idle nor closed, though after the clean run it was.
    SessionOpen,
    /// The module does not answer `AT`.
    ModuleStuck,
}

/// What became of a run; the later, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It says that all is well, and it is.
    Recovered,
    /// It says that something went wrong.
    Failed,
    /// It says that all is well, and a file is missing or another.
    Lost,
    /// It said nothing until it was stopped.
    Hung,
}

impl Verdict {
    /// Every one, the best first.
    pub const ALL: [Self; 4] = [Self::Recovered, Self::Failed, Self::Lost, Self::Hung];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Failed => "failed",
            Self::Lost => "lost",
            Self::Hung => "hung",
        }
    }

    /// What it means, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Failed => "failed loudly",
            Self::Lost => "lost data silently",
            Self::Hung => "hung",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == text).ok_or_else(|| {
            format!("{text:?} is no verdict; there are recovered, failed, lost and hung")
        })
    }
}

impl LeftOver {
    /// What it means, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::SessionOpen => "leaves the FTP session open",
            Self::ModuleStuck => "the module does not answer AT",
        }
    }
}

/// The verdict on a run.
pub fn judge(ending: &Ending) -> Verdict {
    let right = ending.files.iter().all(|file| file.state == FileState::Right);
    match ending.status {
        None => Verdict::Hung,
        Some(0) if right => Verdict::Recovered,
        Some(0) => Verdict::Lost,
        Some(_) => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_follows_from_status_limit_and_files() {
        let file = |state| Fate { name: "f".to_owned(), state };
        let (right, other) = (file(FileState::Right), file(FileState::Different));
        let missing = file(FileState::Missing);
        for (status, files, verdict) in [
            (Some(0), vec![], Verdict::Recovered),
            (Some(0), vec![right.clone()], Verdict::Recovered),
            (Some(0), vec![right.clone(), other.clone()], Verdict::Lost),
            (Some(0), vec![missing.clone()], Verdict::Lost),
            (Some(1), vec![right.clone()], Verdict::Failed),
            (Some(143), vec![missing.clone()], Verdict::Failed),
            (None, vec![right], Verdict::Hung),
        ] {
            let ending = Ending { status, files, left: vec![LeftOver::SessionOpen] };
            assert_eq!(judge(&ending), verdict, "{ending:?}");
        }
    }

    #[test]
    fn words_read_back_as_written() {
        for verdict in Verdict::ALL {
            assert_eq!(verdict.to_string().parse(), Ok(verdict));
        }
        assert_eq!(
            "bad".parse::<Verdict>(),
            Err("\"bad\" is no verdict; there are recovered, failed, lost and hung".to_owned())
        );
    }
}
