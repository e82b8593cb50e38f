//! The UART of a line: both directions of its wire, and how fast it is.
//!
//! A byte towards the host is output when its stop bit has left, and a byte from the host is
//! received when its stop bit has come. Where a profile gives the wire no time, both are at once.

mod flow;
mod garble;
mod given;
mod pace;
mod receiver;
mod transmitter;
mod wires;

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::at::Settings;
use crate::line::LineSpeed;
use crate::profile::Profile;
use crate::time::SimTime;
use flow::{Inbound, XOFF, XON};
pub(super) use garble::Garble;
use garble::agree;
use given::Given;
use receiver::Receiver;
use transmitter::{Piece, Terms, Transmitter};

/// One UART.
#[derive(Clone, Debug)]
pub(super) struct Uart {
    is_paced: bool,
    is_checked: bool,
    /// `quirks.flow_escape`.
    can_escape: bool,
    inbound: Inbound,
    /// Circuit 105 (RTS) as the host has it; on where the wire carries no signals.
    pub(super) rts: bool,
    /// The module has stopped its host with XOFF.
    has_stopped: bool,
    lock: Lock,
    garble_in: Garble,
    garble_out: Garble,
    pub(super) given: Given,
    /// Whether `AT+IPR` is another than 0, from what was sent last on.
    is_fixed: bool,
    /// The module's speed, in force from what was sent last on.
    speed: LineSpeed,
    /// What the host has set its UART to; `None` while no wire has told.
    pub(super) host_speed: Option<LineSpeed>,
    transmitter: Transmitter,
    receiver: Receiver,
}

/// What is read of a byte whose last bits never came: the wire rests at one.
const STUMP: u8 = 0xF8;

/// What autobauding (`AT+IPR=0`) has come to.
#[derive(Clone, Copy, Debug)]
enum Lock {
    /// The module has long been in step with its host, at whatever speed that turns out to have.
    Given,
    /// It looks for `AT` or `at`; the byte before was the first of it.
    Seeking(Option<u8>),
    /// It has found one.
    Found(LineSpeed),
}

impl Uart {
    /// At power-on, or long after.
    pub(super) fn new(profile: &Profile, seed: u64) -> Self {
        let speed = Settings::factory(&profile.v250).speed().unwrap_or(LineSpeed::USUAL);
        let is_paced = profile.timing.pace_uart;
        Self {
            is_paced,
            is_checked: profile.timing.check_speed,
            can_escape: profile.quirks.flow_escape,
            inbound: Inbound::default(),
            rts: true,
            has_stopped: false,
            lock: Lock::Given,
            garble_in: Garble::new(seed),
            garble_out: Garble::new(!seed),
            given: Given::default(),
            is_fixed: profile.v250.ipr != 0,
            speed,
            host_speed: None,
            transmitter: Transmitter::new(speed, !is_paced),
            receiver: Receiver::new(speed),
        }
    }

    /// The next byte or piece that passes, one way or the other.
    pub(super) fn next_due(&self) -> Option<SimTime> {
        self.transmitter.next_due().into_iter().chain(self.receiver.next_due()).min()
    }

    /// Whether output is on the wire.
    pub(super) fn is_sending(&self) -> bool {
        self.transmitter.next_due().is_some()
    }

    /// How many bytes the wire takes from the host, of which the module takes `room` now; `slack` is
    /// how late their giver wakes.
    pub(super) fn room(&self, room: usize, slack: Duration) -> usize {
        if self.is_paced { self.receiver.room(slack) } else { room }
    }

    /// The module's speed under `settings`; under autobauding it is the host's.
    fn speed_of(&self, settings: &Settings) -> LineSpeed {
        let found = match self.lock {
            Lock::Found(speed) => Some(speed),
            Lock::Given | Lock::Seeking(_) => self.host_speed,
        };
        settings.speed().or(found).unwrap_or(LineSpeed::USUAL)
    }

    /// Autobauding begins anew.
    fn seek(&mut self) {
        if self.is_checked {
            self.lock = Lock::Seeking(None);
        }
    }

    /// A host comes, which has not stopped the module yet, and the module gets in step with it, as
    /// it has with the one before.
    fn meet(&mut self) {
        if let Lock::Found(_) = self.lock {
            self.lock = Lock::Given;
        }
        self.inbound = Inbound::default();
        self.rts = true;
    }

    /// How output goes on under `AT+IFC`.
    fn terms(&self, settings: &Settings) -> Terms {
        let (by_host, by_module) = settings.ifc;
        Terms {
            is_held: match by_host {
                1 => self.inbound.is_stopped,
                2 => !self.rts,
                _ => false,
            },
            escapes: by_module == 1 && self.can_escape,
        }
    }

    /// Stops the host with XOFF when the module takes no more, and lets it go on with XON.
    fn steer(&mut self, settings: &Settings, is_full: bool) {
        let stop = is_full && settings.ifc.1 == 1;
        if stop != self.has_stopped {
            self.has_stopped = stop;
            self.transmitter.send_urgently(if stop { XOFF } else { XON });
        }
    }

    /// What the module reads of what its host sends.
    fn read<'a>(&mut self, sent: &'a [u8]) -> Cow<'a, [u8]> {
        if !self.is_checked {
            return sent.into();
        }
        if !self.is_fixed {
            match (self.lock, self.host_speed) {
                (Lock::Seeking(before), _) => return self.find(before, sent).into(),
                (Lock::Given, Some(speed)) => self.lock = Lock::Found(speed),
                (Lock::Given | Lock::Found(_), _) => {}
            }
        }
        match self.host_speed.filter(|host| !agree(*host, self.speed)) {
            Some(host) => self.garble_in.read(sent, host, self.speed).into(),
            None => sent.into(),
        }
    }

    /// Looks for the prefix by which autobauding knows the speed, and reads on from there.
    fn find(&mut self, mut before: Option<u8>, sent: &[u8]) -> Vec<u8> {
        for (at, &byte) in sent.iter().enumerate() {
            match (before, byte) {
                (Some(b'A'), b'T') | (Some(b'a'), b't') => {
                    self.lock = self.host_speed.map_or(Lock::Given, Lock::Found);
                    return before.into_iter().chain(sent[at..].iter().copied()).collect();
                }
                _ => before = Some(byte),
            }
        }
        self.lock = Lock::Seeking(before);
        Vec::new()
    }

    /// What the host reads of what has left.
    fn heard(&mut self, Piece { on_wire, speed, .. }: Piece) -> Vec<u8> {
        let host = self.host_speed.filter(|host| self.is_checked && !agree(*host, speed));
        match host {
            Some(host) => self.garble_out.read(&on_wire, speed, host),
            None => on_wire,
        }
    }

    /// The module's speed.
    pub(super) const fn speed(&self) -> LineSpeed {
        self.speed
    }

    /// Another speed, behind what has been sent so far.
    fn change(&mut self, speed: LineSpeed) {
        self.speed = speed;
        self.transmitter.change(speed);
        self.receiver.change(self.host_speed.unwrap_or(speed));
    }
}

/// `speed`, but for its bits a second, 1 and more.
pub(super) fn as_baud(speed: LineSpeed, baud: u32) -> LineSpeed {
    LineSpeed { baud: NonZeroU32::new(baud).unwrap_or(speed.baud), ..speed }
}
