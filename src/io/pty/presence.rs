//! Who has the device open, told from the inotify events of its node.
//!
//! Knows nothing of terminals. A terminal tells its master only that *nobody* has it open, and even
//! that not while we hold it open ourselves (see the module above for why we do).
//!
//! inotify merges an event with the one before it in the queue when both are equal, so that two
//! programs that open the device in a row would pass for one. Hence the second watch, on the
//! directory: each opening and closing then puts two different events into the queue, and equal
//! ones are no longer neighbours. The price: every terminal that is opened or closed on the machine
//! wakes us for nothing.
//!
//! What is left are calls on two processors that overlap to the microsecond. Two closings that pass
//! for one are made up for by [`Change::doubt`]. Two openings that pass for one let the second
//! host pass for gone when the first has left, until it writes.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::task::{Context, Poll, ready};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;

use crate::io::line::watch;

/// The openers of one device other than ourselves.
#[derive(Debug)]
pub(super) struct Presence {
    notices: AsyncFd<OwnedFd>,
    device: i32,
    openers: usize,
}

/// What a batch of events came to.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// Somebody opened the device when nobody had it open.
    pub arrived: bool,
    /// Somebody left, and nobody remained.
    pub departed: bool,
    /// Openers are counted, and the count may be wrong.
    pub doubt: bool,
}

/// An event that we make ourselves, and that is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    Nothing,
    Opening,
    Closing,
}

impl Presence {
    /// Watches from now on; who has the device open already does not count.
    pub(super) fn watch(device: &Path) -> io::Result<Self> {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let flags = WatchFlags::OPEN | WatchFlags::CLOSE_WRITE | WatchFlags::CLOSE_NOWRITE;
        let device_watch = inotify::add_watch(&queue, device, flags)?;
        if let Some(directory) = device.parent() {
            inotify::add_watch(&queue, directory, flags)?;
        }
        Ok(Self { notices: watch(queue)?, device: device_watch, openers: 0 })
    }

    /// Whether somebody has the device open.
    pub(super) fn is_anyone(&self) -> bool {
        self.openers > 0
    }

    /// There is somebody whose opening went unseen.
    pub(super) fn presume(&mut self) {
        self.openers = 1;
    }

    /// There is nobody, whatever was counted.
    pub(super) fn clear(&mut self) {
        self.openers = 0;
    }

    /// Takes all events out of the queue, without waiting.
    pub(super) fn take(&mut self, mut own: Own) -> io::Result<Change> {
        let mut change = Change::default();
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(self.notices.get_ref(), &mut space);
        loop {
            let (watch, flags) = match events.next() {
                Ok(event) => (event.wd(), event.events()),
                Err(Errno::AGAIN) => return Ok(change),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                change.arrived |= self.openers == 0;
                change.doubt = true;
                self.openers = self.openers.max(1);
            } else if watch != self.device {
                // Of the directory: it has done its work by standing between two others.
            } else if flags.contains(ReadFlags::OPEN) {
                if own == Own::Opening {
                    own = Own::Nothing;
                    continue;
                }
                change.arrived |= self.openers == 0;
                self.openers += 1;
            } else if flags.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
                if own == Own::Closing {
                    own = Own::Nothing;
                    continue;
                }
                change.departed |= self.openers == 1;
                change.doubt |= self.openers > 1;
                self.openers = self.openers.saturating_sub(1);
            }
        }
    }

    /// Has the task woken at the next event. Ready if one may be in the queue.
    pub(super) fn poll_notice(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.notices.poll_read_ready(cx))?.clear_ready();
        Poll::Ready(Ok(()))
    }
}
