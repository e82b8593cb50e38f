//! The SIM (3GPP 27.007 8.3, 22.004): who the subscriber is, and the key that lets the module ask.

use crate::at::CmeError;
use crate::profile::{SimModel, SimState};

/// Wrong PINs that a SIM takes before it wants the PUK (GSM 11.11 8.9).
const PIN_TRIES: u8 = 3;
/// Wrong PUKs that a SIM takes before it is good for nothing (GSM 11.11 8.13).
const PUK_TRIES: u8 = 10;
/// The service centre for messages that the operator has written (M95, the example of `AT+CSCA`).
const SERVICE_CENTRE: &[u8] = b"+8613800210500";
/// Type of address 145 (GSM 04.11 8.2.5.2): an international number, by the numbering plan E.164.
const INTERNATIONAL: u8 = 145;
/// Type of address 129: a number of unknown type, by the same plan.
const UNKNOWN_TYPE: u8 = 129;

/// A SIM in its holder.
#[derive(Clone, Debug)]
pub struct Sim {
    model: SimModel,
    state: SimState,
    /// The PIN that counts now; a PUK sets a new one.
    pin: Vec<u8>,
    pin_tries: u8,
    puk_tries: u8,
    /// `AT+CSCA`: the service centre for messages, and the type of its number.
    service_centre: (Vec<u8>, u8),
}

impl Sim {
    /// The profile's SIM, not yet asked for anything.
    pub fn new(model: &SimModel) -> Self {
        let pin = model.pin.clone().into_bytes();
        let (pin_tries, puk_tries) = (PIN_TRIES, PUK_TRIES);
        let service_centre = (SERVICE_CENTRE.to_vec(), INTERNATIONAL);
        Self { state: model.state, model: model.clone(), pin, pin_tries, puk_tries, service_centre }
    }

    /// `AT+CSCA?`: the service centre for messages, and the type of its number.
    pub fn service_centre(&self) -> (&[u8], u8) {
        (&self.service_centre.0, self.service_centre.1)
    }

    /// `AT+CSCA=<number>[,<type>]`: decimal digits, behind a plus or not, which tells the type where
    /// none is given. Whether it was taken.
    pub fn set_service_centre(&mut self, number: &[u8], kind: Option<u8>) -> bool {
        let (digits, by_sign) = match number {
            [b'+', digits @ ..] => (digits, INTERNATIONAL),
            digits => (digits, UNKNOWN_TYPE),
        };
        let fits = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        if fits {
            self.service_centre = (number.to_vec(), kind.unwrap_or(by_sign));
        }
        fits
    }

    /// What it waits for.
    pub const fn state(&self) -> SimState {
        self.state
    }

    /// Wrong PINs and wrong PUKs that it still takes.
    pub const fn tries(&self) -> (u8, u8) {
        (self.pin_tries, self.puk_tries)
    }

    /// Whether it lets the module use it; else why not.
    pub const fn use_it(&self) -> Result<(), CmeError> {
        match self.state {
            SimState::Ready => Ok(()),
            SimState::Absent => Err(CmeError::NO_SIM),
            SimState::Pin => Err(CmeError::PIN_REQUIRED),
            SimState::Puk => Err(CmeError::PUK_REQUIRED),
        }
    }

