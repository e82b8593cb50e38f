//! The PDP contexts of the TCP/IP application note, and what its settings keep.

use std::net::Ipv4Addr;

use crate::line::LineId;

/// The contexts that `AT+QIFGCNT` chooses from; a profile may have fewer of them.
#[derive(Clone, Debug, Default)]
pub struct Contexts {
    all: [PdpContext; 3],
    chosen: usize,
    /// The one that FTP runs over.
    carrier: usize,
    /// `AT+CGDCONT`: type and access point of contexts 1 and 2 in the counting of 27.007.
    pub definitions: [Option<(Vec<u8>, Vec<u8>)>; 2],
    /// `AT+CGACT`: which of those are up. Nothing runs over them.
    pub activated: [bool; 2],
    /// The line that waits for the addresses of a name (`AT+QIDNSGIP`).
    pub resolving: Option<LineId>,
    /// What concerns all of them.
    pub settings: TcpipSettings,
}

/// One context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PdpContext {
    state: PdpState,
    owner: Option<LineId>,
    /// `AT+QICSGP`: CSD instead of GPRS.
    csd: bool,
    /// Access point, user, password: what `AT+QICSGP` and `AT+QIREGAPP` set. Never dialled.
    pub access: [Vec<u8>; 3],
}

/// How far a context has come, as `AT+QISTAT` prints it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PdpState {
    /// Nothing yet.
    #[default]
    Initial,
    /// `AT+QIREGAPP` has set it up.
    Start,
    /// It is up.
    GprsActive,
    /// It is up, and its address has been asked for.
    Status,
    /// The network has taken it away.
    Deactivated,
}

/// Settings of the TCP/IP note that outlive a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpipSettings {
    /// `AT+QIMUX`: several connections at a time.
    pub mux: u8,
    /// `AT+QIMODE`: transparent.
    pub transparent: u8,
    /// `AT+QIDNSIP`: connections are opened by name.
    pub by_name: u8,
    /// `AT+QIHEAD`: received data has a heading.
    pub heading: u8,
    /// `AT+QISHOWRA`: received data tells its sender.
    pub show_sender: u8,
    /// `AT+QIPROMPT`: the prompt before data is sent.
    pub prompt: u8,
    /// `AT+QIDNSCFG`: the servers to ask, where the host has named any.
    pub dns: [Option<Ipv4Addr>; 2],
}

impl Default for TcpipSettings {
    fn default() -> Self {
        Self {
            mux: 0,
            transparent: 0,
            by_name: 0,
            heading: 0,
            show_sender: 0,
            prompt: 1,
            dns: [None; 2],
        }
    }
}

impl Contexts {
    /// The chosen context's number.
    pub const fn id(&self) -> usize {
        self.chosen
    }

    /// Every context that a module may have, and whether it is the chosen one.
    pub fn all(&self) -> impl Iterator<Item = (bool, &PdpContext)> {
        self.all.iter().enumerate().map(|(id, context)| (id == self.chosen, context))
    }

    /// The chosen context.
    pub const fn chosen(&self) -> &PdpContext {
        &self.all[self.chosen]
    }

    /// The chosen context.
    pub const fn chosen_mut(&mut self) -> &mut PdpContext {
        &mut self.all[self.chosen]
    }

    /// `line` chooses context `id`, 0 to 2; refused while that context is in use by another line.
    pub fn choose(&mut self, line: LineId, id: usize) -> bool {
        let context = &mut self.all[id];
        let refused =
            context.state != PdpState::Initial && context.owner.is_some_and(|owner| owner != line);
        if !refused {
            context.owner = Some(line);
            self.chosen = id;
        }
        !refused
    }

    /// FTP brings up the chosen context, and runs over it from now on.
    pub const fn carry_ftp(&mut self) {
        self.carrier = self.chosen;
        self.chosen_mut().activate();
    }

    /// Whether FTP runs over the chosen context.
    pub const fn carries_ftp(&self) -> bool {
        self.carrier == self.chosen
    }

    /// Whether any is up.
    pub fn is_any_active(&self) -> bool {
        self.all.iter().any(PdpContext::is_active)
    }

    /// The network takes away all that are up.
    pub fn lose(&mut self) {
        for context in self.all.iter_mut().filter(|context| context.is_active()) {
            context.state = PdpState::Deactivated;
        }
        self.activated = [false; 2];
    }
}

impl PdpContext {
    /// How far it has come.
    pub const fn state(&self) -> PdpState {
        self.state
    }

    /// The line that chose it.
    pub const fn owner(&self) -> Option<LineId> {
        self.owner
    }

    /// 0 for CSD, 1 for GPRS.
    pub const fn mode(&self) -> u8 {
        !self.csd as u8
    }

    /// Whether it is up.
    pub const fn is_active(&self) -> bool {
        matches!(self.state, PdpState::GprsActive | PdpState::Status)
    }

    /// `AT+QICSGP`: 0 for CSD, anything else for GPRS.
    pub const fn configure(&mut self, mode: u8) {
        self.csd = mode == 0;
    }

    /// `AT+QIREGAPP`; refused unless nothing has happened yet.
    pub fn register(&mut self) -> bool {
        let fits = self.state == PdpState::Initial;
        if fits {
            self.state = PdpState::Start;
        }
        fits
    }

    /// It comes up.
    pub const fn activate(&mut self) {
        if !self.is_active() {
            self.state = PdpState::GprsActive;
        }
    }

    /// `AT+QIDEACT`.
    pub const fn deactivate(&mut self) {
        self.state = PdpState::Initial;
    }

    /// `AT+QILOCIP` has asked for the address.
    pub const fn show_address(&mut self) {
        self.state = PdpState::Status;
    }
}

impl PdpState {
    /// `AT+QISTAT` in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "IP INITIAL",
            Self::Start => "IP START",
            Self::GprsActive => "IP GPRSACT",
            Self::Status => "IP STATUS",
            Self::Deactivated => "PDP DEACT",
        }
    }

    /// `AT+QISTAT` under `ATV0`.
    pub const fn number(self) -> u8 {
        match self {
            Self::Initial => 0,
            Self::Start => 1,
            Self::GprsActive => 4,
            Self::Status => 5,
            Self::Deactivated => 9,
        }
    }
}
