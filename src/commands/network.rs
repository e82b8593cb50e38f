//! Commands of 3GPP 27.007 about the network.

use super::{CommandSpec, Ctx, Deed, Fidelity, Outcome, Test};
use crate::at::{Args, CmeError, Param, ResultCode};
use crate::network::Registration;

/// The table.
pub const NETWORK: &[CommandSpec] = &[
    CommandSpec {
        name: "+CSQ",
        section: "27.007 8.5",
        summary: "signal strength and bit errors",
        test: Some(Test::Range("(0-31,99),(0-7,99)")),
        exec: Some(signal),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CREG",
        section: "27.007 7.2",
        summary: "registration for calls",
        test: Some(Test::Range("(0-2)")),
        read: Some(|cx| registration(cx, "+CREG", cx.settings.creg, cx.network.gsm)),
        write: Some((&[Param::int("n", 0, 2).or(0)], |cx, args| {
            cx.settings.creg = args.int(0);
            Outcome::Ok
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CGREG",
        section: "27.007 10.1.20",
        summary: "registration for GPRS",
        test: Some(Test::Range("(0-2)")),
        read: Some(|cx| registration(cx, "+CGREG", cx.settings.cgreg, cx.network.gprs)),
        write: Some((&[Param::int("n", 0, 2).or(0)], |cx, args| {
            cx.settings.cgreg = args.int(0);
            Outcome::Ok
        })),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+COPS",
        section: "27.007 7.3",
        summary: "the operator; a choice is taken and not followed",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Bare),
        read: Some(operator),
        write: Some((
            &[
                Param::int("mode", 0, 4),
                Param::int("format", 0, 2).optional(),
                Param::str("oper", 30).optional(),
            ],
            choose_operator,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CGATT",
        section: "27.007 10.1.9",
        summary: "attach to GPRS, detach from it",
        test: Some(Test::Range("(0,1)")),
        read: Some(|cx| {
            let attached = cx.network.gprs.is_registered();
            cx.info("+CGATT", u8::from(attached).to_string());
            Outcome::Ok
        }),
        write: Some((&[Param::int("state", 0, 1)], attach)),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CGDCONT",
        section: "27.007 10.1.1",
        summary: "define a context; AT+QICSGP's and this one's are told apart",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Range("(1,2),\"IP\",,,(0),(0)")),
        read: Some(read_definitions),
        write: Some((
            &[
                Param::int("cid", 1, 2),
                Param::str("PDP_type", 10).optional(),
                Param::str("APN", 100).optional(),
                Param::str("PDP_addr", 40).optional(),
                Param::int("d_comp", 0, 0).optional(),
                Param::int("h_comp", 0, 0).optional(),
            ],
            define,
        )),
        ..CommandSpec::NONE
    },
    CommandSpec {
        name: "+CGACT",
        section: "27.007 10.1.10",
        summary: "activate a context that AT+CGDCONT has defined",
        fidelity: Fidelity::Approximated,
        test: Some(Test::Range("(0,1)")),
        read: Some(read_activity),
        write: Some((&[Param::int("state", 0, 1), Param::int("cid", 1, 2).or(1)], activate)),
        ..CommandSpec::NONE
    },
];

fn signal(cx: &mut Ctx<'_>) -> Outcome {
    let heard = cx.radio.may_transmit() && cx.network.gsm != Registration::Searching;
    let (rssi, ber) = match heard {
        true => (cx.network.model.rssi, cx.network.model.ber),
        false => (99, 99),
    };
    cx.info("+CSQ", format!("{rssi},{ber}"));
    Outcome::Ok
}

fn registration(cx: &mut Ctx<'_>, name: &str, mode: u8, stat: Registration) -> Outcome {
    let text = cx.network.presentation(stat, mode);
    cx.info(name, format!("{mode},{text}"));
    Outcome::Ok
}

fn operator(cx: &mut Ctx<'_>) -> Outcome {
    let text = match cx.network.gsm.is_registered() {
        true => {
            let format = cx.network.operator_format;
            // No profile has a short name.
            let operator = match format {
                2 => &cx.network.model.operator_code,
                _ => &cx.network.model.operator,
            };
            format!("0,{format},\"{operator}\"")
        }
        false => "0".to_owned(),
    };
    cx.info("+COPS", text);
    Outcome::Ok
}

/// Mode 3 sets the format of the answer and nothing else (27.007 7.3).
fn choose_operator(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    if let Err(error) = cx.sim.use_it() {
        return error.into();
    }
    if args.int::<u8>(0) == 3 {
        let format = args.opt_int(1).and_then(|format| u8::try_from(format).ok());
        cx.network.operator_format = format.unwrap_or(0);
    }
    Outcome::Ok
}

fn attach(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let to = args.int::<u8>(0) == 1;
    if to == cx.network.gprs.is_registered() {
        return Outcome::Ok;
    }
    if !to {
        return cx.deed(Deed::Detach);
    }
    if !cx.network.gsm.is_registered() {
        return CmeError::NO_NETWORK.into();
    }
    cx.takes(cx.profile.bearer.activation);
    cx.deed(Deed::Attach)
}

fn read_definitions(cx: &mut Ctx<'_>) -> Outcome {
    let lines = cx.contexts.definitions.iter().enumerate().filter_map(|(index, definition)| {
        let (kind, apn) = definition.as_ref()?;
        let cid = (index + 1).to_string();
        let parts: [&[u8]; 7] =
            [b"+CGDCONT: ", cid.as_bytes(), b",\"", kind, b"\",\"", apn, b"\",\"0.0.0.0\",0,0"];
        Some(parts.concat())
    });
    let lines: Vec<_> = lines.collect();
    cx.lines(lines);
    Outcome::Ok
}

/// A number alone undefines its context, as 27.007 has it.
fn define(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let kind = args.str(1);
    if !kind.is_empty() && !kind.eq_ignore_ascii_case(b"IP") {
        return Outcome::Error;
    }
    let definition = (!kind.is_empty()).then(|| (kind.to_vec(), args.str(2).to_vec()));
    cx.contexts.definitions[args.int::<usize>(0) - 1] = definition;
    Outcome::Ok
}

fn read_activity(cx: &mut Ctx<'_>) -> Outcome {
    let defined = cx.contexts.definitions.iter().zip(cx.contexts.activated).enumerate();
    let lines = defined.filter(|(_, (definition, _))| definition.is_some());
    let lines = lines.map(|(index, (_, active))| {
        format!("+CGACT: {},{}", index + 1, u8::from(active)).into_bytes()
    });
    let lines: Vec<_> = lines.collect();
    cx.lines(lines);
    Outcome::Ok
}

/// Switching one off is answered by `NO CARRIER`, as the M95 does it.
fn activate(cx: &mut Ctx<'_>, args: &Args<'_>) -> Outcome {
    let index = args.int::<usize>(1) - 1;
    let to = args.int::<u8>(0) == 1;
    if to && (cx.contexts.definitions[index].is_none() || !cx.network.gprs.is_registered()) {
        return Outcome::Error;
    }
    cx.contexts.activated[index] = to;
    if to {
        cx.takes(cx.profile.bearer.activation);
        return Outcome::Ok;
    }
    Outcome::Final(ResultCode::NoCarrier)
}
