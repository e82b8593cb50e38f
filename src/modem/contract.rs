//! The contract of the core as types: what happens to a module, and what it does.

use std::net::Ipv4Addr;

use crate::fault::{Fired, Rule};
use crate::ftp::{Event, Request};
use crate::line::{HostSignal, LineId, LineSpeed, ModuleSignal};
use crate::world::World;

/// What happens to the module.
#[derive(Clone, Debug)]
pub enum Input<'a> {
    /// A host has opened a line.
    LineOpened(LineId),
    /// The last host of a line has gone.
    LineClosed(LineId),
    /// Bytes from a host; no more than [`Modem::room`](super::Modem::room) says, or the excess may be lost.
    Line(LineId, &'a [u8]),
    /// A host moves a signal. The first one says that the wire carries signals: from then on, the
    /// module's are told by [`Output::Signal`], and how they stand is told at once.
    Signal(LineId, HostSignal),
    /// A host has set its UART.
    HostSpeed(LineId, LineSpeed),
    /// So many bytes of [`Output::Line`] have left on the wire, or were lost there.
    Written(LineId, usize),
    /// The FTP client reports.
    Ftp(Event),
    /// The addresses of the name that [`Output::Resolve`] asked about; none if it has none.
    Resolved(Vec<Ipv4Addr>),
    /// Something befalls the module.
    World(World),
    /// One more rule of what goes wrong; one of the same name is replaced.
    AddRule(Box<Rule>),
    /// The rule of this name is no more.
    RemoveRule(String),
    /// The time of [`Modem::poll_timeout`](super::Modem::poll_timeout) has come.
    Timeout,
}

/// What the module does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Bytes for a host.
    Line(LineId, Vec<u8>),
    /// A signal changes, or is told for the first time; only where the wire carries signals.
    Signal(LineId, ModuleSignal),
    /// Work for the FTP client.
    Ftp(Request),
    /// The addresses of this name are wanted; [`Input::Resolved`] answers. One at a time.
    Resolve(Vec<u8>),
    /// `AT&W` has kept the settings; this command line, given to [`Modem::with_kept`](super::Modem::with_kept), brings them back.
    Kept(String),
    /// A rule has taken hold.
    Fired(Fired),
    /// From now on these servers are to be asked for names; with none, those of the profile.
    NameServers(Vec<Ipv4Addr>),
}
