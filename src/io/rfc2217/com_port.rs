//! The COM port of RFC 2217: a client's commands, what they come to, and what is answered.
//!
//! Knows no Telnet around them and no wire below.

use std::num::NonZeroU32;

use crate::line::{DataBits, HostSignal, LineSpeed, ModuleSignal, Parity, StopBits};

const SIGNATURE: u8 = 0;
const SET_BAUDRATE: u8 = 1;
const SET_DATASIZE: u8 = 2;
const SET_PARITY: u8 = 3;
const SET_STOPSIZE: u8 = 4;
const SET_CONTROL: u8 = 5;
const NOTIFY_LINESTATE: u8 = 6;
const NOTIFY_MODEMSTATE: u8 = 7;
const FLOWCONTROL_SUSPEND: u8 = 8;
const FLOWCONTROL_RESUME: u8 = 9;
const SET_LINESTATE_MASK: u8 = 10;
const SET_MODEMSTATE_MASK: u8 = 11;
const PURGE_DATA: u8 = 12;
/// The server's answers have the client's numbers and so much more.
const SERVER: u8 = 100;

const DCD: u8 = 128;
const RI: u8 = 64;
const DSR: u8 = 32;
const CTS: u8 = 16;
const DCD_CHANGED: u8 = 8;
const RI_FELL: u8 = 4;
const DSR_CHANGED: u8 = 2;
const CTS_CHANGED: u8 = 1;
/// All has been sent that was to be sent; errors there are none.
const LINE_STATE: u8 = 64 | 32;

/// The port as its client has set it, and the module's signals.
#[derive(Clone, Debug)]
pub(super) struct ComPort {
    speed: LineSpeed,
    dtr: bool,
    rts: bool,
    breaking: bool,
    /// As it was set. Nothing is ever lost here, whatever it is: TCP controls the flow.
    flow: u8,
    inbound_flow: u8,
    /// DCD, RI, DSR and CTS as the module has them.
    state: u8,
    mask: u8,
}

/// What a command comes to, besides its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Signal(HostSignal),
    Speed(LineSpeed),
    /// The client can take no more data until it says so.
    Suspend,
    Resume,
}

/// An answer: a command and its value.
pub(super) type Answer = Vec<u8>;

impl Default for ComPort {
    fn default() -> Self {
        Self {
            speed: LineSpeed::USUAL,
            dtr: true,
            rts: true,
            breaking: false,
            flow: 1,
            inbound_flow: 14,
            state: 0,
            mask: 255,
        }
    }
}

impl ComPort {
    /// A new client has the port: DTR and RTS rise, and it has asked for nothing yet. The speed
    /// stays as a device's does, and the module's signals are the module's.
    pub(super) fn reopen(&mut self) {
        *self = Self { speed: self.speed, state: self.state, ..Self::default() };
    }

    /// One command; what cannot be read is not answered.
    pub(super) fn command(&mut self, bytes: &[u8]) -> (Option<Answer>, Option<Deed>) {
        let Some((&command, value)) = bytes.split_first() else {
            return (None, None);
        };
        let (answer, deed) = match (command, value) {
            (SIGNATURE, []) => (b"quasimodem".to_vec(), None),
            (SET_BAUDRATE, &[a, b, c, d]) => {
                let baud = NonZeroU32::new(u32::from_be_bytes([a, b, c, d]));
                let deed = self.set(baud.map(|baud| LineSpeed { baud, ..self.speed }));
                (self.speed.baud.get().to_be_bytes().to_vec(), deed)
            }
            (SET_DATASIZE, &[bits]) => {
                let data_bits = DataBits::new(bits);
                let deed =
                    self.set(data_bits.map(|data_bits| LineSpeed { data_bits, ..self.speed }));
                (vec![self.speed.data_bits.count()], deed)
            }
            (SET_PARITY, &[number]) => {
                let parity = PARITIES.iter().find(|entry| entry.0 == number);
                let deed = self.set(parity.map(|&(_, parity)| LineSpeed { parity, ..self.speed }));
                (number_of(&PARITIES, self.speed.parity), deed)
            }
            (SET_STOPSIZE, &[number]) => {
                let size = STOP_SIZES.iter().find(|entry| entry.0 == number);
                let deed =
                    self.set(size.map(|&(_, stop_bits)| LineSpeed { stop_bits, ..self.speed }));
                (number_of(&STOP_SIZES, self.speed.stop_bits), deed)
            }
            (SET_CONTROL, &[number]) => match self.control(number) {
                Some((answer, deed)) => (vec![answer], deed),
                None => return (None, None),
            },
            (NOTIFY_LINESTATE, []) => (vec![LINE_STATE], None),
            (NOTIFY_MODEMSTATE, []) => (vec![self.state], None),
            (FLOWCONTROL_SUSPEND, []) => return (None, Some(Deed::Suspend)),
            (FLOWCONTROL_RESUME, []) => return (None, Some(Deed::Resume)),
            // There are no errors on this line to tell of, whatever the mask.
            (SET_LINESTATE_MASK, &[mask]) => (vec![mask], None),
            (SET_MODEMSTATE_MASK, &[mask]) => {
                self.mask = mask;
                (vec![mask], None)
            }
            // What is on its way comes before the answer: a client that wants to be rid of it
            // throws away what it has read by then. The other way nothing waits here.
            (PURGE_DATA, &[which @ 1..=3]) => (vec![which], None),
            _ => return (None, None),
        };
        (Some(labelled(command, &answer)), deed)
    }

