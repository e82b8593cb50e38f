//! Every row of the command table is what it declares: forms, bounds, lengths, arity.
//!
//! The cases are generated from the rows, so a new command is tested as soon as it is declared.
//! What a row cannot say, its answers, stands in two small functions below: [`reading`] and
//! [`writing`].

use std::collections::BTreeSet;

use quasimodem::at::{Kind, Need, Param};
use quasimodem::commands::{CommandSpec, Test};
use quasimodem::dialect::Dialect;
use quasimodem::ftp::Event;
use quasimodem::line::LineId;
use quasimodem::modem::{Input, Modem, Output};
use quasimodem::profile::{DialectName, Profile};
use quasimodem::time::SimTime;

const OK: &str = r"\r\nOK\r\n";
const ERROR: &str = r"\r\nERROR\r\n";

// The forms.

#[test]
fn a_test_command_prints_what_its_row_declares() {
    for row in rows() {
        let Some(test) = row.test else { continue };
        let text = match test {
            Test::Bare => String::new(),
            Test::Range(range) => format!(r"\r\n{}: {range}\r\n", row.name),
            Test::RangeOf(range) => format!(r"\r\n{}: {}\r\n", row.name, range(&profile())),
            Test::Lines(lines) => format!(r"\r\n{}\r\n", lines.join(r"\r\n")),
        };
        assert_answer(&command(row, "=?"), &(text + OK));
    }
}

#[test]
fn a_read_command_prints_the_state_at_power_on() {
    for row in rows().filter(|row| row.read.is_some()) {
        assert_answer(&command(row, "?"), reading(row.name));
    }
}

#[test]
fn an_execution_command_answers() {
    for row in rows().filter(|row| row.exec.is_some()) {
        assert_answer(&command(row, ""), executing(row.name));
    }
}

#[test]
fn the_bare_name_of_a_basic_command_means_0() {
    for row in rows().filter(|row| row.is_basic() && !is_register(row) && !dials(row)) {
        assert!(row.exec.is_none(), "{}", row.name);
        assert_answer(&command(row, ""), &writing(row.name, &[Some("0".into())]));
    }
}

#[test]
fn a_form_that_is_not_declared_is_an_error_and_changes_nothing() {
    for row in rows() {
        let mut forms = Vec::new();
        if row.test.is_none() && !dials(row) {
            forms.push("=?");
        }
        if row.read.is_none() && !dials(row) {
            forms.push("?");
        }
        // A basic command takes its number without a sign.
        if row.write.is_none() || row.is_basic() && !is_register(row) && !dials(row) {
            forms.extend(["=", "=0", "=1", "=\"x\"", "=,"]);
        }
        if row.exec.is_none() && (!row.is_basic() || is_register(row)) {
            forms.push("");
        }
        // Behind a basic command another may stand, so what is wrong there is wrong by itself.
        if !row.is_basic() {
            forms.extend(["??", "?=", "=?1", "?1", "=?,"]);
        }
        for form in forms {
            assert_refused(&command(row, form));
        }
    }
}

#[test]
fn a_command_that_is_in_no_row_is_an_error() {
    let names = ["+QFTP", "+QFTPOPENS", "+QFTPSIZE", "+CTZU", "+X", "W", "&X", "S1", "S99", "\\Q"];
    for name in names {
        for form in ["", "?", "=?", "=1"] {
            assert_refused(&format!("AT{name}{form}"));
        }
    }
}

#[test]
fn small_letters_and_blanks_around_the_form_do_not_matter() {
    for row in rows().filter(|row| !row.is_basic()) {
        if let Some(Test::Bare) = row.test {
            assert_answer(&format!("at{} =?", row.name.to_lowercase()), OK);
            assert_answer(&format!("aT {} = ?  ", row.name), OK);
        }
        if row.read.is_some() {
            assert_answer(&format!("At{} ?", row.name.to_lowercase()), reading(row.name));
        }
    }
}

// The parameters.

