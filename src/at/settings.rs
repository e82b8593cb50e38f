//! What the host sets on its line: command-line behaviour (V.250), reports and presentations
//! (27.007), the interface itself.

use std::num::NonZeroU32;

use crate::line::{DataBits, LineSpeed, Parity, StopBits};
use crate::profile::V250;

/// The settings of one line: what `AT&V` shows, `AT&W` stores, `ATZ` and `AT&F` bring back. Each
/// virtual UART has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `ATE`: characters are echoed in command state (V.250 6.2.4).
    pub echo: bool,
    /// `ATV`: long form of result codes (V.250 6.2.6).
    pub verbose: bool,
    /// `ATQ`: result codes are suppressed (V.250 6.2.5).
    pub quiet: bool,
    /// S3, command line termination character, 0 to 127 (V.250 6.2.1).
    pub s3: u8,
    /// S4, response formatting character, 0 to 127 (V.250 6.2.2).
    pub s4: u8,
    /// S5, command line editing character, 0 to 127 (V.250 6.2.3).
    pub s5: u8,
    /// `ATX`: which result codes a call has, 0 to 4 (V.250 6.2.7).
    pub call_results: u8,
    /// `AT&C`: 1, DCD follows the data carrier (V.250 6.2.8); 0, it is always on.
    pub dcd: u8,
    /// `AT&D`: what DTR going off does, 0 nothing, 1 to online command state, 2 hangs up (V.250 6.2.9).
    pub dtr: u8,
    /// The registers of calls: kept, shown and stored; there are no calls.
    pub calls: CallRegisters,
    /// `AT+CMEE`: 0 `ERROR`, 1 numbers, 2 words (27.007 9.1).
    pub error_reports: u8,
    /// `AT+CREG`: 0 silent, 1 reports, 2 with the place (27.007 7.2).
    pub creg: u8,
    /// `AT+CGREG`, the same for GPRS (27.007 10.1.20).
    pub cgreg: u8,
    /// `AT+IPR`: bits a second, 0 to find out (V.250 6.2.10). Not touched by `Z` and `&F`.
    pub ipr: u32,
    /// `AT+ICF`: format and parity (V.250 6.2.11).
    pub icf: (u8, u8),
    /// `AT+IFC`: who may stop whom, DCE by DTE and DTE by DCE: 0 nobody, 1 XON/XOFF, 2 RTS/CTS
    /// (V.250 6.2.12).
    pub ifc: (u8, u8),
    /// `AT+CMGF`: 0 PDU, 1 text (27.005 3.2.3).
    pub message_format: u8,
    /// `AT+CSCS`: character set, an index of [`CHARACTER_SETS`] (27.007 5.5).
    pub character_set: usize,
    /// `AT+CNMI` (27.005 3.4.1).
    pub message_indications: [u8; 5],
    /// `AT+QIURC`: `Call Ready` is told.
    pub call_ready: u8,
}

/// The character sets of `AT+CSCS`.
pub const CHARACTER_SETS: [&str; 5] = ["GSM", "HEX", "IRA", "PCCP437", "UCS2"];

/// S0, S6, S7, S8, S10 and S12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallRegisters {
    /// S0: rings before an automatic answer, 0 for never.
    pub s0: u8,
    /// S6: seconds before blind dialling.
    pub s6: u8,
    /// S7: seconds to wait for the completion of a connection.
    pub s7: u8,
    /// S8: seconds that a comma in a number takes.
    pub s8: u8,
    /// S10: tenths of a second between the loss of the carrier and hanging up.
    pub s10: u8,
    /// S12: fiftieths of a second of silence around `+++`.
    pub s12: u8,
}

impl Settings {
    /// The settings that the factory has made.
    pub const fn factory(v250: &V250) -> Self {
        Self {
            echo: v250.echo,
            verbose: v250.verbose,
            quiet: v250.quiet,
            s3: v250.s3,
            s4: v250.s4,
            s5: v250.s5,
            call_results: 4,
            dcd: 1,
            dtr: 0,
            calls: CallRegisters { s0: 0, s6: 2, s7: 60, s8: 2, s10: 15, s12: 25 },
            error_reports: v250.cmee,
            creg: 0,
            cgreg: 0,
            ipr: v250.ipr,
            icf: (3, 3),
            ifc: (v250.ifc, v250.ifc),
            message_format: 0,
            character_set: 0,
            message_indications: [2, 1, 0, 0, 0],
            call_ready: 1,
        }
    }

    /// The command line that sets all of them, without its prefix.
    pub fn command_line(&self) -> String {
        let flag = u8::from;
        let CallRegisters { s0, s6, s7, s8, s10, s12 } = self.calls;
        let [mode, mt, bm, ds, bfr] = self.message_indications;
        format!(
            "E{}V{}Q{}X{}&C{}&D{}S0={s0}S3={}S4={}S5={}S6={s6}S7={s7}S8={s8}S10={s10}S12={s12}\
             +CMEE={};+CREG={};+CGREG={};+IPR={};+ICF={},{};+IFC={},{};+CMGF={};+CSCS=\"{}\";\
             +CNMI={mode},{mt},{bm},{ds},{bfr};+QIURC={}",
            flag(self.echo),
            flag(self.verbose),
            flag(self.quiet),
            self.call_results,
            self.dcd,
            self.dtr,
            self.s3,
            self.s4,
            self.s5,
            self.error_reports,
            self.creg,
            self.cgreg,
            self.ipr,
            self.icf.0,
            self.icf.1,
            self.ifc.0,
            self.ifc.1,
            self.message_format,
            CHARACTER_SETS[self.character_set],
            self.call_ready,
        )
    }

    /// The speed and the frame of `AT+IPR` and `AT+ICF`; `None` under autobauding, whose frame is
    /// 8N1.
    pub const fn speed(&self) -> Option<LineSpeed> {
        let Some(baud) = NonZeroU32::new(self.ipr) else { return None };
        let parity = match self.icf.1 {
            0 => Parity::Odd,
            1 => Parity::Even,
            2 => Parity::Mark,
            _ => Parity::Space,
        };
        let (data_bits, parity, stop_bits) = match self.icf.0 {
            1 => (DataBits::Eight, Parity::None, StopBits::Two),
            2 => (DataBits::Eight, parity, StopBits::One),
            4 => (DataBits::Seven, Parity::None, StopBits::Two),
            5 => (DataBits::Seven, parity, StopBits::One),
            6 => (DataBits::Seven, Parity::None, StopBits::One),
            _ => (DataBits::Eight, Parity::None, StopBits::One),
        };
        Some(LineSpeed { baud, data_bits, parity, stop_bits })
    }

    /// Takes over `from`, as `Z` and `&F` do: all but the speed, which both sides have agreed on.
    pub fn recall(&mut self, from: &Self) {
        let ipr = self.ipr;
        *self = Self { ipr, ..from.clone() };
    }
}
