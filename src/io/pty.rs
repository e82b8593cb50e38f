//! A line over a pseudo-terminal: hosts open its slave by a path, as they would `/dev/ttyUSB0`.
//!
//! Knows nothing of what the bytes mean. It does what a UART and its driver would: the wire is
//! raw, what comes for nobody is lost, and one host leaves nothing behind for the next.
//!
//! # The keeper
//!
//! We hold the slave open ourselves. Otherwise a master whose hosts have all left reports a hang-up
//! that tokio cannot clear, and a loop around it spins; and a host that dies without giving back
//! its exclusive access (TIOCEXCL) leaves a device that nobody but root can open any more.
//!
//! The price is that the kernel does not tell us when the last host leaves. `Presence` counts
//! hosts instead; where its count is in doubt, the keeper is let go of until the kernel has said,
//! by a hang-up, that nobody is there.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::termios::ioctl_tiocnxcl;
use tokio::io::unix::AsyncFd;
use tokio::time::{Sleep, sleep};

use self::link::Link;
use self::presence::{Own, Presence};
use self::terminal::Receipt;
use super::line::outbox::Outbox;
use super::line::{LineError, WireEvent, watch};
use crate::line::LineSpeed;

mod link;
mod presence;
mod terminal;

/// Long enough for a kernel worker, too short for anybody who waits for the end.
const SETTLING: Duration = Duration::from_millis(10);

/// A pseudo-terminal, its link, and whoever has it open.
#[derive(Debug)]
pub struct Pty {
    /// Declared first, for it to go first: nobody is to find a link to a dead device.
    link: Link,
    master: AsyncFd<OwnedFd>,
    /// Missing only while the count of hosts is in doubt.
    keeper: Option<OwnedFd>,
    presence: Presence,
    /// Somebody came, and `Opened` has not been reported.
    arrived: bool,
    /// The last of the two that was reported was `Opened`.
    opened: bool,
    /// As last reported, or as we set it.
    speed: LineSpeed,
    outbox: Outbox,
    /// Runs once the host seems to have read everything, before that is believed.
    settling: Option<Pin<Box<Sleep>>>,
}

impl Pty {
    /// Makes a pseudo-terminal, raw, at 115200 baud 8N1, and a link to it at `path`.
    ///
    /// A link that leads nowhere, or that was left behind by a program that was killed, is
    /// replaced. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// No link can be made at `path`, or no terminal is to be had.
    pub fn create(path: &Path) -> Result<Self, LineError> {
        let failed = |step| move |source| LineError::System { path: path.to_owned(), step, source };
        let (master, device) = terminal::open_master()
            .map_err(failed("no pseudo-terminal (kernel.pty.max, ulimit -n)"))?;
        let keeper = terminal::open_slave(&device).map_err(failed("opening its device failed"))?;
        terminal::set_115200_8n1(&keeper)
            .and_then(|()| terminal::make_raw(&keeper))
            .map_err(failed("setting its device failed"))?;
        let presence = Presence::watch(&device)
            .map_err(failed("no inotify (fs.inotify.max_user_instances)"))?;
        let master = watch(master).map_err(failed("watching its device failed"))?;
        Ok(Self {
            link: Link::publish(path, &device)?,
            master,
            keeper: Some(keeper),
            presence,
            arrived: false,
            opened: false,
            speed: LineSpeed::USUAL,
            outbox: Outbox::default(),
            settling: None,
        })
    }

    /// The link, as it was asked for.
    pub fn path(&self) -> &Path {
        self.link.asked()
    }

    /// The device that the link leads to.
    pub fn device(&self) -> &Path {
        self.link.device()
    }