#[test]
fn a_number_is_taken_from_its_least_to_its_greatest_and_no_further() {
    for (row, params, at) in each_param() {
        let Kind::Int { min, max } = params[at].kind else { continue };
        for number in [min, max] {
            assert_taken(row, &with(params, at, Some(number.to_string())));
        }
        assert_taken(row, &with(params, at, Some(padded(max))));
        for number in [i128::from(min) - 1, i128::from(max) + 1, i128::MAX] {
            assert_refused(&written(row, &with(params, at, Some(number.to_string()))));
        }
    }
}

#[test]
fn a_string_is_taken_up_to_its_length_and_no_further() {
    for (row, params, at) in each_param() {
        let Kind::Str { max } = params[at].kind else { continue };
        for text in [String::new(), "x".repeat(max), " ;,&=?".into(), "\u{fc}".into()] {
            assert_taken(row, &with(params, at, Some(format!("\"{text}\""))));
        }
        let long = format!("\"{}\"", "x".repeat(max + 1));
        assert_refused(&written(row, &with(params, at, Some(long))));
    }
}

#[test]
fn a_value_of_another_type_is_an_error() {
    for (row, params, at) in each_param() {
        let sample = sample(&params[at]);
        let wrong: Vec<String> = match params[at].kind {
            Kind::Str { .. } if params[at].quotable => {
                ["\"x", "x\"", "\"x\"y"].map(String::from).to_vec()
            }
            Kind::Str { .. } => {
                ["x", "1", "\"x", "x\"", "\"x\"y", "'x'", "\"x\"\"y\""].map(String::from).to_vec()
            }
            Kind::Int { .. } if params[at].quotable => {
                ["x", "1x", "+1", "1.0", "0x1", "1 1", "\"\"", "\"x\"", "\"1", "1\"", "\" 1\""]
                    .map(String::from)
                    .to_vec()
            }
            Kind::Int { .. } if row.is_basic() && !is_register(row) => {
                ["-1", "\"0\"", "?", "=0"].map(String::from).to_vec()
            }
            Kind::Int { .. } if row.is_basic() => {
                ["x", "+1", "-1", "\"13\"", "\"13", "13\"", "\"\"", "=13", "13="]
                    .map(String::from)
                    .to_vec()
            }
            Kind::Int { .. } => {
                let quoted = format!("\"{sample}\"");
                let mut wrong = vec![quoted, format!("{sample}\""), format!("\"{sample}")];
                wrong.extend(["x", "1x", "+1", "1.0", "0x1", "1 1", "\"\""].map(String::from));
                wrong
            }
        };
        for value in wrong {
            assert_refused(&written(row, &with(params, at, Some(value))));
        }
        if params[at].quotable && matches!(params[at].kind, Kind::Str { .. }) {
            let bare = with(params, at, Some(sample.replace('"', "")));
            assert_taken_as(row, &bare, &with(params, at, Some(sample)));
        } else if params[at].quotable {
            let quoted = with(params, at, Some(format!("\"{sample}\"")));
            assert_taken_as(row, &quoted, &with(params, at, Some(sample)));
        }
    }
}

#[test]
fn a_value_may_be_left_out_only_where_the_row_says_so() {
    for (row, params, at) in each_param() {
        let values = with(params, at, None);
        match params[at].need {
            Need::Required => assert_refused(&written(row, &values)),
            Need::Optional => assert_taken(row, &values),
            Need::Default(number) => {
                let explicit = with(params, at, Some(number.to_string()));
                assert_taken_as(row, &values, &explicit);
            }
        }
    }
}

#[test]
fn too_few_values_are_an_error_and_the_rest_may_be_left_out() {
    for (row, params) in writers().filter(|(row, _)| !dials(row)) {
        let samples: Vec<Option<String>> = params.iter().map(|param| Some(sample(param))).collect();
        let required =
            params.iter().rposition(|param| param.need == Need::Required).map_or(0, |at| at + 1);
        for count in usize::from(row.is_basic())..params.len() {
            if count < required || count == 0 && required > 0 {
                assert_refused(&written(row, &samples[..count]));
            } else {
                assert_taken(row, &samples[..count]);
            }
        }
    }
}

