//! `profile`, and `--profile` with what is built in.

use quasimodem::profile::{BUILT_IN, BuiltIn, Profile};

use crate::support::module::{Line, Module};
use crate::workplace::Workplace;

#[test]
fn list_names_each_built_in_profile_with_a_line() {
    assert_eq!(
        Workplace::new().says(&["profile", "list"]),
        "\
m10   The M10 of the manual \"GSM FTP AT Commands\" V1.01, as quasimodem plays it.
m95   The M95 of Quectel's \"M95 AT Commands Manual\" V3.2, with the FTP commands of V1.01.
m66   The M66 of Quectel's \"M66 AT Commands Manual\" V1.0, with the FTP commands of V1.01.
mc60  The MC60 of Quectel's \"MC60 AT Commands Manual\" V1.2, with the FTP commands of V1.01.
"
    );
}

#[test]
fn what_show_prints_is_a_profile_and_is_shown_the_same_again() {
    let here = Workplace::new();
    here.file(
        "mine.toml",
        "name = \"mine\"\ndns = [\"127.0.0.1:5353\"]\n[escape]\nguard = \"2s\"\n[ftp]\nwindow = 4096\n",
    );
    let names = BUILT_IN.iter().map(|built_in| built_in.name);
    for name in names.chain(["mine.toml"]) {
        let shown = here.says(&["profile", "show", name]);
        here.file("shown.toml", &shown);
        assert_eq!(here.says(&["profile", "show", "shown.toml"]), shown);
        assert_eq!(here.says(&["check", "shown.toml"]), "shown.toml: a good profile\n");
        let meant = match BuiltIn::named(name) {
            Some(built_in) => built_in.profile(),
            None => {
                let mut mine = Profile { name: "mine".into(), ..Profile::default() };
                mine.dns.push("127.0.0.1:5353".into());
                mine.escape.guard = std::time::Duration::from_secs(2);
                mine.ftp.window = 4096;
                mine
            }
        };
        assert_eq!(Profile::parse(&shown).unwrap(), meant);
    }
    let shown = here.says(&["profile", "show", "mine.toml"]);
    assert!(shown.contains("\n# Silence before and after \"+++\".\nguard = \"2s\"\n"));
}

#[test]
fn schema_is_that_of_the_library() {
    assert_eq!(Workplace::new().says(&["profile", "schema"]), Profile::json_schema());
}

#[test]
fn a_module_is_told_apart_by_the_name_of_its_profile() {
    for built_in in BUILT_IN {
        let module = Module::run(&["--profile", built_in.name, "--timing", "instant"]);
        let host = &mut module.attach(Line::Tcp);
        host.send("ATE0;+CGMM\r");
        let model = built_in.profile().identity.model;
        for line in ["ATE0;+CGMM", &model, "OK"] {
            assert_eq!(host.next_line(), line);
        }
    }
}
