//! Rules that come and go while a module runs, and what befalls it.

use serde_json::{Value, json};

use crate::http::Station;

#[test]
fn a_rule_takes_hold_is_counted_and_goes() {
    let station = Station::start(&[]);
    let (path, mut host) = station.create("{}");
    let faults = format!("{path}/faults");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    let rule = r#"{"name": "eat/one", "at": "line-out", "do": {"drop": 2}, "times": 0}"#;
    let answer = station.post(&faults, rule);
    let shown = |fired: u32| {
        json!([{
            "name": "eat/one", "at": "line-out", "do": { "drop": 2 }, "times": 0, "place": null,
            "fired": fired,
        }])
    };
    assert_eq!((answer.status, answer.json()), (201, shown(0)));
    host.command("AT", "OK\r\n");
    host.command("AT", "OK\r\n");
    assert_eq!(station.get(&faults), shown(2));
    let one = format!("{faults}/eat%2Fone");
    assert_eq!(station.ask("DELETE", &one, None).status, 204);
    host.command("AT", "\r\nOK\r\n");
    assert_eq!(station.get(&faults), json!([]));
    let sentence = "module 1 has no rule \"eat/one\"";
    station.ask("DELETE", &one, None).refuses(404, "Not Found", sentence);
    let metrics = station.ask("GET", "/metrics", None).body;
    assert!(metrics.contains("\nquasimodem_faults_fired_total 2\n"), "{metrics}");
}

#[test]
fn a_scenario_is_taken_as_toml_and_its_mistake_changes_nothing() {
    let station = Station::start(&[]);
    let (path, mut host) = station.create("{}");
    let faults = format!("{path}/faults");
    let scenario = "[[rule]]\nname = \"late\"\nat = \"line-out\"\nwhen = { command = \"AT+CSQ\" }\n\
                    do = { urc = \"RING\" }\n";
    let toml = |text: &str| station.ask("POST", &faults, Some(("application/toml", text)));
    let added = toml(scenario);
    assert_eq!((added.status, &added.json()[0]["place"]), (201, &json!("control:1")));
    for (text, detail) in [
        ("", "there is no rule in this; begin one with [[rule]]"),
        (
            "[[rule]]\nat = \"line-out\"\ndo = { fail = \"dns\" }\n",
            "line 3, column 6: this is a verdict of ftp-request and ftp-event; bytes of a line \
             know none such",
        ),
    ] {
        toml(text).refuses(422, "Unprocessable Entity", detail);
    }
    let rules = station.get(&faults);
    assert_eq!(names(&rules), ["late"]);
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
}

#[test]
fn scenarios_of_a_new_module_are_texts_or_built_in() {
    let station = Station::start(&["--scenario", "bearer-lost-amid-upload"]);
    let named = |wanted: &str| {
        let (path, _) = station.create(wanted);
        names(&station.get(&format!("{path}/faults")))
    };
    assert_eq!(named("{}"), ["lose the bearer"]);
    assert_eq!(named(r#"{"scenarios": []}"#), [""; 0]);
    let both = r#"{"scenarios": ["bearer-lost-amid-upload",
        "[[rule]]\nat = \"line-out\"\ndo = { drop = 1 }"]}"#;
    assert_eq!(named(both), ["lose the bearer", "rule 1"]);
}

#[test]
fn what_befalls_a_module_is_said_in_the_words_of_a_transcript() {
    let station = Station::start(&[]);
    let (path, mut host) = station.create("{}");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    let befall = |event: &str| {
        station.post(&format!("{path}/world"), &json!({ "event": event }).to_string())
    };
    assert_eq!(befall("signal 3").status, 204);
    host.command("AT+CSQ", "\r\n+CSQ: 3,0\r\n\r\nOK\r\n");
    assert_eq!(befall("sim-removed").status, 204);
    host.expect("\r\n+CPIN: NOT READY\r\n");
    assert_eq!(station.get(&path)["snapshot"]["sim"]["state"], "absent");
    befall("bearer-lots").refuses(
        422,
        "Unprocessable Entity",
        "\"bearer-lots\" is nothing the world can do; the nearest is \"bearer-lost\"",
    );
}

fn names(rules: &Value) -> Vec<String> {
    let rules = rules.as_array().unwrap().iter();
    rules.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
}