#[test]
fn one_value_too_many_is_an_error_even_an_empty_one() {
    for (row, params) in writers().filter(|(row, _)| !dials(row)) {
        let samples: Vec<Option<String>> = params.iter().map(|param| Some(sample(param))).collect();
        for more in [None, Some("1".to_owned()), Some("\"x\"".to_owned())] {
            assert_refused(&written(row, &[&samples[..], &[more]].concat()));
        }
    }
}

#[test]
fn blanks_around_values_do_not_matter() {
    for (row, params) in writers().filter(|(row, _)| !row.is_basic()) {
        let samples: Vec<Option<String>> = params.iter().map(|param| Some(sample(param))).collect();
        let texts: Vec<String> = samples.iter().flatten().map(|text| format!(" {text} ")).collect();
        assert_answer(
            &format!("AT{} ={}", row.name, texts.join(",")),
            &writing(row.name, &samples),
        );
    }
}

/// What a row declares is what its handler asks for: were it not so, the handler would panic.
#[test]
fn no_handler_meets_arguments_that_its_row_does_not_declare() {
    for (row, params) in writers().filter(|(row, _)| !dials(row)) {
        let mut lines = vec![Vec::new()];
        for param in params {
            let mut values = match param.kind {
                Kind::Int { min, max } => vec![Some(min.to_string()), Some(max.to_string())],
                Kind::Str { max } => {
                    vec![Some("\"\"".into()), Some(format!("{:?}", "x".repeat(max)))]
                }
            };
            if param.need != Need::Required {
                values.push(None);
            }
            lines = lines
                .iter()
                .flat_map(|line| {
                    values
                        .iter()
                        .map(move |value| [&line[..], std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        for values in lines {
            for state in [State::Idle, State::Opened, State::Working] {
                let mut bench = Bench::in_state(state);
                let line = written(row, &values);
                let answer = bench.answer(&line);
                let expected = match (row.name, state) {
                    // The context is up already.
                    ("+QIREGAPP", State::Opened | State::Working) => ERROR.to_owned(),
                    ("+QIMUX", State::Opened | State::Working) => ERROR.to_owned(),
                    // The account is set while the service is idle (2.2.6, 2.2.7).
                    ("+QFTPUSER" | "+QFTPPASS", State::Opened | State::Working) => ERROR.to_owned(),
                    ("+QFTPPATH", State::Working) => OK.to_owned() + r"\r\n+QFTPPATH:-3\r\n",
                    ("+QFTPCFG", State::Working) if values[1].is_some() => {
                        writing(row.name, &values).replace(":0\\r", ":-3\\r")
                    }
                    _ => writing(row.name, &values),
                };
                assert_eq!(answer, expected, "{state:?} {line}");
            }
        }
    }
}

// The table itself.

#[test]
fn the_table_is_well_formed() {
    let mut names = BTreeSet::new();
    for row in rows() {
        let name = row.name;
        assert!(names.insert(name), "{name} stands in two rows");
        assert_eq!(name, name.to_uppercase());
        assert!(!row.section.is_empty() && !row.summary.is_empty(), "{name} says too little");
        let forms =
            [row.test.is_some(), row.read.is_some(), row.write.is_some(), row.exec.is_some()];
        assert!(forms.contains(&true), "{name} has no form");
        if let Some(Test::Lines(lines)) = row.test {
            assert!(!lines.is_empty(), "{name} prints no line: that is Test::Bare");
        }
        let Some((params, _)) = row.write else { continue };
        assert!(!params.is_empty(), "{name}= takes no value: that is an execution command");
        let mut params_names = BTreeSet::new();
        for param in params {
            assert!(params_names.insert(param.name), "{name} has two {}", param.name);
            match (param.kind, param.need) {
                (Kind::Int { min, max }, Need::Default(number)) => {
                    assert!((min..=max).contains(&number), "{name} {} by default", param.name);
                }
                (Kind::Int { min, max }, _) => assert!(min <= max, "{name} {}", param.name),
                (Kind::Str { max }, Need::Required | Need::Optional) => {
                    assert!(max > 0, "{name} {}", param.name);
                }
                (Kind::Str { .. }, Need::Default(_)) => {
                    panic!("{name} {} is a string with a number by default", param.name)
                }
            }
        }
        let optional = params.iter().position(|param| param.need != Need::Required);
        let last_required = params.iter().rposition(|param| param.need == Need::Required);
        assert!(optional.is_none_or(|at| last_required.is_none_or(|last| last < at)), "{name}");
        assert!(!row.is_basic() || params.len() == 1, "{name} is basic: it takes one number");
    }
}

#[test]
fn the_manual_s_nine_commands_stand_in_its_order() {
    let sections: Vec<(&str, &str)> = rows()
        .filter(|row| row.name.starts_with("+QFTP"))
        .map(|row| (row.section, row.name))
        .collect();
    let manual = [
        ("2.2.1", "+QFTPOPEN"),
        ("2.2.2", "+QFTPCLOSE"),
        ("2.2.3", "+QFTPPUT"),
        ("2.2.4", "+QFTPGET"),
        ("2.2.5", "+QFTPPATH"),
        ("2.2.6", "+QFTPUSER"),
        ("2.2.7", "+QFTPPASS"),
        ("2.2.8", "+QFTPCFG"),
        ("2.2.9", "+QFTPSTAT"),
    ];
    assert_eq!(sections, manual);
    assert_eq!(rows().filter(|row| row.section.starts_with("2.2.")).count(), manual.len());
}

// What the rows cannot say: the answers.

/// The answer to a read command after power-on.
fn reading(name: &str) -> &'static str {
    match name {
        "+QFTPOPEN" => r#"\r\n+QFTPOPEN:"",\r\n\r\nOK\r\n"#,
        "+QFTPPATH" => r#"\r\nOK\r\n\r\n+QFTPPATH:""\r\n"#,
        "+QFTPUSER" => r#"\r\n+QFTPUSER:""\r\n\r\nOK\r\n"#,
        "+QFTPPASS" => r#"\r\n+QFTPPASS:""\r\n\r\nOK\r\n"#,
        "+QIFGCNT" => r"\r\n+QIFGCNT: 0,255\r\n\r\nOK\r\n",
        "+QICSGP" => r"\r\n+QICSGP: 1\r\n\r\nOK\r\n",
        "+QIREGAPP" => r"\r\n+QIREGAPP: ,,\r\n\r\nOK\r\n",
        "+QIMUX" => r"\r\n+QIMUX: 0\r\n\r\nOK\r\n",
        "+QIMODE" => r"\r\n+QIMODE: 0\r\n\r\nOK\r\n",
        "+QIDNSIP" => r"\r\n+QIDNSIP: 0\r\n\r\nOK\r\n",
        "+QIHEAD" => r"\r\n+QIHEAD: 0\r\n\r\nOK\r\n",
        "+QISHOWRA" => r"\r\n+QISHOWRA: 0\r\n\r\nOK\r\n",
        "+QIDNSCFG" => r"\r\nPrimaryDns: 0.0.0.0\r\nSecondaryDns: 0.0.0.0\r\n\r\nOK\r\n",
        "+QISCON" => concat!(
            r"\r\nSHOW APPTCPIP CONTEXT\r\n+QIDNSIP: 0\r\n+QIPROMPT: 1\r\n+QIHEAD: 0\r\n",
            r"+QISHOWRA: 0\r\n+QICSGP: 1\r\n\r\nOK\r\n"
        ),
        "+CMEE" => r"\r\n+CMEE: 1\r\n\r\nOK\r\n",
        "+IPR" => r"\r\n+IPR: 0\r\n\r\nOK\r\n",
        "+ICF" => r"\r\n+ICF: 3,3\r\n\r\nOK\r\n",
        "+IFC" => r"\r\n+IFC: 0,0\r\n\r\nOK\r\n",
        "+CFUN" => r"\r\n+CFUN: 1\r\n\r\nOK\r\n",
        "+CCLK" => r#"\r\n+CCLK: "04/01/01,00:00:00+00"\r\n\r\nOK\r\n"#,
        "+CPIN" => r"\r\n+CPIN: READY\r\n\r\nOK\r\n",
        "+CREG" => r"\r\n+CREG: 0,1\r\n\r\nOK\r\n",
        "+CGREG" => r"\r\n+CGREG: 0,1\r\n\r\nOK\r\n",
        "+COPS" => r#"\r\n+COPS: 0,0,"CHINA MOBILE"\r\n\r\nOK\r\n"#,
        "+CGATT" => r"\r\n+CGATT: 1\r\n\r\nOK\r\n",
        // Nothing is defined.
        "+CGDCONT" | "+CGACT" => OK,
        "+CSCS" => r#"\r\n+CSCS: "GSM"\r\n\r\nOK\r\n"#,
        "+CMGF" => r"\r\n+CMGF: 0\r\n\r\nOK\r\n",
        "+CSCA" => r#"\r\n+CSCA: "+8613800210500",145\r\n\r\nOK\r\n"#,
        "+CNMI" => r"\r\n+CNMI: 2,1,0,0,0\r\n\r\nOK\r\n",
        "+QIURC" => r"\r\n+QIURC: 1\r\n\r\nOK\r\n",
        "S0" => r"\r\n000\r\n\r\nOK\r\n",
        "S6" | "S8" => r"\r\n002\r\n\r\nOK\r\n",
        "S7" => r"\r\n060\r\n\r\nOK\r\n",
        "S10" => r"\r\n015\r\n\r\nOK\r\n",
        "S12" => r"\r\n025\r\n\r\nOK\r\n",
        "S3" => r"\r\n013\r\n\r\nOK\r\n",
        "S4" => r"\r\n010\r\n\r\nOK\r\n",
        "S5" => r"\r\n008\r\n\r\nOK\r\n",
        _ => panic!("say here what AT{name}? answers"),
    }
}

/// The answer to an execution command after power-on.
fn executing(name: &str) -> &'static str {
    match name {
        "+QFTPCLOSE" => OK,
        "+QFTPSTAT" => r"\r\n+QFTPSTAT: IDLE\r\n\r\nOK\r\n",
        // There is no context: none to deactivate, none with an address, none set up.
        "+QIDEACT" | "+QILOCIP" | "+QIACT" => ERROR,
        "+QIREGAPP" | "+QISCON" => OK,
        "+QISTAT" | "+QISTATE" => r"\r\nOK\r\n\r\nSTATE: IP INITIAL\r\n",
        "+GCAP" => r"\r\n+GCAP: +CGSM,+FCLASS\r\n\r\nOK\r\n",
        "+QINISTAT" => r"\r\n+QINISTAT: 3\r\n\r\nOK\r\n",
        "+CPAS" => r"\r\n+CPAS: 0\r\n\r\nOK\r\n",
        "+CBC" => r"\r\n+CBC: 0,80,3800\r\n\r\nOK\r\n",
        "+CSQ" => r"\r\n+CSQ: 28,0\r\n\r\nOK\r\n",
        "+CIMI" => r"\r\n460001234567890\r\n\r\nOK\r\n",
        "+CCID" => r#"\r\n+CCID: "898600220909A0206023"\r\n\r\nOK\r\n"#,
        "+QCCID" => r"\r\n898600220909A0206023\r\n\r\nOK\r\n",
        "+QGSN" => r#"\r\n+QGSN: "352273017386340"\r\n\r\nOK\r\n"#,
        "+CGMI" | "+GMI" => r"\r\nQuectel_Ltd\r\n\r\nOK\r\n",
        "+CGMM" | "+GMM" => r"\r\nQuectel_M10\r\n\r\nOK\r\n",
        "+CGMR" | "+GMR" => r"\r\nM10R01A01\r\n\r\nOK\r\n",
        "+CGSN" | "+GSN" => r"\r\n352273017386340\r\n\r\nOK\r\n",
        _ => panic!("say here what AT{name} answers"),
    }
}

/// The answer to a write command with legal values after power-on.
fn writing(name: &str, values: &[Option<String>]) -> String {
    let value = |at: usize| values.get(at).and_then(Option::as_deref);
    let number = |at: usize| value(at).and_then(|text| text.parse::<i64>().ok());
    match name {
        "+QFTPPATH" => OK.to_owned() + r"\r\n+QFTPPATH:0\r\n",
        "+QFTPCFG" => {
            let result = match (number(0), value(1).map(|_| number(1))) {
                // A query: passive, binary, from the start.
                (Some(1), None) => 1,
                (Some(_), None) => 0,
                (Some(1 | 2), Some(Some(0 | 1))) | (Some(3), Some(Some(0..=0xFFFF_FFFF))) => 0,
                _ => -10,
            };
            format!(r"{OK}\r\n+QFTPCFG:{result}\r\n")
        }
        "I" => r"\r\nQuectel_Ltd\r\nQuectel_M10\r\nRevision: M10R01A01\r\n\r\nOK\r\n".to_owned(),
        // There are no calls, and no connection to go back to.
        "O" | "A" | "D" => r"\r\nNO CARRIER\r\n".to_owned(),
        "&V" => SETTINGS.to_owned() + OK,
        // The state, or the loss of it, comes first; only a start with everything may be anew.
        "+CFUN" => match (number(0), number(1).unwrap_or(0)) {
            (Some(1), _) | (Some(4), 0) => OK.to_owned(),
            (Some(0), 0) => r"\r\n+CPIN: NOT READY\r\n".to_owned() + OK,
            _ => ERROR.to_owned(),
        },
        "+QPOWD" if number(0) == Some(1) => r"\r\nNORMAL POWER DOWN\r\n".to_owned(),
        // The SIM wants no key.
        "+CPIN" => r"\r\n+CME ERROR: 3\r\n".to_owned(),
        "+CSCS" if value(0) != Some("\"GSM\"") => ERROR.to_owned(),
        "+QIDNSCFG" => ERROR.to_owned(),
        // No time, no number: to parse them is for the handlers.
        "+CCLK" | "+CSCA" => ERROR.to_owned(),
        "+CGDCONT" if value(1).is_some_and(|kind| kind != "\"\"" && kind != "\"IP\"") => {
            ERROR.to_owned()
        }
        // Nothing is defined; to switch off what is off is answered as it always is.
        "+CGACT" if number(0) == Some(1) => ERROR.to_owned(),
        "+CGACT" => r"\r\nNO CARRIER\r\n".to_owned(),
        // Settings hold from the answer on.
        "V" if number(0).unwrap_or(0) == 0 => r"0\r".to_owned(),
        "Q" if number(0) == Some(1) => String::new(),
        "S3" | "S4" => {
            let mark = number(0).unwrap_or(0).try_into().map_or(0, |byte: u8| byte);
            let (s3, s4) = if name == "S3" { (mark, b'\n') } else { (b'\r', mark) };
            [s3, s4, b'O', b'K', s3, s4].escape_ascii().to_string()
        }
        _ => OK.to_owned(),
    }
}

const SETTINGS: &str = concat!(
    r"\r\nACTIVE PROFILE\r\nE: 0\r\nQ: 0\r\nV: 1\r\nX: 4\r\nS0: 0\r\nS2: 43\r\nS3: 13\r\nS4: 10\r\n",
    r"S5: 8\r\nS6: 2\r\nS7: 60\r\nS8: 2\r\nS10: 15\r\nS12: 25\r\n&C: 1\r\n&D: 0\r\n+CREG: 0\r\n",
    r"+CGREG: 0\r\n+CMEE: 1\r\n+CMGF: 0\r\n+QIURC: 1\r\n",
    "+CSCS: \"GSM\"",
    r"\r\n+CNMI: 2,1,0,0,0\r\n+IPR: 0\r\n+ICF: 3,3\r\n+IFC: 0,0\r\n+CMUX: -1\r\n",
);

// The bench.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    Opened,
    Working,
}

/// A module with echo off, and a host on its only line.
struct Bench {
    modem: Modem,
}

impl Bench {
    fn new() -> Self {
        let modem = Modem::new(&profile(), 1, 0);
        let mut bench = Self { modem };
        assert_eq!(bench.answer("ATE0"), r"ATE0\r\r\nOK\r\n");
        bench
    }

    fn in_state(state: State) -> Self {
        let mut bench = Self::new();
        if state != State::Idle {
            assert_eq!(bench.answer("AT+QFTPOPEN=\"h\",21"), OK);
            bench.modem.handle(SimTime::ZERO, Input::Ftp(Event::Opened));
            bench.drain();
        }
        if state == State::Working {
            assert_eq!(bench.answer("AT+QFTPGET=\"f\""), OK);
        }
        bench
    }

    /// What `line` is answered, at once. Late results stay where they are: no time passes.
    fn answer(&mut self, line: &str) -> String {
        let bytes = [line.as_bytes(), b"\r"].concat();
        self.modem.handle(SimTime::ZERO, Input::Line(LineId::FIRST, &bytes));
        self.drain().escape_ascii().to_string().replace("\\\"", "\"")
    }

    fn drain(&mut self) -> Vec<u8> {
        let mut answer = Vec::new();
        while let Some(output) = self.modem.poll_output() {
            if let Output::Line(_, bytes) = output {
                answer.extend(bytes);
            }
        }
        answer
    }
}

/// The M10 with as many contexts as any model has: a row's range is the widest there is.
fn profile() -> Profile {
    let mut profile = Profile::default().instant();
    profile.quirks.contexts = 3;
    profile
}

fn assert_answer(line: &str, answer: &str) {
    assert_eq!(Bench::new().answer(line), answer, "{line}");
}

/// `ERROR` in its frame, and then all is as before.
fn assert_refused(line: &str) {
    let mut bench = Bench::new();
    assert_eq!(bench.answer(line), ERROR, "{line}");
    assert_eq!(bench.answer("AT"), OK, "AT after {line}");
    assert_eq!(bench.answer("AT+QFTPSTAT"), r"\r\n+QFTPSTAT: IDLE\r\n\r\nOK\r\n", "after {line}");
}

fn assert_taken(row: &CommandSpec, values: &[Option<String>]) {
    assert_answer(&written(row, values), &writing(row.name, values));
}

fn assert_taken_as(row: &CommandSpec, values: &[Option<String>], same: &[Option<String>]) {
    assert_answer(&written(row, values), &writing(row.name, same));
}

fn rows() -> impl Iterator<Item = &'static CommandSpec> {
    Dialect::of(DialectName::GsmV101).commands()
}

fn writers() -> impl Iterator<Item = (&'static CommandSpec, &'static [Param])> {
    rows().filter_map(|row| row.write.map(|(params, _)| (row, params)))
}

/// All parameters but the number to dial, which has no bounds that a host could see.
fn each_param() -> impl Iterator<Item = (&'static CommandSpec, &'static [Param], usize)> {
    writers()
        .filter(|(row, _)| !dials(row))
        .flat_map(|(row, params)| (0..params.len()).map(move |at| (row, params, at)))
}

/// V.250 6.3.1: whatever follows is the number to dial.
fn dials(row: &CommandSpec) -> bool {
    row.name == "D"
}

fn is_register(row: &CommandSpec) -> bool {
    row.name.starts_with('S')
}

fn command(row: &CommandSpec, form: &str) -> String {
    format!("AT{}{form}", row.name)
}

/// The write form; a basic command takes its number without a sign.
fn written(row: &CommandSpec, values: &[Option<String>]) -> String {
    let texts: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or("")).collect();
    let sign = if row.is_basic() && !is_register(row) { "" } else { "=" };
    format!("AT{}{sign}{}", row.name, texts.join(","))
}

/// Samples for all parameters, but `value` for the one at `at`.
fn with(params: &[Param], at: usize, value: Option<String>) -> Vec<Option<String>> {
    let mut values: Vec<Option<String>> = params.iter().map(|param| Some(sample(param))).collect();
    values[at] = value;
    values
}

/// A value that every row takes.
fn sample(param: &Param) -> String {
    match (param.kind, param.need) {
        (Kind::Str { .. }, _) => "\"x\"".to_owned(),
        (Kind::Int { .. }, Need::Default(number)) => number.to_string(),
        (Kind::Int { min, .. }, _) => min.max(0).to_string(),
    }
}

/// The same number with zeros before it.
fn padded(number: i64) -> String {
    format!("{number:024}")
}