    /// See [`super::wire::Wire::poll_event`].
    ///
    /// Who is there is always looked at before what was sent. What is pending when the last host
    /// has left is that host's, and comes before its `Closed`. Where another host has followed by
    /// then, nothing tells whose bytes they are, and they come after its `Opened`. A host that
    /// comes and writes between our look and our read has its first bytes reported too early, but
    /// in order, as on any wire.
    ///
    /// # Errors
    /// The device or the inotify queue fails.
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
        room: usize,
    ) -> Poll<io::Result<WireEvent>> {
        let room = room.min(buf.len());
        let buf = &mut buf[..room];
        let mut noticed = false;
        loop {
            // The look costs a system call: it is due before a read, and when there is news.
            let readable = !buf.is_empty() && self.master.poll_read_ready(cx)?.is_ready();
            if readable || std::mem::take(&mut noticed) {
                self.observe()?;
            }
            if let Some(count) = self.outbox.take_left() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            if self.arrived && self.opened {
                self.opened = false;
                return Poll::Ready(Ok(WireEvent::Closed));
            }
            if self.arrived {
                (self.arrived, self.opened) = (false, true);
                return Poll::Ready(Ok(WireEvent::Opened));
            }
            if self.opened && !self.presence.is_anyone() && !buf.is_empty() {
                return Poll::Ready(self.last_bytes(buf));
            }
            if self.presence.poll_notice(cx)?.is_ready() {
                noticed = true;
                continue;
            }
            if let Poll::Ready(Err(_)) = self.outbox.poll_sent(&self.master, cx) {
                self.outbox.lose_all();
            }
            if let Some(count) = self.outbox.take_left() {
                return Poll::Ready(Ok(WireEvent::Written(count)));
            }
            if !readable {
                return Poll::Pending;
            }
            if let Some(event) = self.changed_speed() {
                return Poll::Ready(Ok(event));
            }
            let mut guard = ready!(self.master.poll_read_ready(cx))?;
            if !self.presence.is_anyone() {
                let state = terminal::look(guard.get_inner())?;
                if state.contains(PollFlags::HUP) {
                    self.forsaken()?;
                } else if state.contains(PollFlags::IN) {
                    self.stray()?;
                } else {
                    guard.clear_ready();
                }
                continue;
            }
            match terminal::receive(guard.get_inner(), buf)? {
                Receipt::Bytes { count, drained } => {
                    if drained {
                        guard.clear_ready();
                    }
                    return Poll::Ready(Ok(WireEvent::Received(count)));
                }
                Receipt::Nothing => guard.clear_ready(),
                Receipt::HungUp => self.forsaken()?,
            }
        }
    }

    /// See [`super::wire::Wire::write`].
    pub fn write(&mut self, bytes: Vec<u8>) {
        if !self.presence.is_anyone() {
            self.outbox.lose(bytes.len());
        } else if self.outbox.send(self.master.get_ref(), bytes).is_err() {
            self.outbox.lose_all();
        }
    }

    /// See [`super::wire::Wire::take_written`].
    pub fn take_written(&mut self) -> Option<usize> {
        self.outbox.take_left()
    }

    /// See [`super::wire::Wire::poll_drained`]: a host loses what it has not read when we end.
    ///
    /// # Errors
    /// The device or the inotify queue fails.
    pub fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            self.observe()?;
            if !self.presence.is_anyone() {
                return Poll::Ready(Ok(()));
            }
            if self.presence.poll_notice(cx)?.is_ready() {
                continue;
            }
            if ready!(self.outbox.poll_sent(&self.master, cx)).is_err() {
                self.outbox.lose_all();
            }
            if self.holds_unread()? {
                self.settling = None;
                // The master turns writable anew whenever the host has read its side nearly empty.
                ready!(self.master.poll_write_ready(cx))?.clear_ready();
                continue;
            }
            // Where more was written than the terminal holds (4095 bytes), there is a moment
            // between the host's reading it empty and a worker's refilling it.
            match &mut self.settling {
                None => self.settling = Some(Box::pin(sleep(SETTLING))),
                Some(settling) => {
                    ready!(settling.as_mut().poll(cx));
                    if !self.holds_unread()? {
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }

    /// Without the keeper there is no telling, and it is taken for read.
    fn holds_unread(&self) -> io::Result<bool> {
        self.keeper.as_ref().map_or(Ok(false), terminal::holds_unread)
    }

    /// Looked at before bytes are read, which are what a speed is of, and when the last host has
    /// left. To be told of it at once would take packet mode (TIOCPKT), with a byte of status at
    /// each read.
    fn changed_speed(&mut self) -> Option<WireEvent> {
        let speed = terminal::speed(self.master.get_ref())?;
        (std::mem::replace(&mut self.speed, speed) != speed).then_some(WireEvent::Speed(speed))
    }

    /// What is pending after the last host has left, and then `Closed`.
    fn last_bytes(&mut self, buf: &mut [u8]) -> io::Result<WireEvent> {
        if let Some(event) = self.changed_speed() {
            return Ok(event);
        }
        match terminal::receive(self.master.get_ref(), buf)? {
            Receipt::Bytes { count, .. } => return Ok(WireEvent::Received(count)),
            Receipt::Nothing => {}
            Receipt::HungUp => self.forsaken()?,
        }
        self.opened = false;
        Ok(WireEvent::Closed)
    }

    /// Takes note of who has come and gone.
    fn observe(&mut self) -> io::Result<()> {
        let change = self.presence.take(Own::Nothing)?;
        self.arrived |= change.arrived;
        if change.departed {
            self.tidy()?;
        }
        if change.doubt && self.presence.is_anyone() {
            self.release_keeper()?;
        }
        Ok(())
    }

    /// Bytes have come while nobody is known to have the device open.
    fn stray(&mut self) -> io::Result<()> {
        self.observe()?;
        if !self.presence.is_anyone() && !self.arrived {
            self.presence.presume();
            self.arrived = true;
            self.release_keeper()?;
        }
        Ok(())
    }

    /// The kernel says that nobody has the device open: neither a host nor, for whatever reason, we.
    fn forsaken(&mut self) -> io::Result<()> {
        self.keeper = None;
        self.presence.clear();
        self.tidy()
    }

    /// Lets the kernel say when nobody is left, by a hang-up of the master.
    fn release_keeper(&mut self) -> io::Result<()> {
        let Some(keeper) = self.keeper.take() else {
            return Ok(());
        };
        // One of several hosts has left, and an exclusive device would keep us out as well.
        // It fails where the terminal was hung up, and then the keeper holds nothing.
        let _ = ioctl_tiocnxcl(&keeper);
        drop(keeper);
        let change = self.presence.take(Own::Closing)?;
        self.arrived |= change.arrived;
        match change.departed {
            true => self.tidy(),
            false => Ok(()),
        }
    }

    /// Sees to it that a host that has left leaves nothing behind for the next.
    fn tidy(&mut self) -> io::Result<()> {
        self.outbox.lose_all();
        if self.reset().is_err() {
            // Somebody has hung up the terminal (vhangup), and our keeper is good for nothing.
            self.keeper = None;
            self.reset()?;
        }
        Ok(())
    }

    fn reset(&mut self) -> io::Result<()> {
        if self.keeper.is_none() && !self.presence.is_anyone() {
            self.hold_keeper()?;
        }
        let Some(keeper) = &self.keeper else {
            return Ok(());
        };
        terminal::flush(keeper)?;
        match self.presence.is_anyone() {
            // The next host is there already, and may have made its own settings.
            true => Ok(()),
            false => terminal::reset(keeper),
        }
    }

    fn hold_keeper(&mut self) -> io::Result<()> {
        self.keeper = Some(terminal::open_slave(self.link.device())?);
        let change = self.presence.take(Own::Opening)?;
        self.arrived |= change.arrived;
        // tokio never forgets a hang-up that it was told of; a new registration knows of none.
        let master = fcntl_dupfd_cloexec(self.master.get_ref(), 0)?;
        self.master = watch(master)?;
        Ok(())
    }
}
