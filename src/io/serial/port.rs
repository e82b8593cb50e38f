//! A serial port as the system has it: its bytes, and its signals. Waits for nothing but bytes.

use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, read, retry_on_intr};
use serialport::{ErrorKind, FlowControl, SerialPort, TTYPort};
use tokio::io::unix::AsyncFd;

use super::settings::SerialSettings;
use crate::io::line::watch;
use crate::line::HostSignal;

/// An open port.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) bytes: AsyncFd<OwnedFd>,
    /// A second way to the same device, for its signals.
    pub(super) control: TTYPort,
    /// The host's DTR and RTS as last seen; `None` where the port has no signals.
    pub(super) seen: Option<[bool; 2]>,
}

impl Port {
    /// Opens the device, raw, for nobody else to open.
    pub(super) fn open(settings: &SerialSettings) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let taken = || io::Error::other("another program has it");
        let bytes = match rustix::fs::open(&settings.device, flags, Mode::empty()) {
            Err(Errno::BUSY) => return Err(taken()),
            opened => opened?,
        };
        let flow = if settings.rtscts { FlowControl::Hardware } else { FlowControl::None };
        let path = settings.device.to_string_lossy();
        let builder = serialport::new(path, settings.baud.get()).flow_control(flow);
        // Shared for as long as we open it twice.
        let builder = builder.exclusive(false).dtr_on_open(false);
        let mut control = TTYPort::open(&builder).map_err(|error| match error.kind() {
            // It is there: we have it open.
            ErrorKind::NoDevice => taken(),
            _ => error.into(),
        })?;
        control.set_exclusive(true)?;
        let mut port = Self { bytes: watch(bytes)?, control, seen: None };
        port.seen = port.ask();
        Ok(port)
    }

    /// The host's DTR and RTS, where there are such.
    fn ask(&mut self) -> Option<[bool; 2]> {
        let dtr = self.control.read_data_set_ready().ok()?;
        Some([dtr, self.control.read_clear_to_send().ok()?])
    }

    /// What has changed since the last look.
    pub(super) fn look(&mut self) -> Vec<HostSignal> {
        let (Some(before), Some(now)) = (self.seen, self.ask()) else {
            return Vec::new();
        };
        self.seen = Some(now);
        let dtr = (before[0] != now[0]).then_some(HostSignal::Dtr(now[0]));
        let rts = (before[1] != now[1]).then_some(HostSignal::Rts(now[1]));
        dtr.into_iter().chain(rts).collect()
    }

    /// Reads into `buf`, if it is not empty.
    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> io::Result<Poll<Result<usize, Errno>>> {
        while !buf.is_empty() {
            let mut guard = match self.bytes.poll_read_ready(cx) {
                Poll::Ready(guard) => guard?,
                Poll::Pending => return Ok(Poll::Pending),
            };
            match retry_on_intr(|| read(guard.get_inner(), &mut *buf)) {
                Err(Errno::AGAIN) => guard.clear_ready(),
                // A terminal that was hung up.
                Ok(0) => return Ok(Poll::Ready(Err(Errno::IO))),
                end => return Ok(Poll::Ready(end)),
            }
        }
        Ok(Poll::Pending)
    }
}
