//! What befalls the module while a server is to do something.

use quasimodem::modem::World;

use crate::case::{ACTIVE, CLOSE, Case, FILE, GET, NOTHING, OPEN, PUT, WAYS, check};
use crate::support::obedient_ftp::{Deed, Step};

/// Opening, idle, before the data, in an upload, in a download, before the confirmation, closing.
#[test]
fn a_bearer_that_is_lost_at_any_step_is_error_8() {
    let mut cases: Vec<Case> = WAYS.iter().map(|way| lost(way, Deed::Silence)).collect();
    let ways: [(&[&str], &str); 4] =
        [(&[OPEN], PUT), (&[OPEN, ACTIVE], PUT), (&[OPEN], GET), (&[OPEN, ACTIVE], GET)];
    for (before, command) in ways {
        for bytes in [0, 5, FILE.len()] {
            let deed = Deed::Part { bytes, data: None, control: None };
            let mut case = lost(&(Step::Data, before, command), deed);
            case.sends = &FILE[..bytes];
            cases.push(case);
        }
    }
    check(&cases);
}

/// A command's own result comes before the news, and the news before an error that has no command.
fn lost(way: &(Step, &'static [&'static str], &'static str), deed: Deed) -> Case {
    let number = if way.2 == CLOSE { 0 } else { -8 };
    let mut case = Case::new(way, deed, number, "CLOSED");
    case.world = Some(World::BearerLost);
    let place = if way.2 == NOTHING { 0 } else { 1 };
    case.heard.insert(place, "+PDP DEACT".to_owned());
    case
}
