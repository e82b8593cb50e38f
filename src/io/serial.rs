//! A line over a real UART: the module behind a serial port, for a host at the other end of a cable.
//!
//! Knows nothing of what the bytes mean.
//!
//! # Whose signal is which
//!
//! The module is a DCE, and a computer's port is wired as a DTE. What joins two of these is
//! a null-modem cable, which has no wire for RI, and one for DSR and DCD together:
//!
//! | Host (DTE) | | Our port (DTE) | Carries |
//! |---|---|---|---|
//! | DTR | to | DSR, DCD | the host's DTR |
//! | RTS | to | CTS | the host's RTS |
//! | DSR, DCD | from | DTR | the module's DCD; its DSR would always be on |
//! | CTS | from | RTS | the module's CTS; with `rtscts` the system's flow control instead |
//! | RI | | | nothing: the module's RI goes unheard |
//!
//! A port tells of its signals only when asked, so it is asked every 10 ms: what is shorter goes
//! unseen. A break cannot be told from a NUL and an error, and comes as nothing. A pseudo-terminal
//! has no signals (TIOCMGET fails), and neither has its line.
//!
//! # When the device goes away
//!
//! An adapter that is pulled is a host that has gone. The path is tried every second, and when
//! a device is there again, the host is back.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::io::Errno;
use serialport::SerialPort;
use tokio::time::{Instant, Sleep, sleep};
use tracing::{info, warn};

use self::port::Port;
pub use self::settings::SerialSettings;
use super::line::outbox::Outbox;
use super::line::{LineError, WireEvent};
use crate::line::{HostSignal, LineSpeed, ModuleSignal};

mod port;
mod settings;

/// How often the port is asked for its signals.
const LOOK: Duration = Duration::from_millis(10);
/// How often a device that has gone is looked for.
const RETRY: Duration = Duration::from_secs(1);

/// A serial port, and whoever is at the other end.
#[derive(Debug)]
pub struct SerialLine {
    settings: SerialSettings,
    port: Option<Port>,
    /// Until the next look at signals, or for the device.
    wait: Pin<Box<Sleep>>,
    /// What is to be reported before anything else, in this order.
    opened: bool,
    speed: bool,
    signals: Vec<HostSignal>,
    /// The module's.
    dcd: bool,
    cts: bool,
    outbox: Outbox,
}

impl SerialLine {
    /// Opens the device, raw, for nobody else to open. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// There is no such device, it is not a terminal, in use, or not for us, or it cannot do
    /// what is asked.
    pub fn open(settings: SerialSettings) -> Result<Self, LineError> {
        let port = Port::open(&settings).map_err(|source| LineError::System {
            path: settings.device.clone(),
            step: "opening the serial port failed",
            source,
        })?;
        let mut line = Self {
            settings,
            port: None,
            wait: Box::pin(sleep(LOOK)),
            opened: false,
            speed: false,
            signals: Vec::new(),
            dcd: false,
            cts: false,
            outbox: Outbox::default(),
        };
        line.begin(port);
        Ok(line)
    }

    /// As it was asked for.
    pub fn settings(&self) -> &SerialSettings {
        &self.settings
    }

    /// See [`super::wire::Wire::poll_event`].
    ///
    /// # Errors
    /// The runtime is shutting down. A device that fails is a host that has gone.
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
        room: usize,
    ) -> Poll<io::Result<WireEvent>> {
        let room = room.min(buf.len());
        loop {
            if let Some(count) = self.outbox.take_left() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            if let Some(event) = self.news() {
                return Poll::Ready(Ok(event));
            }
            let Some(port) = &mut self.port else {
                ready!(self.wait.as_mut().poll(cx));
                match Port::open(&self.settings) {
                    Ok(port) => {
                        info!("{}: the device is back", self.settings.device.display());
                        self.begin(port);
                    }
                    Err(_) => self.wait.as_mut().reset(Instant::now() + RETRY),
                }
                continue;
            };
            if let Poll::Ready(Err(error)) = self.outbox.poll_sent(&port.bytes, cx) {
                return Poll::Ready(Ok(self.end(error)));
            }
            if let Some(count) = self.outbox.take_left() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            match port.poll_receive(cx, &mut buf[..room])? {
                Poll::Ready(Ok(count)) => return Poll::Ready(Ok(WireEvent::Received(count))),
                Poll::Ready(Err(error)) => return Poll::Ready(Ok(self.end(error))),
                Poll::Pending => {}
            }
            if port.seen.is_none() {
                return Poll::Pending;
            }
            ready!(self.wait.as_mut().poll(cx));
            self.wait.as_mut().reset(Instant::now() + LOOK);
            self.signals.extend(port.look());
        }
    }

    /// See [`super::wire::Wire::write`].
    pub fn write(&mut self, bytes: Vec<u8>) {
        match &self.port {
            // A device that fails is found out by the next read.
            Some(port) => {
                if self.outbox.send(port.bytes.get_ref(), bytes).is_err() {
                    self.outbox.lose_all();
                }
            }
            None => self.outbox.lose(bytes.len()),
        }
    }

    /// See [`super::wire::Wire::signal`].
    pub fn signal(&mut self, signal: ModuleSignal) {
        match signal {
            ModuleSignal::Dcd(on) => self.dcd = on,
            ModuleSignal::Cts(on) => self.cts = on,
            ModuleSignal::Dsr(_) | ModuleSignal::Ri(_) => return,
        }
        self.drive();
    }

    /// See [`super::wire::Wire::take_written`].
    pub fn take_written(&mut self) -> Option<usize> {
        self.outbox.take_left()
    }

    /// See [`super::wire::Wire::poll_drained`]: the system sends what it has taken.
    ///
    /// # Errors
    /// None so far.
    pub fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(port) = &self.port {
            // An error here means that there is nobody left to drain to.
            let _ = ready!(self.outbox.poll_sent(&port.bytes, cx));
        }
        Poll::Ready(Ok(()))
    }

    fn begin(&mut self, port: Port) {
        let [dtr, rts] = port.seen.unwrap_or_default();
        if port.seen.is_some() {
            self.signals = vec![HostSignal::Dtr(dtr), HostSignal::Rts(rts)];
        }
        (self.opened, self.speed) = (true, true);
        self.port = Some(port);
        self.wait.as_mut().reset(Instant::now() + LOOK);
        self.drive();
    }

    fn news(&mut self) -> Option<WireEvent> {
        if std::mem::take(&mut self.opened) {
            return Some(WireEvent::Opened);
        }
        if std::mem::take(&mut self.speed) {
            return Some(WireEvent::Speed(LineSpeed::of(self.settings.baud)));
        }
        (!self.signals.is_empty()).then(|| WireEvent::Signal(self.signals.remove(0)))
    }

    fn end(&mut self, error: Errno) -> WireEvent {
        let device = self.settings.device.display();
        warn!("{device}: the device has gone ({error}); it is looked for until it is back");
        self.port = None;
        self.signals.clear();
        self.outbox.lose_all();
        self.wait.as_mut().reset(Instant::now() + RETRY);
        WireEvent::Closed
    }

    fn drive(&mut self) {
        let Some(port) = self.port.as_mut().filter(|port| port.seen.is_some()) else {
            return;
        };
        // A port that has the one signal may lack the other.
        let _ = port.control.write_data_terminal_ready(self.dcd);
        if !self.settings.rtscts {
            let _ = port.control.write_request_to_send(self.cts);
        }
    }
}
