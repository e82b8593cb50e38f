//! Files through a line that takes the time of its bits, under every flow control, whoever stops
//! whom: each byte arrives once, none while it is held, and none sooner than the wire allows.

#![allow(
    clippy::unwrap_used,
    reason = "a test panics to say that something is not as it should be"
)]

use std::time::Duration;

use quasimodem::ftp::{Event, Request};
use quasimodem::line::{HostSignal, LineId};
use quasimodem::modem::{Input, Modem, Output};
use quasimodem::profile::Profile;
use quasimodem::time::SimTime;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const LINE: LineId = LineId::FIRST;
const BAUDS: [u32; 4] = [1200, 9600, 57_600, 115_200];

struct Bench {
    modem: Modem,
    now: SimTime,
    chance: ChaCha8Rng,
    /// `AT+IFC`, both ways.
    ifc: u8,
    escapes: bool,
    /// From the module, as it came.
    heard: Vec<u8>,
    /// To the server, and how much of it was not reported as sent.
    stored: Vec<u8>,
    unsent: usize,
    /// What the server may send.
    wanted: usize,
}

impl Bench {
    fn new(seed: u64) -> (Self, u32) {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut profile = Profile::default().instant();
        let baud = BAUDS[chance.next_u32() as usize % BAUDS.len()];
        let (ifc, escapes) = ((seed % 3) as u8, chance.next_u32().is_multiple_of(2));
        profile.timing.pace_uart = true;
        profile.v250.echo = false;
        profile.v250.ipr = baud;
        profile.v250.ifc = ifc;
        profile.quirks.flow_escape = escapes;
        profile.ftp.window = 1024;
        let (modem, now) = (Modem::new(&profile, 1, seed), SimTime::ZERO);
        let (heard, stored) = (Vec::new(), Vec::new());
        let (unsent, wanted, escapes) = (0, 0, escapes && ifc == 1);
        let bench = Self { modem, now, chance, ifc, escapes, heard, stored, unsent, wanted };
        (bench, baud)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.chance.next_u64() as usize % bound
    }

    fn input(&mut self, input: Input<'_>) {
        self.modem.handle(self.now, input);
        while let Some(output) = self.modem.poll_output() {
            match output {
                Output::Line(_, bytes) => {
                    self.modem.handle(self.now, Input::Written(LINE, bytes.len()));
                    self.heard.extend(bytes);
                }
                Output::Ftp(Request::Send(bytes)) => {
                    self.unsent += bytes.len();
                    self.stored.extend(bytes);
                }
                Output::Ftp(Request::Pull(count)) => self.wanted += count,
                _ => {}
            }
        }
    }

    fn pass(&mut self, millis: usize) {
        let end = self.now + Duration::from_millis(millis as u64);
        while let Some(due) = self.modem.poll_timeout().filter(|&due| due <= end) {
            self.now = due;
            self.input(Input::Timeout);
        }
        self.now = end;
    }

    fn report_sent(&mut self) {
        let count = std::mem::take(&mut self.unsent);
        if count > 0 {
            self.input(Input::Ftp(Event::Sent(count)));
        }
    }

    /// As much at a time as the module takes, in pieces, while the server reads now and then.
    fn send(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let count = self.modem.room(LINE).min(bytes.len()).min(1 + self.below(300));
            self.input(Input::Line(LINE, &bytes[..count]));
            bytes = &bytes[count..];
            let millis = self.below(30);
            self.pass(millis);
            if self.below(4) == 0 {
                self.report_sent();
            }
        }
    }

    /// What was heard and what it means, and nothing is left.
    fn take_heard(&mut self) -> Vec<u8> {
        let heard = std::mem::take(&mut self.heard);
        if self.ifc != 1 {
            return heard;
        }
        let mut bytes = heard.into_iter().filter(|byte| ![0x11, 0x13].contains(byte));
        let mut meant = Vec::new();
        while let Some(byte) = bytes.next() {
            match byte {
                0x77 if self.escapes => meant.push(!bytes.next().unwrap()),
                byte => meant.push(byte),
            }
        }
        meant
    }

    /// The same, but for the first byte of two that is all that came of them.
    fn take_heard_whole(&mut self) -> Vec<u8> {
        let cut = self.escapes && self.heard.ends_with(b"\x77");
        let half = cut.then(|| self.heard.pop()).flatten();
        let meant = self.take_heard();
        self.heard.extend(half);
        meant
    }

    fn expect(&mut self, text: &str) {
        self.pass(2000);
        assert_eq!(self.take_heard().escape_ascii().to_string(), text.escape_debug().to_string());
    }

    /// Stops the module, or lets it go on.
    fn hold(&mut self, on: bool) {
        match self.ifc {
            0 => {}
            1 => self.input(Input::Line(LINE, if on { b"\x13" } else { b"\x11" })),
            _ => self.input(Input::Signal(LINE, HostSignal::Rts(!on))),
        }
    }

    /// Random bytes, but none that only an escape could bring through.
    fn file(&mut self) -> Vec<u8> {
        let mut file = vec![0; 1 + self.below(4000)];
        self.chance.fill_bytes(&mut file);
        let plain = self.ifc == 1 && !self.escapes;
        file.retain(|byte| *byte != b'+' && !(plain && [0x11, 0x13].contains(byte)));
        file.push(b'.');
        file
    }
}

