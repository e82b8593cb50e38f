//! A host: host software at the other end of a line, that knows exactly what it wants to hear.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use serialport::{SerialPort, TTYPort};

/// Far above anything that a test waits for; only a failure takes this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes written to a pseudo-terminal at once: it is written to only when it says that it has room.
const PORTION: usize = 1024;

pub struct Host {
    wire: Wire,
    /// What was sent last, for the report of a failure.
    sent: Vec<u8>,
}

enum Wire {
    Pty(TTYPort),
    Tcp(TcpStream),
}

impl Host {
    /// Opens a pseudo-terminal as it would a serial device.
    #[track_caller]
    pub fn open(path: &Path) -> Self {
        let deadline = Instant::now() + PATIENCE;
        let builder = serialport::new(path.to_str().unwrap(), 115_200).timeout(PATIENCE);
        loop {
            match builder.clone().open_native() {
                Ok(port) => return Self { wire: Wire::Pty(port), sent: Vec::new() },
                // The exclusive access of the host before us goes when the module sees it gone.
                Err(error) if Instant::now() > deadline => panic!("{}: {error}", path.display()),
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    #[track_caller]
    pub fn connect(addr: SocketAddr) -> Self {
        Self::over(TcpStream::connect(addr).unwrap())
    }

    pub fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { wire: Wire::Tcp(stream), sent: Vec::new() }
    }

    /// The pseudo-terminal.
    pub fn port(&mut self) -> &mut TTYPort {
        match &mut self.wire {
            Wire::Pty(port) => port,
            Wire::Tcp(_) => panic!("not a pseudo-terminal"),
        }
    }

    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.sent = bytes.to_vec();
        match &mut self.wire {
            Wire::Pty(port) => {
                bytes.chunks(PORTION).for_each(|portion| port.write_all(portion).unwrap());
            }
            Wire::Tcp(stream) => stream.write_all(bytes).unwrap(),
        }
    }

    /// Types a command line, and hears this, with echo off.
    #[track_caller]
    pub fn command(&mut self, line: &str, answer: &str) {
        self.send(format!("{line}\r"));
        self.expect(answer);
    }

    /// The next bytes must be these. Takes not one byte more.
    #[track_caller]
    pub fn expect(&mut self, bytes: impl AsRef<[u8]>) {
        let expected = bytes.as_ref();
        let deadline = Instant::now() + PATIENCE;
        let mut came = Vec::with_capacity(expected.len());
        while came.len() < expected.len() {
            let start = came.len();
            let more = self.read(expected.len() - start, deadline);
            came.extend_from_slice(&more);
            if more.is_empty() || came[start..] != expected[start..came.len()] {
                self.read_rest(&mut came);
                self.fail(expected, &came);
            }
        }
    }

    /// The next `count` bytes, whatever they are.
    #[track_caller]
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        let mut came = Vec::with_capacity(count);
        while came.len() < count {
            let more = self.read(count - came.len(), deadline);
            assert!(!more.is_empty(), "{} of {count} bytes came", came.len());
            came.extend(more);
        }
        came
    }

    /// All bytes before `end`, which is taken, too, and after which nothing may have come.
    #[track_caller]
    pub fn take_until(&mut self, end: &str) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        let mut came = Vec::new();
        while !came.ends_with(end.as_bytes()) {
            let more = self.read(65_536, deadline);
            assert!(!more.is_empty(), "{end:?} does not come; {} bytes did", came.len());
            came.extend(more);
        }
        came.truncate(came.len() - end.len());
        came
    }

    /// The beginning of `file`, however much of it, and then `end`, after which nothing may have
    /// come; how much of the file it was.
    #[track_caller]
    pub fn take_part(&mut self, file: &[u8], end: &str) -> usize {
        let deadline = Instant::now() + PATIENCE;
        let mut came = Vec::new();
        loop {
            // An end that the file goes on with is not the end.
            if let Some(part) = came.strip_suffix(end.as_bytes())
                && file.starts_with(part)
                && !file.starts_with(&came)
            {
                return part.len();
            }
            let more = self.read(65_536, deadline);
            if more.is_empty() || came.len() > file.len() + end.len() {
                self.fail(&[file, end.as_bytes()].concat(), &came);
            }
            came.extend(more);
        }
    }

    /// The next line that is not blank, without its end.
    #[track_caller]
    pub fn next_line(&mut self) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut line = Vec::new();
        loop {
            match *self.read(1, deadline) {
                [b'\r' | b'\n'] if line.is_empty() => {}
                [b'\r' | b'\n'] => return String::from_utf8(line).unwrap(),
                [byte] => line.push(byte),
                _ => panic!("no line came, but {:?}", line.escape_ascii().to_string()),
            }
        }
    }

    /// The module hangs up, and says nothing more.
    #[track_caller]
    pub fn expect_end(mut self) {
        let end = self.read(1, Instant::now() + PATIENCE);
        assert_eq!(end, b"");
    }

    /// Up to `most` bytes; none at the end of file and at the deadline.
    fn read(&mut self, most: usize, deadline: Instant) -> Vec<u8> {
        let mut bytes = vec![0; most];
        // Zero would mean no limit.
        let limit =
            deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let count = match &mut self.wire {
            Wire::Pty(port) => {
                port.set_timeout(limit).unwrap();
                port.read(&mut bytes)
            }
            Wire::Tcp(stream) => {
                stream.set_read_timeout(Some(limit)).unwrap();
                stream.read(&mut bytes)
            }
        };
        match count {
            Ok(count) => bytes.truncate(count),
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
                bytes.clear();
            }
            Err(error) => panic!("the line broke: {error}"),
        }
        bytes
    }

    /// What else comes soon, to be shown with a failure.
    fn read_rest(&mut self, came: &mut Vec<u8>) {
        let deadline = Instant::now() + Duration::from_millis(300);
        while came.len() < 65_536 {
            match self.read(4096, deadline) {
                more if more.is_empty() => return,
                more => came.extend(more),
            }
        }
    }

    #[track_caller]
    fn fail(&self, expected: &[u8], came: &[u8]) -> ! {
        let same = expected.iter().zip(came).take_while(|(a, b)| a == b).count();
        // A long common beginning is told by its length alone.
        let from = if same > 200 { same - 20 } else { 0 };
        let show = |bytes: &[u8]| {
            let bytes = &bytes[from.min(bytes.len())..];
            let shown = bytes[..bytes.len().min(300)].escape_ascii().to_string();
            if bytes.len() > 300 { format!("{shown}...") } else { shown }
        };
        let column = expected[from..same].escape_ascii().to_string().len();
        let sent = &self.sent[..self.sent.len().min(100)];
        panic!(
            "\nafter       {}\nbytes from  {from}\nexpected    {}\ncame        {}\n            {}^ here\n",
            sent.escape_ascii(),
            show(expected),
            show(came),
            " ".repeat(column),
        )
    }
}
