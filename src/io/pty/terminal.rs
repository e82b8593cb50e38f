//! The two ends of a pseudo-terminal and their settings, as plain system calls that never wait.
//!
//! Knows nothing of who has the slave open.

use std::ffi::OsStr;
use std::io;
use std::num::NonZeroU32;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread, read, retry_on_intr};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    Action, ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, QueueSelector,
    SpecialCodeIndex, ioctl_tiocnxcl, tcflow, tcflush, tcgetattr, tcsetattr,
};

use crate::line::{LineSpeed, StopBits};

/// A terminal gives up at most so many bytes at a time; where it does, more is on its way.
const FULL: usize = 4095;

/// What a read of the master came to.
#[derive(Debug)]
pub(super) enum Receipt {
    Bytes {
        count: usize,
        /// No more was there, and an edge will tell of what comes next.
        drained: bool,
    },
    /// All that was written so far has been read.
    Nothing,
    /// The same, and nobody has the slave open.
    HungUp,
}

/// A master that does not block, and the path of its slave.
pub(super) fn open_master() -> io::Result<(OwnedFd, PathBuf)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    ioctl_fionbio(&master, true)?;
    let device = ptsname(&master, Vec::new())?;
    Ok((master, OsStr::from_bytes(device.to_bytes()).into()))
}

/// The slave, opened as one more host would.
pub(super) fn open_slave(device: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(device, flags, Mode::empty())?)
}

/// Reads what hosts have written.
///
/// Unlike readiness, which is told by a kernel worker, this is exact: the read waits for the
/// worker, so that [`Receipt::Nothing`] means that nothing written before is still on its way.
/// A part of something larger is read on for as long as more of it is there: of a large file this
/// saves the way through the loop for each few bytes. What is less was all of a dialogue, and to
/// look for more at once would hold up the answer on its way to the host.
pub(super) fn receive(master: &OwnedFd, buf: &mut [u8]) -> io::Result<Receipt> {
    let mut count = 0;
    loop {
        match retry_on_intr(|| read(master, &mut buf[count..])) {
            Ok(0) | Err(Errno::IO) if count == 0 => return Ok(Receipt::HungUp),
            Err(Errno::AGAIN) if count == 0 => return Ok(Receipt::Nothing),
            Err(Errno::AGAIN) => return Ok(Receipt::Bytes { count, drained: true }),
            // It will be there at the next read as well.
            Ok(0) | Err(Errno::IO) => return Ok(Receipt::Bytes { count, drained: false }),
            Ok(more) => {
                count += more;
                if count == buf.len() || more < FULL {
                    return Ok(Receipt::Bytes { count, drained: count < buf.len() });
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// What there is to find out about an end without touching it: readable, hung up.
pub(super) fn look(end: impl AsFd) -> io::Result<PollFlags> {
    let mut fds = [PollFd::new(&end, PollFlags::IN)];
    retry_on_intr(|| poll(&mut fds, Some(&Timespec::default())))?;
    Ok(fds[0].revents())
}

/// Whether bytes for the host lie in the slave unread.
pub(super) fn holds_unread(slave: &OwnedFd) -> io::Result<bool> {
    // The poll is for its side effect: it waits for the worker that carries bytes across.
    // Its answer would depend on the host's VMIN.
    look(slave)?;
    Ok(ioctl_fionread(slave)? > 0)
}

/// Drops what the last host did not read, and lets the next one write if this one was stopped.
pub(super) fn flush(slave: &OwnedFd) -> io::Result<()> {
    tcflush(slave, QueueSelector::IFlush)?;
    Ok(tcflow(slave, Action::OOn)?)
}

/// Undoes what the last host did to the device and would harm the next.
///
/// The speed and the like stay, as they do on a serial device.
pub(super) fn reset(slave: &OwnedFd) -> io::Result<()> {
    ioctl_tiocnxcl(slave)?;
    make_raw(slave)
}

/// The speed and format that the module reports at power-on.
pub(super) fn set_115200_8n1(slave: &OwnedFd) -> io::Result<()> {
    let mut settings = tcgetattr(slave)?;
    settings.set_speed(115_200)?;
    let gone = ControlModes::CSIZE | ControlModes::PARENB | ControlModes::CSTOPB;
    settings.control_modes.remove(gone | ControlModes::CRTSCTS);
    let kept = ControlModes::CS8 | ControlModes::CREAD | ControlModes::CLOCAL;
    settings.control_modes.insert(kept);
    Ok(tcsetattr(slave, OptionalActions::Now, &settings)?)
}

/// What the host has set its end to, as far as the kernel lets it: eight bits, no parity. `None`
/// where there is no telling, and for B0, which is no speed.
pub(super) fn speed(end: &OwnedFd) -> Option<LineSpeed> {
    let settings = tcgetattr(end).ok()?;
    let baud = NonZeroU32::new(settings.output_speed())?;
    let has_two = settings.control_modes.contains(ControlModes::CSTOPB);
    let stop_bits = if has_two { StopBits::Two } else { StopBits::One };
    Some(LineSpeed { stop_bits, ..LineSpeed::of(baud) })
}

/// No echo, no lines, no translation, no flow control in band; a read waits for one byte.
pub(super) fn make_raw(slave: &OwnedFd) -> io::Result<()> {
    let mut settings = tcgetattr(slave)?;
    let is_raw = settings.input_modes.is_empty()
        && settings.output_modes.is_empty()
        && settings.local_modes.is_empty()
        && settings.special_codes[SpecialCodeIndex::VMIN] == 1
        && settings.special_codes[SpecialCodeIndex::VTIME] == 0;
    // Left alone where it can be, lest it undo what a host has set that came in this very moment.
    if is_raw {
        return Ok(());
    }
    settings.input_modes = InputModes::empty();
    settings.output_modes = OutputModes::empty();
    settings.local_modes = LocalModes::empty();
    settings.special_codes[SpecialCodeIndex::VMIN] = 1;
    settings.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(tcsetattr(slave, OptionalActions::Now, &settings)?)
}