/// As a host's library puts it on the wire.
fn escaped(file: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for &byte in file {
        match byte {
            0x11 | 0x13 | 0x77 => wire.extend([0x77, !byte]),
            byte => wire.push(byte),
        }
    }
    wire
}

#[test]
fn each_byte_of_a_file_passes_once_and_in_its_time() {
    for seed in 0..24 {
        let (mut bench, baud) = Bench::new(seed);
        let wire_time =
            |bytes: usize| Duration::from_secs_f64(bytes as f64 * 10.0 / f64::from(baud));
        bench.send(b"AT+QFTPOPEN=\"h\",21\r");
        bench.expect("\r\nOK\r\n");
        bench.input(Input::Ftp(Event::Opened));
        bench.expect("\r\n+QFTPOPEN:0\r\n");

        let file = bench.file();
        bench.send(format!("AT+QFTPPUT=\"f\",{}\r", file.len()).as_bytes());
        bench.expect("\r\nOK\r\n");
        bench.input(Input::Ftp(Event::DataOpen));
        bench.expect("\r\nCONNECT\r\n");
        let begun = bench.now;
        let wire = if bench.escapes { escaped(&file) } else { file.clone() };
        bench.send(&wire);
        while bench.stored.len() < file.len() {
            bench.report_sent();
            bench.pass(1);
        }
        assert!(bench.now.since(begun) >= wire_time(wire.len()), "seed {seed}: too soon");
        assert!(bench.stored == file, "seed {seed}: another file");
        bench.report_sent();
        bench.input(Input::Ftp(Event::Done));
        bench.expect(&format!("\r\n+QFTPPUT:{}\r\n", file.len()));

        let file = bench.file();
        bench.send(b"AT+QFTPGET=\"f\"\r");
        bench.expect("\r\nOK\r\n");
        bench.input(Input::Ftp(Event::DataOpen));
        bench.expect("\r\nCONNECT\r\n");
        let begun = bench.now;
        let mut rest = &file[..];
        while !rest.is_empty() {
            let count = bench.wanted.min(rest.len());
            if count > 0 {
                bench.wanted -= count;
                bench.input(Input::Ftp(Event::Data(rest[..count].to_vec())));
                rest = &rest[count..];
            }
            let millis = bench.below(60);
            bench.pass(millis);
            if bench.ifc != 0 && bench.below(3) == 0 {
                bench.hold(true);
                // XOFF takes its time on the wire, and so does the piece that is on it.
                bench.pass(40);
                let heard = bench.heard.len();
                bench.pass(200);
                assert_eq!(bench.heard.len(), heard, "seed {seed}: not held");
                bench.hold(false);
            }
        }
        bench.input(Input::Ftp(Event::Done));
        let mut heard = Vec::new();
        while heard.len() < file.len() {
            bench.pass(1);
            heard.extend(bench.take_heard_whole());
        }
        assert!(bench.now.since(begun) >= wire_time(file.len()), "seed {seed}: too soon");
        assert!(heard == file, "seed {seed}: another file");
        bench.expect(&format!("\r\n+QFTPGET:{}\r\n", file.len()));
    }
}
