//! Answers of the control API as tables for people.
//!
//! Knows no request. What is not there is shown as `-`.

use serde_json::Value;

/// Blanks between columns.
const GAP: &str = "  ";

/// Of what has no answer.
pub(super) fn nothing(_: &Value) -> String {
    String::new()
}

/// `/v1/modules`.
pub(super) fn modules(list: &Value) -> String {
    let head = ["ID", "PROFILE", "POWER", "FTP", "LINES"];
    let row = |module: &Value| {
        let on = module["on"].as_bool();
        let power = on.map_or("ended", |on| if on { "on" } else { "off" });
        let lines: Vec<String> = array(&module["lines"]).map(place).collect();
        vec![
            text(&module["id"]),
            text(&module["profile"]),
            power.to_owned(),
            text(&module["ftp"]),
            lines.join(", "),
        ]
    };
    table(&head, array(list).map(row))
}

/// A module that has just been made: its number, and where its lines are.
pub(super) fn created(module: &Value) -> String {
    let lines = array(&module["lines"]).map(|line| format!("ready {}\n", place(line)));
    format!("module {}\n{}", text(&module["id"]), lines.collect::<String>())
}

/// `/v1/modules/ID/lines`.
pub(super) fn lines(list: &Value) -> String {
    let head = ["LINE", "PLACE", "STATE", "SPEED", "LATE", "TYPED AHEAD", "UNWRITTEN"];
    let row = |line: &Value| {
        let waiting = &line["waiting"];
        vec![
            text(&line["number"]),
            place(line),
            text(&line["state"]),
            text(&line["speed"]),
            text(&waiting["late_results"]),
            text(&waiting["typed_ahead"]),
            text(&waiting["unwritten"]),
        ]
    };
    table(&head, array(list).map(row))
}

/// `/v1/modules/ID/faults`.
pub(super) fn faults(list: &Value) -> String {
    let head = ["RULE", "AT", "FIRED", "TIMES", "DOES", "PLACE"];
    let row = |fault: &Value| {
        let times = match &fault["times"] {
            Value::Number(number) if number.as_u64() == Some(0) => "ever".to_owned(),
            times => text(times),
        };
        vec![
            text(&fault["name"]),
            text(&fault["at"]),
            text(&fault["fired"]),
            times,
            fault["do"].to_string(),
            text(&fault["place"]),
        ]
    };
    table(&head, array(list).map(row))
}

/// `/v1/modules/ID`: a key and its value a line, as deep as it goes.
pub(super) fn snapshot(module: &Value) -> String {
    let mut rows = Vec::new();
    flatten(String::new(), module, &mut rows);
    let width = rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    rows.iter().map(|(key, value)| format!("{key:width$}{GAP}{value}\n")).collect()
}

/// An entry of the live view.
pub(super) fn entry(entry: &Value) -> String {
    let micros = entry["time_us"].as_u64().unwrap_or(0);
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    format!("+{seconds}.{micros:06}{GAP}{}\n", text(&entry["entry"]))
}

fn flatten(key: String, value: &Value, rows: &mut Vec<(String, String)>) {
    let under = |part: &str| {
        if key.is_empty() { part.to_owned() } else { format!("{key}.{part}") }
    };
    match value {
        Value::Object(parts) => {
            parts.iter().for_each(|(part, value)| flatten(under(part), value, rows));
        }
        Value::Array(parts) => {
            let parts = parts.iter().enumerate();
            parts.for_each(|(index, value)| flatten(under(&index.to_string()), value, rows));
        }
        value => rows.push((key, text(value))),
    }
}

/// As the program's `ready` lines have it.
fn place(line: &Value) -> String {
    let kind = text(&line["kind"]);
    match (&line["addr"], &line["path"], &line["device"]) {
        (Value::String(addr), ..) => format!("{kind} {addr}"),
        (_, Value::String(path), Value::String(device)) => format!("{kind} {path} -> {device}"),
        (_, _, Value::String(device)) => format!("{kind} {device} {}", text(&line["baud"])),
        _ => kind,
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn table<const N: usize>(head: &[&str; N], rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> =
        std::iter::once(head.iter().map(ToString::to_string).collect()).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join(GAP).trim_end())
    };
    rows.iter().map(line).collect()
}
