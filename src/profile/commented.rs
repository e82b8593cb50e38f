//! A profile as a file: every key with its value, and above it what it means.

use toml::{Table, Value};
use toml_edit::{DocumentMut, Item};

use super::{BUILT_IN, Profile};

impl Profile {
    /// The profile as TOML with all its keys, in the order and with the comments of `m10.toml`.
    pub fn to_commented_toml(&self) -> String {
        // The file's own heading speaks of the file.
        let (_, keys) = BUILT_IN[0].text.split_once("\n\n").unwrap_or_default();
        let (Ok(mut document), Ok(profile)) = (keys.parse::<DocumentMut>(), Table::try_from(self))
        else {
            unreachable!("the first built-in profile is TOML, and so can be every profile");
        };
        fill(document.as_table_mut(), &profile);
        format!(
            "# The profile {:?} with every key. Durations are written \"50ms\", \"2s\", \"1m 30s\".\n\
             # An editor completes and checks this file if its first line is\n\
             # \"#:schema ./profile.schema.json\" and `quasimodem profile schema` is stored there.\n\
             \n{document}",
            self.name
        )
    }
}

/// Puts the values into the template; what stands around a value stays.
fn fill(template: &mut toml_edit::Table, values: &Table) {
    for (key, value) in values {
        match (value, template.get_mut(key)) {
            (Value::Table(values), Some(Item::Table(template))) => fill(template, values),
            (value, Some(Item::Value(old))) => {
                let Ok(new) = value.to_string().parse::<toml_edit::Value>() else {
                    unreachable!("{value} was printed as TOML");
                };
                let decor = old.decor().clone();
                *old = new;
                *old.decor_mut() = decor;
            }
            (value, _) => unreachable!("the template has {key} as a key too, like {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_the_same_profile_with_every_key_and_its_comment() {
        let mine = r#"
            name = "mi\"ne"
            routes = ["a=127.0.0.1:21", "b:2=127.0.0.1:2121"]
            [escape]
            guard = "1h 2ms"
            [quirks]
            no_session = "550"
            path_mode = "cwd-now"
        "#;
        let built_in = BUILT_IN.iter().map(|built_in| built_in.profile());
        for profile in built_in.chain([Profile::parse(mine).unwrap()]) {
            let shown = profile.to_commented_toml();
            assert_eq!(Profile::parse(&shown).unwrap(), profile);
            let every_key: Table = shown.parse().unwrap();
            assert_eq!(every_key, Table::try_from(&profile).unwrap());
            let comments = |text: &str| {
                let (_, keys) = text.split_once("\n\n").unwrap();
                keys.lines()
                    .filter(|line| line.starts_with('#'))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(comments(&shown), comments(BUILT_IN[0].text));
        }
    }

    #[test]
    fn the_default_is_shown_as_its_own_file_has_it() {
        let keys = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
        assert_eq!(keys(&Profile::default().to_commented_toml()), keys(BUILT_IN[0].text));
    }
}
