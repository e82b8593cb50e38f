//! The profiles that the program brings along.

use super::Profile;

/// A built-in profile: the file of that name in `sim-config`.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name, as `--profile` and `:profile` take it.
    pub name: &'static str,
    /// The file, with its comments.
    pub text: &'static str,
}

/// Every built-in profile; the first one is the default, and has every key.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "m10", text: include_str!("../../sim-config/m10.toml") },
    BuiltIn { name: "m95", text: include_str!("../../sim-config/m95.toml") },
    BuiltIn { name: "m66", text: include_str!("../../sim-config/m66.toml") },
    BuiltIn { name: "mc60", text: include_str!("../../sim-config/mc60.toml") },
];

impl BuiltIn {
    /// The profile of that name, if it is built in.
    pub fn named(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|built_in| built_in.name == name).copied()
    }

    /// The profile.
    pub fn profile(self) -> Profile {
        match Profile::parse(self.text) {
            Ok(profile) => profile,
            Err(error) => unreachable!("{} is built in and tested: {error}", self.name),
        }
    }

    /// What it is, in a line: the file's first comment.
    pub fn summary(self) -> &'static str {
        self.text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    #[test]
    fn the_first_is_the_default_and_its_file_names_every_key() {
        let file: Table = BUILT_IN[0].text.parse().unwrap();
        assert_eq!(BUILT_IN[0].profile(), Profile::default());
        assert_eq!(file, Table::try_from(Profile::default()).unwrap());
    }

    #[test]
    fn each_is_found_by_the_name_it_gives_itself_and_says_what_it_is() {
        for built_in in BUILT_IN {
            let found = BuiltIn::named(built_in.name).unwrap();
            assert_eq!(found.profile().name, built_in.name);
            let models_name = built_in.name.to_uppercase();
            assert!(found.summary().starts_with(&format!("The {models_name} of ")));
            assert!(found.summary().ends_with('.'), "not all of a sentence in a line");
        }
        assert!(BuiltIn::named("m11").is_none());
    }

    #[test]
    fn every_other_names_only_what_differs_from_the_first() {
        fn same(these: &Table, those: &Table) -> Vec<String> {
            let same = these.iter().flat_map(|(key, this)| match (this.as_table(), &those[key]) {
                (Some(this), that) => same(this, that.as_table().unwrap()),
                (None, that) => (this == that).then(|| key.clone()).into_iter().collect(),
            });
            same.collect()
        }
        let first: Table = BUILT_IN[0].text.parse().unwrap();
        for built_in in &BUILT_IN[1..] {
            let file = built_in.text.parse().unwrap();
            assert_eq!(same(&file, &first), Vec::<String>::new(), "in {}", built_in.name);
        }
    }

    #[test]
    fn every_key_has_a_comment_above_it_and_every_file_its_schema() {
        for built_in in BUILT_IN {
            let lines: Vec<&str> = built_in.text.lines().collect();
            assert_eq!(lines[0], "#:schema ./profile.schema.json");
            let is_key = |line: &str| line.contains(" = ") && !line.starts_with('#');
            for pair in lines.windows(2).filter(|pair| is_key(pair[1])) {
                assert!(pair[0].starts_with('#'), "no comment above {:?}", pair[1]);
            }
        }
    }
}