    fn set(&mut self, speed: Option<LineSpeed>) -> Option<Deed> {
        let speed = speed.filter(|speed| *speed != self.speed)?;
        self.speed = speed;
        Some(Deed::Speed(speed))
    }

    fn control(&mut self, number: u8) -> Option<(u8, Option<Deed>)> {
        let on_off = |on: bool, number: [u8; 2]| number[usize::from(!on)];
        Some(match number {
            0 => (self.flow, None),
            1..=3 | 17 | 19 => {
                self.flow = number;
                (number, None)
            }
            13 => (self.inbound_flow, None),
            14..=16 | 18 => {
                self.inbound_flow = number;
                (number, None)
            }
            4 => (on_off(self.breaking, [5, 6]), None),
            5 | 6 => {
                self.breaking = number == 5;
                (number, self.breaking.then_some(Deed::Signal(HostSignal::Break)))
            }
            7 => (on_off(self.dtr, [8, 9]), None),
            8 | 9 => {
                let moved = self.dtr != (number == 8);
                self.dtr = number == 8;
                (number, moved.then_some(Deed::Signal(HostSignal::Dtr(self.dtr))))
            }
            10 => (on_off(self.rts, [11, 12]), None),
            11 | 12 => {
                let moved = self.rts != (number == 11);
                self.rts = number == 11;
                (number, moved.then_some(Deed::Signal(HostSignal::Rts(self.rts))))
            }
            _ => return None,
        })
    }

    /// The module moves a signal; what is told of it, if the client wants to know.
    pub(super) fn signal(&mut self, signal: ModuleSignal) -> Option<Answer> {
        let (bit, change, on) = match signal {
            ModuleSignal::Dcd(on) => (DCD, DCD_CHANGED, on),
            ModuleSignal::Ri(on) => (RI, if on { 0 } else { RI_FELL }, on),
            ModuleSignal::Dsr(on) => (DSR, DSR_CHANGED, on),
            ModuleSignal::Cts(on) => (CTS, CTS_CHANGED, on),
        };
        if (self.state & bit != 0) == on {
            return None;
        }
        self.state ^= bit;
        let wanted = (bit | change) & self.mask != 0;
        wanted.then(|| labelled(NOTIFY_MODEMSTATE, &[(self.state | change) & self.mask]))
    }

    /// How the module's signals stand.
    pub(super) fn standing(&self) -> Answer {
        labelled(NOTIFY_MODEMSTATE, &[self.state])
    }
}

const PARITIES: [(u8, Parity); 5] =
    [(1, Parity::None), (2, Parity::Odd), (3, Parity::Even), (4, Parity::Mark), (5, Parity::Space)];

const STOP_SIZES: [(u8, StopBits); 3] =
    [(1, StopBits::One), (2, StopBits::Two), (3, StopBits::OneAndAHalf)];

fn number_of<T: PartialEq>(numbers: &[(u8, T)], value: T) -> Vec<u8> {
    numbers.iter().filter(|entry| entry.1 == value).map(|entry| entry.0).collect()
}

