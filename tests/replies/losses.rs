//! A server that goes away or falls silent, at every step and at every stage of a transfer.

use crate::case::{ACTIVE, Case, FILE, GET, OPEN, PUT, WAYS, check};
use crate::support::obedient_ftp::{Deed, Step};
use crate::support::scripted_ftp::End;

#[test]
fn a_server_that_goes_away_at_any_step_is_error_6() {
    check(&at_every_step(&[Deed::Fin, Deed::Reset], -6));
}

/// While nothing is asked of it, silence is no fault.
#[test]
fn a_server_that_falls_silent_at_any_step_is_error_9() {
    let mut cases = at_every_step(&[Deed::Silence], -9);
    cases.retain(|case| case.step != Step::Idle);
    check(&cases);
}

fn at_every_step(deeds: &[Deed], number: i32) -> Vec<Case> {
    let mut cases = Vec::new();
    for way in WAYS {
        let number = if way.0 == Step::Quit { 0 } else { number };
        for deed in deeds {
            cases.push(Case::new(way, deed.clone(), number, "CLOSED"));
        }
    }
    cases
}

/// How the two connections of a transfer may end; not at all is silence.
const ENDS: [Option<End>; 3] = [None, Some(End::Fin), Some(End::Reset)];

/// Before the first byte, amid the file, and after the last byte, before the 226.
const STAGES: [usize; 3] = [0, 5, FILE.len()];

#[test]
fn a_server_that_goes_away_at_any_stage_of_a_transfer_is_error_6_or_7() {
    let cases = at_every_stage();
    check(&cases.into_iter().filter(|case| !case.heard[0].ends_with(":-9")).collect::<Vec<_>>());
}

#[test]
fn a_server_that_falls_silent_at_any_stage_of_a_transfer_is_error_9() {
    let cases = at_every_stage();
    check(&cases.into_iter().filter(|case| case.heard[0].ends_with(":-9")).collect::<Vec<_>>());
}

/// Up and down, passive and active, at every stage, with every end of either connection.
fn at_every_stage() -> Vec<Case> {
    let ways: [(&[&str], &str); 4] =
        [(&[OPEN], PUT), (&[OPEN, ACTIVE], PUT), (&[OPEN], GET), (&[OPEN, ACTIVE], GET)];
    let mut cases = Vec::new();
    for (before, command) in ways {
        for bytes in STAGES {
            for data in ENDS {
                for control in ENDS {
                    let number = number(command, bytes, data, control);
                    let state = if number == -7 { "OPENED" } else { "CLOSED" };
                    let deed = Deed::Part { bytes, data, control };
                    let way = (Step::Data, before, command);
                    let mut case = Case::new(&way, deed, number, state);
                    if number != -9 {
                        // A file that has not come to its end is not waited for.
                        case.sends = &FILE[..bytes];
                    }
                    cases.push(case);
                }
            }
        }
    }
    cases
}

/// The end of the session is -6, whatever became of the data. The end of the data alone is -7 while
/// the file has not ended; where it has, as a download does with any FIN, the server still owes its
/// word, and its silence is -9.
fn number(command: &str, bytes: usize, data: Option<End>, control: Option<End>) -> i32 {
    match (data, control) {
        (_, Some(_)) => -6,
        (Some(End::Reset), None) if command == GET || bytes < FILE.len() => -7,
        (Some(End::Fin), None) if command == PUT && bytes < FILE.len() => -7,
        _ => -9,
    }
}
