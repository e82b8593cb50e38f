//! The scenarios that come with the program: the files of `sim-config/scenarios`.

use include_dir::{Dir, include_dir};

use super::Scenario;

static LIBRARY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sim-config/scenarios");

impl Scenario {
    /// The names of all, sorted.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        let mut names: Vec<&str> = LIBRARY
            .files()
            .filter_map(|file| file.path().file_name()?.to_str()?.strip_suffix(".toml"))
            .collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// The text of one.
    pub fn built_in_text(name: &str) -> Option<&'static str> {
        LIBRARY.get_file(format!("{name}.toml"))?.contents_utf8()
    }

    /// The scenario of that name.
    pub fn built_in(name: &str) -> Option<Self> {
        let text = Self::built_in_text(name)?;
        // A test reads them all.
        Self::parse(text, &format!("{name}.toml")).ok()
    }
}