fn labelled(command: u8, value: &[u8]) -> Answer {
    [&[command + SERVER], value].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(signal: HostSignal) -> Option<Deed> {
        Some(Deed::Signal(signal))
    }

    #[test]
    fn each_setting_is_answered_with_what_holds() {
        let mut port = ComPort::default();
        let speed = |text: &str| Some(Deed::Speed(text.parse().unwrap()));
        for (command, answer, deed) in [
            (&[1, 0, 0, 0x25, 0x80][..], &[101, 0, 0, 0x25, 0x80][..], speed("9600 8N1")),
            (&[1, 0, 0, 0, 0], &[101, 0, 0, 0x25, 0x80], None),
            (&[2, 7], &[102, 7], speed("9600 7N1")),
            (&[2, 7], &[102, 7], None),
            (&[2, 0], &[102, 7], None),
            (&[2, 9], &[102, 7], None),
            (&[3, 3], &[103, 3], speed("9600 7E1")),
            (&[3, 0], &[103, 3], None),
            (&[3, 6], &[103, 3], None),
            (&[4, 3], &[104, 3], speed("9600 7E1.5")),
            (&[4, 2], &[104, 2], speed("9600 7E2")),
            (&[4, 0], &[104, 2], None),
        ] {
            let both = (Some(answer.to_vec()), deed);
            assert_eq!(port.command(command), both, "{command:?}");
        }
    }

    #[test]
    fn controls_are_answered_and_act_where_they_change_something() {
        let mut port = ComPort::default();
        for (number, answer, deed) in [
            (7, 8, None),
            (8, 8, None),
            (9, 9, signal(HostSignal::Dtr(false))),
            (9, 9, None),
            (7, 9, None),
            (8, 8, signal(HostSignal::Dtr(true))),
            (10, 11, None),
            (12, 12, signal(HostSignal::Rts(false))),
            (10, 12, None),
            (11, 11, signal(HostSignal::Rts(true))),
            (4, 6, None),
            (5, 5, signal(HostSignal::Break)),
            (4, 5, None),
            (6, 6, None),
            (0, 1, None),
            (3, 3, None),
            (0, 3, None),
            (13, 14, None),
            (16, 16, None),
            (13, 16, None),
        ] {
            assert_eq!(port.command(&[5, number]), (Some(vec![105, answer]), deed), "{number}");
        }
    }

    #[test]
    fn the_rest_is_answered_or_left_alone() {
        let mut port = ComPort::default();
        for (command, answer, deed) in [
            (&[0][..], Some(&b"dquasimodem"[..]), None),
            (b"\x00pyserial", None, None),
            (&[6], Some(&[106, 96]), None),
            (&[8], None, Some(Deed::Suspend)),
            (&[9], None, Some(Deed::Resume)),
            (&[10, 16], Some(&[110, 16]), None),
            (&[11, 0], Some(&[111, 0]), None),
            (&[12, 1], Some(&[112, 1]), None),
            (&[12, 3], Some(&[112, 3]), None),
            (&[12, 4], None, None),
            (&[5, 20], None, None),
            (&[1, 0, 0], None, None),
            (&[77, 1], None, None),
            (&[], None, None),
        ] {
            let both = (answer.map(<[u8]>::to_vec), deed);
            assert_eq!(port.command(command), both, "{command:?}");
        }
    }

    #[test]
    fn signals_are_told_with_their_change_and_through_the_mask() {
        let mut port = ComPort::default();
        for (signal, told) in [
            (ModuleSignal::Dsr(true), Some(DSR | DSR_CHANGED)),
            (ModuleSignal::Dsr(true), None),
            (ModuleSignal::Cts(true), Some(DSR | CTS | CTS_CHANGED)),
            (ModuleSignal::Dcd(true), Some(DSR | CTS | DCD | DCD_CHANGED)),
            (ModuleSignal::Ri(true), Some(DSR | CTS | DCD | RI)),
            (ModuleSignal::Ri(false), Some(DSR | CTS | DCD | RI_FELL)),
        ] {
            assert_eq!(port.signal(signal), told.map(|told| vec![107, told]), "{signal}");
        }
        assert_eq!(port.standing(), [107, DSR | CTS | DCD]);
        port.command(&[11, RI]);
        assert_eq!(port.signal(ModuleSignal::Dcd(false)), None);
        assert_eq!(port.signal(ModuleSignal::Ri(true)), Some(vec![107, RI]));
        port.reopen();
        assert_eq!(port.command(&[7]), (Some(vec![107, DSR | CTS | RI]), None));
        assert_eq!(port.signal(ModuleSignal::Cts(false)), Some(vec![107, DSR | RI | CTS_CHANGED]));
    }
}
