//! A line on the bench: polled as the loop polls it, with every poll counted.

use std::fs::{File, OpenOptions};
use std::future::poll_fn;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use quasimodem::io::line::WireEvent;
use quasimodem::io::pty::Pty;
use quasimodem::io::rfc2217::Rfc2217Line;
use quasimodem::io::tcp::TcpLine;
use quasimodem::io::wire::Wire;
use quasimodem::line::{HostSignal, LineSpeed};
use tempfile::TempDir;
use tokio::time::timeout;

/// Far above anything that a test waits for; only a failure takes this long.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What happened, with the bytes themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Opened,
    Closed,
    Received(Vec<u8>),
    Written(usize),
    Signal(HostSignal),
    Speed(LineSpeed),
}

pub struct Bench {
    pub wire: Wire,
    pub room: usize,
    pub polls: usize,
    buf: Vec<u8>,
    directory: Option<TempDir>,
}

impl Bench {
    pub fn pty() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let pty = Pty::create(&directory.path().join("ttyQ0")).unwrap();
        Self::on(Wire::Pty(pty), Some(directory))
    }

    pub fn tcp() -> Self {
        let line = TcpLine::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self::on(Wire::Tcp(line), None)
    }

    pub fn rfc2217() -> Self {
        let line = Rfc2217Line::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self::on(Wire::Rfc2217(Box::new(line)), None)
    }

    pub fn on(wire: Wire, directory: Option<TempDir>) -> Self {
        Self { wire, room: usize::MAX, polls: 0, buf: vec![0; 4096], directory }
    }

    pub fn path(&self) -> PathBuf {
        self.directory.as_ref().unwrap().path().join("ttyQ0")
    }

    pub fn device(&self) -> PathBuf {
        match &self.wire {
            Wire::Pty(pty) => pty.device().to_owned(),
            _ => panic!("not a pseudo-terminal"),
        }
    }

    pub fn address(&self) -> std::net::SocketAddr {
        match &self.wire {
            Wire::Tcp(tcp) => tcp.local_addr(),
            Wire::Rfc2217(line) => line.local_addr(),
            _ => panic!("not a TCP line"),
        }
    }

    /// Opens the device as a shell redirection does, without touching its settings.
    pub fn open(&self) -> File {
        open(&self.path())
    }

    pub async fn next(&mut self) -> Seen {
        let event = timeout(
            PATIENCE,
            poll_fn(|cx| {
                self.polls += 1;
                self.wire.poll_event(cx, &mut self.buf, self.room)
            }),
        );
        match event.await.expect("nothing happens").unwrap() {
            WireEvent::Opened => Seen::Opened,
            WireEvent::Closed => Seen::Closed,
            WireEvent::Received(count) => Seen::Received(self.buf[..count].to_vec()),
            WireEvent::Written(count) => Seen::Written(count),
            WireEvent::Signal(signal) => Seen::Signal(signal),
            WireEvent::Speed(speed) => Seen::Speed(speed),
        }
    }

    /// Asserts that there is nothing to report, now and after the kernel has been asked.
    pub async fn idle(&mut self) {
        for _ in 0..3 {
            poll_fn(|cx| {
                let polled = self.wire.poll_event(cx, &mut self.buf, self.room);
                assert!(polled.is_pending(), "{polled:?}");
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        }
    }

    /// What is reported until all that was done so far has been.
    pub async fn rest(&mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        // A timer is served after the file descriptors, so nothing that is there is missed.
        while let Ok(seen) = timeout(Duration::from_millis(5), self.next()).await {
            all.push(seen);
        }
        all
    }

    /// Does all that is to be done now, of which nothing is to be reported.
    pub async fn quiet(&mut self) {
        assert_eq!(self.rest().await, []);
    }

    /// Everything up to and including the next `Closed`, with neighbouring bytes joined.
    pub async fn until_closed(&mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        loop {
            match (self.next().await, all.last_mut()) {
                (Seen::Received(more), Some(Seen::Received(bytes))) => bytes.extend(more),
                (Seen::Written(more), Some(Seen::Written(count))) => *count += more,
                (Seen::Closed, _) => {
                    all.push(Seen::Closed);
                    return all;
                }
                (seen, _) => all.push(seen),
            }
        }
    }

    /// So many bytes from the host, and nothing else meanwhile but `Written`.
    pub async fn receive(&mut self, count: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < count {
            match self.next().await {
                Seen::Received(bytes) => all.extend(bytes),
                Seen::Written(_) => {}
                other => panic!("{other:?} after {} of {count} bytes", all.len()),
            }
        }
        all
    }

    /// Waits until so many bytes have left, and nothing else happens meanwhile.
    pub async fn written(&mut self, count: usize) {
        let mut left = 0;
        while left < count {
            match self.next().await {
                Seen::Written(more) => left += more,
                other => panic!("{other:?} after {left} of {count} bytes"),
            }
        }
        assert_eq!(left, count);
    }
}

pub fn open(path: &Path) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

/// Reads exactly so many bytes.
pub fn read(mut host: impl Read, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    host.read_exact(&mut bytes).unwrap();
    bytes
}

/// Bytes in which a gap, a repetition or a swap shows.
pub fn pattern(count: usize) -> Vec<u8> {
    (0..count as u32).flat_map(|n| n.to_be_bytes()).take(count).collect()
}

pub fn received(bytes: &[u8]) -> Seen {
    Seen::Received(bytes.to_vec())
}
