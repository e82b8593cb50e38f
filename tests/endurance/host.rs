//! A host that never blocks, so that it can stop listening, and notice when the module does.

use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, ioctl_fionbio, read, write};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Far longer than a module ever takes; a line on which nothing moves for so long is dead.
const PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };
/// After a silence of this length a host asks again.
const SILENCE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
/// How often it asks before it takes the module for dead.
const ATTEMPTS: usize = 30;
/// The answer to `AT+GSN`, which nothing else says.
const SERIAL_NUMBER: &[u8] = b"\r\n352273017386340\r\n\r\nOK\r\n";

/// Where a line is.
pub enum Place {
    Pty(PathBuf),
    Tcp(SocketAddr),
}

/// A host with the line open.
pub struct Host {
    line: OwnedFd,
    /// The end of what the module has said.
    heard: Vec<u8>,
}

impl Host {
    pub fn open(place: &Place) -> Self {
        let line: OwnedFd = match place {
            Place::Pty(path) => {
                let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
                let line = rustix::fs::open(path, flags, Mode::empty()).unwrap();
                let mut settings = tcgetattr(&line).unwrap();
                settings.make_raw();
                tcsetattr(&line, OptionalActions::Now, &settings).unwrap();
                line
            }
            Place::Tcp(address) => TcpStream::connect(address).unwrap().into(),
        };
        ioctl_fionbio(&line, true).unwrap();
        Self { line, heard: Vec::new() }
    }

    /// Sends bytes, and listens meanwhile.
    pub fn pour(&mut self, bytes: &[u8]) {
        self.send(bytes, true);
    }

    /// Sends bytes, and does not listen.
    pub fn say(&mut self, bytes: &[u8]) {
        self.send(bytes, false);
    }

    /// Ends whatever line was begun, and waits until all that came of it has been heard.
    ///
    /// Asks again as hosts do: an answer is lost where more was to be said before it than the
    /// module keeps for a host that is slow to listen.
    pub fn resynchronise(&mut self) {
        for _ in 0..ATTEMPTS {
            self.pour(b"\rATE0V1Q0\rAT+GSN\r");
            while self.poll(PollFlags::IN, &SILENCE).is_some() {
                self.listen();
                if self.heard.ends_with(SERIAL_NUMBER) {
                    self.heard.clear();
                    return;
                }
            }
        }
        panic!("the module does not answer");
    }

    /// The answer to `AT`.
    pub fn at(&mut self) -> String {
        self.pour(b"AT\r");
        while !self.heard.ends_with(b"\r\n") || self.heard.len() < 4 {
            self.wait(PollFlags::IN);
            self.listen();
        }
        String::from_utf8_lossy(&self.heard).into_owned()
    }

    fn send(&mut self, mut bytes: &[u8], listening: bool) {
        while !bytes.is_empty() {
            let wanted = if listening { PollFlags::IN | PollFlags::OUT } else { PollFlags::OUT };
            if self.wait(wanted).contains(PollFlags::IN) {
                self.listen();
            }
            match write(&self.line, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::AGAIN) => {}
                Err(error) => panic!("the line broke: {error}"),
            }
        }
    }

    fn listen(&mut self) {
        let mut bytes = [0; 65_536];
        match read(&self.line, &mut bytes) {
            Ok(0) => panic!("the line ended with {:?}", self.heard.escape_ascii().to_string()),
            Ok(count) => self.heard.extend(&bytes[..count]),
            Err(Errno::AGAIN) => {}
            Err(error) => panic!("the line broke: {error}"),
        }
        let old = self.heard.len().saturating_sub(256);
        self.heard.drain(..old);
    }

    fn wait(&self, wanted: PollFlags) -> PollFlags {
        self.poll(wanted, &PATIENCE).expect("the module has stalled")
    }

    fn poll(&self, wanted: PollFlags, patience: &Timespec) -> Option<PollFlags> {
        let mut fds = [PollFd::new(&self.line, wanted)];
        let moved = poll(&mut fds, Some(patience)).unwrap();
        (moved > 0).then(|| fds[0].revents())
    }
}
