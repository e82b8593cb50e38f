//! Every reply that RFC 959 lets a server give, at every step at which it may give it.

use crate::case::{Case, OPEN, PUT, WAYS, check};
use crate::support::obedient_ftp::{Deed, Step};

/// RFC 959 5.4: the refusals that may answer each command, and the greeting. 332 asks for more than
/// the module has. What follows data is the second reply of STOR and RETR. To an idle client only
/// 421 may be said; a server that says another one means it.
const REPLIES: &[(Step, &[u16])] = &[
    (Step::Greeting, &[421]),
    (Step::User, &[530, 500, 501, 421, 332]),
    (Step::Pass, &[530, 500, 501, 503, 421, 332]),
    (
        Step::Idle,
        &[421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553],
    ),
    (Step::Cwd, &[500, 501, 502, 421, 530, 550]),
    (Step::Type, &[500, 501, 504, 421, 530]),
    (Step::Pasv, &[500, 501, 502, 421, 530]),
    (Step::Port, &[500, 501, 421, 530]),
    (Step::Rest, &[500, 501, 502, 421, 530]),
    (Step::Stor, &[425, 426, 451, 551, 552, 532, 450, 452, 553, 500, 501, 421, 530]),
    (Step::Retr, &[425, 426, 451, 450, 550, 500, 501, 421, 530]),
    (Step::Completion, &[425, 426, 451, 551, 552]),
    (Step::Quit, &[500]),
];

/// Manual chapter 3, the replies of a server.
const LISTED: [u16; 14] = [421, 425, 426, 450, 452, 500, 501, 502, 530, 532, 550, 551, 552, 553];

#[test]
fn every_reply_of_rfc_959_reaches_the_host_as_its_number() {
    let mut cases = Vec::new();
    for way in WAYS.iter().filter(|(step, ..)| *step != Step::Idle) {
        cases.extend(refusals(way));
    }
    check(&cases);
}

/// Manual chapter 3: an error that comes while no command runs is reported by itself.
#[test]
fn every_reply_that_nobody_asked_for_is_reported_as_its_number() {
    let mut cases = Vec::new();
    for way in WAYS.iter().filter(|(step, ..)| *step == Step::Idle) {
        cases.extend(refusals(way));
    }
    for code in LISTED {
        let told = format!("+QFTPERROR:-{code}");
        assert!(cases.iter().any(|case| case.heard == [told.as_str()]), "no case for {code}");
    }
    check(&cases);
}

/// All that may be said at a step, in one line and in three.
fn refusals(way: &(Step, &'static [&'static str], &'static str)) -> Vec<Case> {
    let step = way.0;
    let codes = REPLIES.iter().find(|(of, _)| *of == step).unwrap().1;
    let over = matches!(step, Step::Greeting | Step::User | Step::Pass | Step::Quit);
    let state = if over { "CLOSED" } else { "OPENED" };
    let mut cases = Vec::new();
    for &code in codes {
        let number = match code {
            _ if step == Step::Quit => 0,
            332 => -532,
            code if LISTED.contains(&code) => -i32::from(code),
            _ => -1,
        };
        for text in [format!("{code} no"), format!("{code}-no\r\n 226 not yet\r\n{code} no")] {
            cases.push(Case::new(way, Deed::Reply(text), number, state));
        }
    }
    cases
}

#[test]
fn a_reply_may_come_in_any_pieces() {
    let pieces: Vec<Vec<u8>> =
        "530-no\r\nno\r\n530 no\r\n".bytes().map(|byte| vec![byte]).collect();
    let ways: [(Step, &[&str], &str, &str); 2] =
        [(Step::Pass, &[], OPEN, "CLOSED"), (Step::Stor, &[OPEN], PUT, "OPENED")];
    check(&ways.map(|(step, before, command, state)| {
        Case::new(&(step, before, command), Deed::Segments(pieces.clone()), -530, state)
    }));
}
