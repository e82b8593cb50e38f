//! How host programs that work with real modules take an answer apart, fed with what the core says.
//!
//! Each parser below breaks if a byte of it differs. The ways are those of firmware in the field;
//! the code is ours.

#![allow(clippy::unwrap_used, reason = "a test is not the core")]

use quasimodem::dialect::Dialect;
use quasimodem::ftp::{Event, Failure, Request};
use quasimodem::line::LineId;
use quasimodem::modem::{Input, Modem, Output};
use quasimodem::profile::{DialectName, Profile};
use quasimodem::time::SimTime;

/// A file with a line end, a word of the module's and every byte in it.
fn file() -> Vec<u8> {
    let every_byte: Vec<u8> = (0..=255).collect();
    [b"\r\nOK\r\n".as_slice(), &every_byte].concat()
}

/// Waits for whole results, their line ends included, by looking for them anywhere.
#[test]
fn results_stand_there_as_whole_strings() {
    let mut host = Host::new();
    host.say("ATE0");
    for (typed, result) in [
        (r#"AT+QFTPCFG=1,0"#, "+QFTPCFG:0\r\n"),
        (r#"AT+QFTPPATH="/""#, "+QFTPPATH:0\r\n"),
        (r#"AT+QFTPOPEN="h",21"#, "+QFTPOPEN:0\r\n"),
        (r#"AT+QFTPPATH="a""#, "+QFTPPATH:0\r\n"),
        (r#"AT+QFTPCLOSE"#, "+QFTPCLOSE:0\r\n"),
    ] {
        let answer = host.say(typed);
        let found: Vec<usize> = places(&answer, result.as_bytes()).collect();
        assert_eq!(found, [b"\r\nOK\r\n\r\n".len()], "{typed}: {}", answer.escape_ascii());
        assert_eq!(answer.len(), found[0] + result.len(), "{typed}");
    }
}

/// A line is what follows an LF that no CR follows, up to the next CR: that needs the line
/// end before every answer as well as the one behind.
#[test]
fn lines_begin_behind_a_line_feed_that_no_carriage_return_follows() {
    let mut host = Host::new();
    let mut lines = Vec::new();
    for typed in [
        "ATE0",
        "ATI",
        "AT+CSQ;+CREG?",
        "AT+NONE",
        r#"AT+QFTPUSER="u""#,
        r#"AT+QFTPOPEN="h",21"#,
        "AT+QFTPSTAT",
        r#"AT+QFTPGET="missing""#,
        "AT+QFTPCLOSE",
    ] {
        lines.extend(lines_of(&host.say(typed)));
    }
    let expected = [
        "OK",
        "Quectel_Ltd",
        "Quectel_M10",
        "Revision: M10R01A01",
        "OK",
        "+CSQ: 28,0",
        "+CREG: 0,1",
        "OK",
        "ERROR",
        "OK",
        "OK",
        "+QFTPOPEN:0",
        "+QFTPSTAT: OPENED",
        "OK",
        "OK",
        "+QFTPGET:-550",
        "OK",
        "+QFTPCLOSE:0",
    ];
    assert_eq!(lines, expected);
}

/// Any line with a full stop in it is the address, so nothing else may have one.
#[test]
fn address_is_the_line_with_a_full_stop() {
    let mut host = Host::new();
    let mut dotted = Vec::new();
    for typed in ["ATE0", "AT+QIREGAPP", "AT+QIACT", "AT+QILOCIP", "AT+QISTAT", "AT+QIDEACT"] {
        let answer = host.say(typed);
        let lines = lines_of(&answer).into_iter().filter(|line| line.contains('.'));
        dotted.extend(lines.map(|line| (typed, line)));
    }
    assert_eq!(dotted, [("AT+QILOCIP", "10.180.217.206".to_owned())]);
}

/// Looks for `CONNECT`; the file begins 9 bytes behind its first letter, or behind the LF
/// that ends its line, and there the result begins when the file is over.
#[test]
fn file_begins_nine_bytes_behind_connect_and_ends_before_the_result() {
    let mut host = Host::new();
    host.say("ATE0");
    host.say(r#"AT+QFTPOPEN="h",21"#);
    let answer = host.say(r#"AT+QFTPGET="f""#);
    let connect = places(&answer, b"CONNECT").next().unwrap();
    assert_eq!(answer[..connect].escape_ascii().to_string(), r"\r\nOK\r\n\r\n");
    let by_count = &answer[connect + 9..];
    let line_end = places(&answer[connect..], b"\n").next().unwrap();
    assert_eq!(by_count, &answer[connect + line_end + 1..]);
    let (data, result) = by_count.split_at(file().len());
    assert_eq!(data, file());
    assert_eq!(result.escape_ascii().to_string(), format!(r"\r\n+QFTPGET:{}\r\n", file().len()));
}

/// `atoi` straight behind the colon, with which a blank does not matter; a minus sign there means a
/// failure, and is looked for as it is (`+QFTPGET:-`, `+QFTPPUT:-`).
#[test]
fn number_or_minus_sign_stands_straight_behind_the_colon() {
    let mut host = Host::new();
    host.say("ATE0");
    let refused = host.say(r#"AT+QFTPPUT="f",5"#);
    assert_eq!(after_colon(&refused, "+QFTPPUT"), (true, -1));
    let opened = host.say(r#"AT+QFTPOPEN="h",21"#);
    assert_eq!(after_colon(&opened, "+QFTPOPEN"), (false, 0));
    let missing = host.say(r#"AT+QFTPGET="missing""#);
    assert_eq!(after_colon(&missing, "+QFTPGET"), (true, -550));
    let got = host.say(r#"AT+QFTPGET="f""#);
    assert_eq!(after_colon(&got, "+QFTPGET"), (false, i64::try_from(file().len()).unwrap()));
    host.say(r#"AT+QFTPPUT="f",5"#);
    let put = host.send(b"hello");
    assert_eq!(after_colon(&put, "+QFTPPUT"), (false, 5));
    let refused = host.say(r#"AT+QFTPPUT="readonly",5"#);
    assert_eq!(after_colon(&refused, "+QFTPPUT"), (true, -553));
}

/// Buffers of 128 bytes: no line of the module is longer than 100 where the host has not made it so.
#[test]
fn no_line_is_longer_than_100_bytes() {
    let longest = Dialect::of(DialectName::GsmV101).commands().flat_map(|row| {
        let forms = [
            row.test.map(|_| "=?"),
            row.read.map(|_| "?"),
            row.exec.map(|_| ""),
            row.is_basic().then_some(""),
        ];
        forms.into_iter().flatten().flat_map(|form| {
            let mut host = Host::new();
            host.say("ATE0");
            lines_of(&host.say(&format!("AT{}{form}", row.name)))
        })
    });
    let longest = longest.max_by_key(String::len).unwrap();
    assert!(longest.len() <= 100, "{longest}");
    assert!(longest.len() > 40, "the longest that was seen is {longest}");
}

/// What follows each LF that no CR follows, up to the next CR.
fn lines_of(bytes: &[u8]) -> Vec<String> {
    let begins = places(bytes, b"\n").map(|at| &bytes[at + 1..]);
    let begins = begins.filter(|rest| !rest.is_empty() && !rest.starts_with(b"\r"));
    begins
        .map(|rest| {
            let end = places(rest, b"\r").next().unwrap();
            String::from_utf8(rest[..end].to_vec()).unwrap()
        })
        .collect()
}

/// Whether `NAME:-` is there, and what C's `atoi` makes of the text behind `NAME:`.
fn after_colon(bytes: &[u8], name: &str) -> (bool, i64) {
    let colon = places(bytes, format!("{name}:").as_bytes()).next().unwrap() + name.len() + 1;
    let text = bytes[colon..].trim_ascii_start();
    let digits = usize::from(text.starts_with(b"-"))
        + text
            .iter()
            .skip(usize::from(text.starts_with(b"-")))
            .take_while(|b| b.is_ascii_digit())
            .count();
    let number = str::from_utf8(&text[..digits]).unwrap().parse().unwrap();
    (bytes[colon..].starts_with(b"-"), number)
}

/// Where `needle` stands, from left to right.
fn places<'a>(bytes: &'a [u8], needle: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    (0..bytes.len()).filter(move |&at| bytes[at..].starts_with(needle))
}

/// A host at a module, and a server that has the file `f`, none called `missing`, and refuses to
/// store `readonly`.
struct Host {
    modem: Modem,
    now: SimTime,
    answer: Vec<u8>,
}

impl Host {
    fn new() -> Self {
        let modem = Modem::new(&Profile::default().instant(), 1, 0);
        Self { modem, now: SimTime::ZERO, answer: Vec::new() }
    }

    /// A command and all that the module says to it.
    fn say(&mut self, command: &str) -> Vec<u8> {
        self.send(format!("{command}\r").as_bytes())
    }

    fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.hand(Input::Line(LineId::FIRST, bytes));
        while let Some(due) = self.modem.next_delivery() {
            self.now = due.max(self.now);
            self.hand(Input::Timeout);
        }
        std::mem::take(&mut self.answer)
    }

    fn hand(&mut self, input: Input<'_>) {
        self.modem.handle(self.now, input);
        while let Some(output) = self.modem.poll_output() {
            match output {
                Output::Line(line, bytes) => {
                    let count = bytes.len();
                    self.answer.extend(bytes);
                    self.modem.handle(self.now, Input::Written(line, count));
                }
                Output::Ftp(request) => {
                    for event in serve(&request) {
                        self.modem.handle(self.now, Input::Ftp(event));
                    }
                }
                _ => {}
            }
        }
    }
}

fn serve(request: &Request) -> Vec<Event> {
    match request {
        Request::Open(_) => vec![Event::Opened],
        Request::ChangeDirectory(_) => vec![Event::DirectoryChanged],
        Request::Retrieve(job) if job.path == b"missing" => {
            vec![Event::Failed(Failure::Reply(550))]
        }
        Request::Retrieve(_) => vec![Event::DataOpen, Event::Data(file()), Event::Done],
        Request::Store(job) if job.path == b"readonly" => vec![Event::Failed(Failure::Reply(553))],
        Request::Store(_) => vec![Event::DataOpen],
        Request::Send(bytes) => vec![Event::Sent(bytes.len())],
        Request::EndOfFile => vec![Event::Done],
        Request::Close => vec![Event::Closed],
        Request::Abort | Request::Drop | Request::Pull(_) => vec![],
    }
}
