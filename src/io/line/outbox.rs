//! Bytes on their way to the host: what the kernel has not taken yet, and what was not reported yet.
//!
//! Knows only a file descriptor that does not block.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::task::{Context, Poll, ready};

use rustix::io::{Errno, retry_on_intr, write};
use tokio::io::unix::AsyncFd;

/// The queue of one line. Its bound is the caller's, who counts what it was told to be gone.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Vec<u8>>,
    /// How much of the front of the queue has been taken.
    taken: usize,
    /// Bytes that have left and were not reported.
    left: usize,
}

/// How much of the front of the queue the kernel took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    All,
    /// It is full.
    Part,
}

impl Outbox {
    /// Writes at once if nothing waits before these bytes, and queues what remains.
    pub(crate) fn send(&mut self, fd: impl AsFd, bytes: Vec<u8>) -> Result<(), Errno> {
        let waits = !self.queue.is_empty();
        if !bytes.is_empty() {
            self.queue.push_back(bytes);
        }
        if waits {
            return Ok(());
        }
        match self.write_front(fd) {
            Ok(_) | Err(Errno::AGAIN) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Ready when nothing waits any more.
    pub(crate) fn poll_sent(
        &mut self,
        fd: &AsyncFd<OwnedFd>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Errno>> {
        while !self.queue.is_empty() {
            // Fails only where the runtime is being shut down.
            let Ok(mut guard) = ready!(fd.poll_write_ready(cx)) else {
                return Poll::Ready(Err(Errno::IO));
            };
            match self.write_front(fd.get_ref()) {
                Ok(Taken::All) => {}
                // It is full, and an edge will tell when it no longer is.
                Ok(Taken::Part) | Err(Errno::AGAIN) => guard.clear_ready(),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Counts bytes that nobody will get as gone.
    pub(crate) fn lose(&mut self, bytes: usize) {
        self.left += bytes;
    }

    /// The same for all that waits.
    pub(crate) fn lose_all(&mut self) {
        let waiting: usize = self.queue.iter().map(Vec::len).sum();
        self.left += waiting - self.taken;
        self.queue.clear();
        self.taken = 0;
    }

    /// How many bytes have left since the last call, if any.
    pub(crate) fn take_left(&mut self) -> Option<usize> {
        (self.left > 0).then(|| std::mem::take(&mut self.left))
    }

    fn write_front(&mut self, fd: impl AsFd) -> Result<Taken, Errno> {
        let Some(front) = self.queue.front() else {
            return Ok(Taken::All);
        };
        let count = retry_on_intr(|| write(fd.as_fd(), &front[self.taken..]))?;
        self.left += count;
        self.taken += count;
        if self.taken < front.len() {
            return Ok(Taken::Part);
        }
        self.queue.pop_front();
        self.taken = 0;
        Ok(Taken::All)
    }
}
