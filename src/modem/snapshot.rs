//! How a module stands at one moment, for an operator's view.
//!
//! Knows no command, and no secret: passwords and PINs are not in it.

use serde::Serialize;

use super::Modem;
use crate::context::PdpContext;
use crate::ftp::{DataConnection, Progress, Representation};
use crate::line::{LineId, LineSpeed};
use crate::network::Registration;
use crate::profile::{Coverage, SimState};

/// All states and settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Module time in microseconds since power-on.
    pub time_us: u64,
    /// Whether the module is on.
    pub on: bool,
    /// Whether its firmware hangs.
    pub hung: bool,
    /// The SIM.
    pub sim: SimSnapshot,
    /// The network as the module sees it.
    pub network: NetworkSnapshot,
    /// The contexts that `AT+QIFGCNT` chooses from, from 0 on.
    pub contexts: Vec<ContextSnapshot>,
    /// The FTP service.
    pub ftp: FtpSnapshot,
    /// The virtual UARTs, from 1 on.
    pub lines: Vec<LineSnapshot>,
    /// Things that will happen of themselves, such as an answer on its way.
    pub planned: usize,
    /// Deadlines that may be called off, such as that of an upload.
    pub deadlines: usize,
}

/// The SIM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct SimSnapshot {
    /// `ready`, `pin`, `puk` (what it waits for) or `absent`.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub state: SimState,
    /// Wrong PINs that it still takes.
    pub pin_tries: u8,
    /// Wrong PUKs that it still takes.
    pub puk_tries: u8,
}

/// The network as the module sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct NetworkSnapshot {
    /// What there is on the air: `home`, `roaming`, `none` or `denied`.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub coverage: Coverage,
    /// `AT+CSQ`: 0 to 31, 99 for not known.
    pub signal: u8,
    /// `AT+CREG?`: `idle`, `home`, `searching`, `denied` or `roaming`.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub gsm: Registration,
    /// `AT+CGREG?`, the same for GPRS.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub gprs: Registration,
    /// The address that a context gets.
    pub address: String,
}

/// A PDP context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct ContextSnapshot {
    /// As `AT+QISTAT` prints it: `IP INITIAL`, `IP START`, `IP GPRSACT`, `IP STATUS`, `PDP DEACT`.
    pub state: &'static str,
    /// Whether it is the one that `AT+QIFGCNT` has chosen.
    pub chosen: bool,
    /// Whether it is up.
    pub active: bool,
    /// The line that chose it.
    pub line: Option<u8>,
    /// Access point.
    pub access_point: String,
}

/// The FTP service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct FtpSnapshot {
    /// As `AT+QFTPSTAT` prints it (manual 2.2.9).
    pub state: &'static str,
    /// The line whose session it is.
    pub line: Option<u8>,
    /// Host and port of the session, as the host of the module named them.
    pub server: Option<String>,
    /// `AT+QFTPUSER`.
    pub user: String,
    /// `AT+QFTPPATH`.
    pub path: String,
    /// `AT+QFTPCFG=1`: `active` or `passive`.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub data_connection: DataConnection,
    /// `AT+QFTPCFG=2`: `image` or `ascii`.
    #[cfg_attr(feature = "io", schema(value_type = String))]
    pub representation: Representation,
    /// `AT+QFTPCFG=3`, in bytes.
    pub restart: u64,
    /// The file on its way.
    pub transfer: Option<Progress>,
}

/// A virtual UART.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct LineSnapshot {
    /// Counted from 1.
    pub number: u8,
    /// `command`, `executing`, `online data` or `online command`.
    pub state: &'static str,
    /// What its host has set its UART to, as `115200 8N1`; none while no wire has told.
    #[cfg_attr(feature = "io", schema(value_type = Option<String>))]
    #[serde(serialize_with = "displayed")]
    pub speed: Option<LineSpeed>,
    /// The command line that sets all of its settings, without `AT`.
    pub settings: String,
    /// What waits there.
    pub waiting: Waiting,
}

/// What waits at a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "io", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// Late and unsolicited results that wait for silence.
    pub late_results: usize,
    /// Bytes that the host has typed ahead of an answer.
    pub typed_ahead: usize,
    /// Bytes for the host that have not left.
    pub unwritten: usize,
}

impl Modem {
    /// The states at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let (pin_tries, puk_tries) = self.sim.tries();
        Snapshot {
            time_us: self.now.as_micros(),
            on: self.is_on,
            hung: self.is_hung(),
            sim: SimSnapshot { state: self.sim.state(), pin_tries, puk_tries },
            network: NetworkSnapshot {
                coverage: self.network.coverage,
                signal: self.network.model.rssi,
                gsm: self.network.gsm,
                gprs: self.network.gprs,
                address: self.network.model.address.to_string(),
            },
            contexts: self
                .contexts
                .all()
                .take(self.profile.quirks.contexts)
                .map(|(chosen, context)| context_snapshot(chosen, context))
                .collect(),
            ftp: self.ftp_snapshot(),
            lines: self.line_ids().map(|line| self.line_snapshot(line)).collect(),
            planned: self.agenda.len(),
            deadlines: self.timers.len(),
        }
    }

    fn ftp_snapshot(&self) -> FtpSnapshot {
        let service = &self.service;
        FtpSnapshot {
            state: service.state_name(),
            line: service.owner().map(LineId::number),
            server: service.server().map(|(host, port)| format!("{}:{port}", text(host))),
            user: text(service.user()),
            path: text(service.path()),
            data_connection: service.data_connection(),
            representation: service.representation(),
            restart: service.restart(),
            transfer: service.progress(),
        }
    }

    fn line_snapshot(&self, line: LineId) -> LineSnapshot {
        let adaptor = &self.lines[line.index()];
        LineSnapshot {
            number: line.number(),
            state: adaptor.state_name(),
            speed: self.uarts[line.index()].host_speed,
            settings: adaptor.settings.command_line(),
            waiting: adaptor.waiting(),
        }
    }
}

fn context_snapshot(chosen: bool, context: &PdpContext) -> ContextSnapshot {
    ContextSnapshot {
        state: context.state().name(),
        chosen,
        active: context.is_active(),
        line: context.owner().map(LineId::number),
        access_point: text(&context.access[0]),
    }
}

/// Bytes as a host typed them, those that are no ASCII escaped.
fn text(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

fn displayed<S: serde::Serializer>(
    speed: &Option<LineSpeed>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    speed.map(|speed| speed.to_string()).serialize(serializer)
}
