//! The PDP context that FTP runs over; only whether it is up, and whose it is.

use crate::line::LineId;

/// The context chosen by `AT+QIFGCNT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdpContext {
    id: u8,
    mode: Mode,
    owner: Option<LineId>,
    active: bool,
}

/// `AT+QICSGP`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    Csd,
    #[default]
    Gprs,
}

impl PdpContext {
    /// Its number, 0 or 1.
    pub const fn id(&self) -> u8 {
        self.id
    }

    /// The line that chose it.
    pub const fn owner(&self) -> Option<LineId> {
        self.owner
    }

    /// 0 for CSD, 1 for GPRS.
    pub const fn mode(&self) -> u8 {
        match self.mode {
            Mode::Csd => 0,
            Mode::Gprs => 1,
        }
    }

    /// Whether it is up.
    pub const fn is_active(&self) -> bool {
        self.active
    }

    /// `line` chooses context `id`; refused while the context is up in the hands of another line.
    pub fn choose(&mut self, line: LineId, id: u8) -> bool {
        let refused = self.active && self.owner.is_some_and(|owner| owner != line);
        if !refused {
            self.owner = Some(line);
            self.id = id;
        }
        !refused
    }

    /// `AT+QICSGP`: 0 for CSD, anything else for GPRS. What it names is never dialled.
    pub const fn configure(&mut self, mode: u8) {
        self.mode = if mode == 0 { Mode::Csd } else { Mode::Gprs };
    }

    /// It comes up.
    pub const fn activate(&mut self) {
        self.active = true;
    }

    /// It goes down.
    pub const fn deactivate(&mut self) {
        self.active = false;
    }
}
