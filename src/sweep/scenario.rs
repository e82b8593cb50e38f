//! Rules as a scenario file that people read, and that `--scenario` takes.
//!
//! Knows how rules are written and nothing of what they do.

use std::fmt::Write as _;

use serde::Serialize;
use toml::Value;

use crate::fault::{Rule, When};

/// A scenario file with these rules.
pub fn scenario(name: &str, story: &str, rules: &[Rule]) -> String {
    let mut text = format!("name = {}\nstory = {}\n", toml_of(&name), toml_of(&story));
    for rule in rules {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n[[rule]]\nname = {}\n", toml_of(&rule.name));
        let _ = writeln!(text, "at = {}", toml_of(&rule.at));
        if rule.when != When::default() {
            let _ = writeln!(text, "when = {}", toml_of(&rule.when));
        }
        let _ = writeln!(text, "do = {}", toml_of(&rule.verdict));
        if rule.times != 1 {
            let _ = writeln!(text, "times = {}", rule.times);
        }
    }
    text
}

fn toml_of(value: &impl Serialize) -> String {
    // Strings, numbers and tables of them: all can be said in TOML.
    Value::try_from(value).map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_one_below_the_other() {
        let rule =
            "{ name = \"a \\\"b\\\"\", at = \"line-out\", when = { nth = 2 }, do = { drop = 1 } }";
        let clock = "{ name = \"c\", at = \"clock\", when = { after = \"5s\" }, do = { world = \"reset\" }, times = 3 }";
        let rules = [rule.parse().unwrap(), clock.parse().unwrap()];
        let text = scenario("two", "both", &rules);
        let expected = r#"name = "two"
story = "both"

[[rule]]
name = 'a "b"'
at = "line-out"
when = { nth = 2 }
do = { drop = 1 }

[[rule]]
name = "c"
at = "clock"
when = { after = "5s" }
do = { world = "reset" }
times = 3
"#;
        assert_eq!(text, expected);
    }
}
