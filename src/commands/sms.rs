//! Settings of 3GPP 27.005 and 27.007 that hosts make on their way to other things. There are no
//! messages.

use super::{CommandSpec, Ctx, Fidelity, Outcome, Test};
use crate::at::{Args, CHARACTER_SETS, Param};

/// The table.
pub const SMS: &[CommandSpec] = &[
    CommandSpec {
        name: "+CSCS",
        section: "27.007 5.5",
        summary: "character set; kept, and nothing is converted",
        fidelity: Fidelity::Kept,
        test: Some(Test::Range("(\"GSM\",\"HEX\",\"IRA\",\"PCCP437\",\"UCS2\")")),
        read: Some(|cx| {
            let set = CHARACTER_SETS[cx.settings.character_set];
            cx.info("+CSCS", format!("\"{set}\""));
            Outcome::Ok
        }),
        write: Some((&[Param::str("chset", 10)], choose_character_set)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CMGF",
        section: "27.005 3.2.3",
        summary: "message format; kept, there are no messages",
        fidelity: Fidelity::Kept,
        test: Some(Test::Range("(0,1)")),
        read: Some(|cx| {
            let format = cx.settings.message_format;
            cx.info("+CMGF", format.to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("mode", 0, 1).or(0)], |cx, args| {
            cx.settings.message_format = args.int(0);
            Outcome::Ok
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CSCA",
        section: "27.005 3.3.1",
        summary: "service centre for messages; kept, there are no messages",
        fidelity: Fidelity::Kept,
        test: Some(Test::Bare),
        read: Some(read_service_centre),
        write: Some((
            &[Param::str("sca", 21), Param::int("tosca", 128, 255).optional()],
            set_service_centre,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CNMI",
        section: "27.005 3.4.1",
        summary: "message indications; kept, there are no messages",
        fidelity: Fidelity::Kept,
        test: Some(Test::Range("(0-3),(0-3),(0,2),(0,1),(0,1)")),
        read: Some(|cx| {
            let numbers = cx.settings.message_indications.map(|number| number.to_string());
            cx.info("+CNMI", numbers.join(","));
            Outcome::Ok
        }),
        write: Some((
            &[
                Param::int("mode", 0, 3).optional(),
                Param::int("mt", 0, 3).optional(),
                Param::int("bm", 0, 2).optional(),
                Param::int("ds", 0, 1).optional(),
                Param::int("bfr", 0, 1).optional(),
            ],
            set_indications,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+QIURC",
        section: "M95",
        summary: "Call Ready is told",
        test: Some(Test::Range("(0,1)")),
        read: Some(|cx| {
            let told = cx.settings.call_ready;
            cx.info("+QIURC", told.to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("mode", 0, 1)], |cx, args| {
            cx.settings.call_ready = args.int(0);
            Outcome::Ok
        })),
        ..CommandSpec::NONE
    },
];

fn choose_character_set(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let name = args.str(0);
    match CHARACTER_SETS.iter().position(|set| set.as_bytes().eq_ignore_ascii_case(name)) {
        Some(index) => {
            cx.settings.character_set = index;
            Outcome::Ok
        }
        None => Outcome::Error,
    }
}

fn read_service_centre(cx: &mut Ctx<'_>) -> Outcome {
    if let Err(error) = cx.sim.use_it() {
        return error.into();
    }
    let (number, kind) = cx.sim.service_centre();
    let text = [b"\"", number, format!("\",{kind}").as_bytes()].concat();
    cx.info("+CSCA", text);
    Outcome::Ok
}

fn set_service_centre(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if let Err(error) = cx.sim.use_it() {
        return error.into();
    }
    let kind = args.opt_int(1).and_then(|kind| u8::try_from(kind).ok());
    match cx.sim.set_service_centre(args.str(0), kind) {
        true => Outcome::Ok,
        false => Outcome::Error,
    }
}

/// What is omitted stays.
fn set_indications(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    for (index, number) in cx.settings.message_indications.iter_mut().enumerate() {
        if let Some(Ok(new)) = args.opt_int(index).map(u8::try_from) {
            *number = new;
        }
    }
    Outcome::Ok
}