    /// `AT+CPIN?`.
    pub const fn presentation(&self) -> Result<&'static str, CmeError> {
        match self.state {
            SimState::Ready => Ok("READY"),
            SimState::Pin => Ok("SIM PIN"),
            SimState::Puk => Ok("SIM PUK"),
            SimState::Absent => Err(CmeError::NO_SIM),
        }
    }

    /// `AT+CPIN=<key>[,<new PIN>]`.
    pub fn enter(&mut self, key: &[u8], new_pin: Option<&[u8]>) -> Result<(), CmeError> {
        let fits = match self.state {
            SimState::Absent => return Err(CmeError::NO_SIM),
            SimState::Ready => return Err(CmeError::NOT_ALLOWED),
            SimState::Pin => key == self.pin,
            SimState::Puk => key == self.model.puk.as_bytes() && self.puk_tries > 0,
        };
        match (self.state, new_pin) {
            (SimState::Puk, None) => return Err(CmeError::PUK_REQUIRED),
            (SimState::Puk, Some(new)) if fits => self.pin = new.to_vec(),
            _ => {}
        }
        if fits {
            (self.pin_tries, self.puk_tries) = (PIN_TRIES, PUK_TRIES);
            self.state = SimState::Ready;
            return Ok(());
        }
        if self.state == SimState::Puk {
            self.puk_tries = self.puk_tries.saturating_sub(1);
            return Err(if self.puk_tries == 0 {
                CmeError::SIM_FAILURE
            } else {
                CmeError::INCORRECT_PASSWORD
            });
        }
        self.pin_tries -= 1;
        if self.pin_tries == 0 {
            self.state = SimState::Puk;
            return Err(CmeError::PUK_REQUIRED);
        }
        Err(CmeError::INCORRECT_PASSWORD)
    }

    /// The power is gone from it, and comes back: a PIN is asked for anew, tries stay counted.
    pub fn restart(&mut self) {
        if self.state == SimState::Ready {
            self.state = match self.model.state {
                SimState::Puk => SimState::Pin,
                state => state,
            };
        }
    }

    /// Another phone has had it, or it has lost its supply: it wants its PIN.
    pub fn lock(&mut self) {
        if self.state == SimState::Ready {
            self.state = SimState::Pin;
        }
    }

    /// It is pulled out.
    pub const fn remove(&mut self) {
        self.state = SimState::Absent;
    }

    /// It is put in. One that the profile calls absent is ready.
    pub fn insert(&mut self) {
        if self.state == SimState::Absent {
            self.state = match self.model.state {
                SimState::Absent => SimState::Ready,
                state => state,
            };
        }
    }

    /// `AT+CIMI`.
    pub fn imsi(&self) -> &str {
        &self.model.imsi
    }

    /// `AT+CCID`.
    pub fn iccid(&self) -> &str {
        &self.model.iccid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sim(state: SimState) -> Sim {
        Sim::new(&SimModel { state, ..SimModel::default() })
    }

    #[test]
    fn three_wrong_pins_want_the_puk_and_a_puk_sets_a_new_pin() {
        let mut sim = sim(SimState::Pin);
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::PUK_REQUIRED));
        assert_eq!(sim.presentation(), Ok("SIM PUK"));
        assert_eq!(sim.enter(b"1234", None), Err(CmeError::PUK_REQUIRED));
        assert_eq!(sim.enter(b"00000000", Some(b"4321")), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"12345678", Some(b"4321")), Ok(()));
        assert_eq!(sim.enter(b"4321", None), Err(CmeError::NOT_ALLOWED));
    }

    #[test]
    fn a_right_pin_gives_all_tries_back_and_a_power_cycle_none() {
        let mut sim = sim(SimState::Pin);
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        sim.restart();
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"1234", None), Ok(()));
        sim.restart();
        assert_eq!(sim.state(), SimState::Pin);
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"0000", None), Err(CmeError::INCORRECT_PASSWORD));
        assert_eq!(sim.enter(b"1234", None), Ok(()));
    }

    #[test]
    fn ten_wrong_puks_end_a_sim() {
        let mut sim = sim(SimState::Puk);
        for _ in 0..9 {
            let wrong = sim.enter(b"00000000", Some(b"1111"));
            assert_eq!(wrong, Err(CmeError::INCORRECT_PASSWORD));
        }
        assert_eq!(sim.enter(b"00000000", Some(b"1111")), Err(CmeError::SIM_FAILURE));
        assert_eq!(sim.enter(b"12345678", Some(b"1111")), Err(CmeError::SIM_FAILURE));
    }
}
