//! The host: the same code whoever is at the other end of the line.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Bytes that are written or read at a time.
const CHUNK: usize = 65_536;

/// A host with a line open.
pub struct Host {
    line: File,
    /// Read and not yet looked at.
    pending: Vec<u8>,
    chunk: Vec<u8>,
}

impl Host {
    /// Opens a terminal as a serial program does, raw.
    pub fn on_pty(path: &Path) -> Self {
        Self::on_pty_at(path, None)
    }

    /// The same at a speed, in bits a second; `None` leaves it as it is.
    pub fn on_pty_at(path: &Path, baud: Option<u32>) -> Self {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let line = rustix::fs::open(path, flags, Mode::empty()).unwrap();
        let mut settings = tcgetattr(&line).unwrap();
        settings.make_raw();
        if let Some(baud) = baud {
            settings.set_speed(baud).unwrap();
        }
        tcsetattr(&line, OptionalActions::Now, &settings).unwrap();
        Self::on(line)
    }

    /// Connects to a TCP line.
    pub fn on_tcp(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self::on(stream.into())
    }

    fn on(line: OwnedFd) -> Self {
        Self { line: line.into(), pending: Vec::new(), chunk: pattern() }
    }

    /// From `AT` to `OK`.
    pub fn round_trip(&mut self) -> Duration {
        let begin = Instant::now();
        self.line.write_all(b"AT\r").unwrap();
        self.expect("\r\nOK\r\n");
        begin.elapsed()
    }

    /// A command that is answered with `OK`.
    fn command(&mut self, command: &str) {
        self.line.write_all(format!("{command}\r").as_bytes()).unwrap();
        self.expect("\r\nOK\r\n");
    }

    /// Has the module echo nothing, as the floors do.
    pub fn silence(&mut self) {
        self.line.write_all(b"ATE0\r").unwrap();
        self.expect("ATE0\r\r\nOK\r\n");
    }

    /// Opens an FTP session.
    pub fn log_in(&mut self, server: &str) {
        let (address, port) = server.split_once(':').unwrap();
        self.silence();
        self.command("AT+QFTPUSER=\"quectel\"");
        self.command("AT+QFTPPASS=\"123456\"");
        self.command(&format!("AT+QFTPOPEN=\"{address}\",{port}"));
        self.expect("\r\n+QFTPOPEN:0\r\n");
    }

    /// From `CONNECT` to the result.
    pub fn put(&mut self, name: &str, size: usize) -> Duration {
        self.command(&format!("AT+QFTPPUT=\"{name}\",{size},65535"));
        self.expect("\r\nCONNECT\r\n");
        let begin = Instant::now();
        let mut left = size;
        while left > 0 {
            let part = left.min(CHUNK);
            self.line.write_all(&self.chunk[..part]).unwrap();
            left -= part;
        }
        self.expect(&format!("\r\n+QFTPPUT:{size}\r\n"));
        begin.elapsed()
    }

    /// From `CONNECT` to the last byte of the file; the gap before the result is by design.
    pub fn get(&mut self, name: &str, size: usize) -> Duration {
        self.command(&format!("AT+QFTPGET=\"{name}\""));
        self.expect("\r\nCONNECT\r\n");
        let begin = Instant::now();
        let mut left = size - self.pending.len().min(size);
        self.pending.clear();
        while left > 0 {
            let count = self.line.read(&mut self.chunk[..CHUNK.min(left)]).unwrap();
            assert!(count > 0, "the line ended with {left} bytes missing");
            left -= count;
        }
        let took = begin.elapsed();
        self.expect(&format!("\r\n+QFTPGET:{size}\r\n"));
        took
    }

    /// Reads up to the end of `text`, which comes before anything else.
    fn expect(&mut self, text: &str) {
        while self.pending.len() < text.len() {
            let mut bytes = [0; 256];
            let count = self.line.read(&mut bytes).unwrap();
            assert!(count > 0, "the line ended before {text:?}");
            self.pending.extend(&bytes[..count]);
        }
        let rest = self.pending.split_off(text.len());
        let came = std::mem::replace(&mut self.pending, rest);
        assert_eq!(String::from_utf8_lossy(&came), text);
    }
}

/// Bytes of a file: no plus sign, no two chunks' ends alike.
pub fn pattern() -> Vec<u8> {
    (0..CHUNK).map(|at| b'a' + (at % 23) as u8).collect()
}
