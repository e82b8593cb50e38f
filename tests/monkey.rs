//! Random input against the core: what holds for every module holds whatever comes.
//!
//! Two monkeys. The rude one sends anything at any time and breaks every contract it can; the
//! module must stay whole, bounded and answerable. The polite one keeps the contracts of the port
//! and of [`Modem::room`]; a small model beside it knows what must come out: every command line
//! answered once, every byte of every file once, no late result too soon. Each run is made twice
//! and must give the same outputs. A failure names seed and step.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use quasimodem::ftp::{Event, Failure, Request};
use quasimodem::line::{HostSignal, LineId};
use quasimodem::modem::{Input, Modem, Output};
use quasimodem::profile::Profile;
use quasimodem::time::SimTime;
use quasimodem::world::World;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const LINES: u8 = 2;
/// The module's bound on unread replies, and that with the burst that crosses it.
const UNREAD_BOUND: usize = 65_536;
const UNREAD: usize = UNREAD_BOUND + 4096;
/// The same on a wire that takes time: what has left and was not read.
const UNTAKEN_BOUND: usize = 4096;

/// What goes wrong, at every seam and in every way; some for ever.
const RULES: [&str; 26] = [
    r#"at = "line-in", do = { delay = "70ms" }, times = 0"#,
    r#"at = "line-in", do = { drop = 3 }, when = { probability = 0.5 }, times = 9"#,
    r#"at = "line-in", do = { corrupt = { bits = 5 } }, when = { after_bytes = 7 }"#,
    r#"at = "line-in", do = { duplicate = 9 }, when = { state = "online data" }"#,
    r#"at = "line-in", do = { garble = 9600 }, times = 0, when = { nth = 3 }"#,
    r#"at = "line-in", do = { stall = "2s" }, when = { command = "AT+QFTP*" }"#,
    r#"at = "line-in", do = { truncate = 5 }, when = { line = 2 }"#,
    r#"at = "line-in", do = { inject = "+++" }, when = { state = "online data", after_bytes = 3 }"#,
    r#"at = "line-in", do = { world = "reset" }, when = { command = "AT+QFTPPUT*" }"#,
    r#"at = "line-out", do = { delay = "1s" }, times = 5"#,
    r#"at = "line-out", do = { drop = 2 }, when = { after_bytes = 1 }, times = 0"#,
    r#"at = "line-out", do = { truncate = 4 }, when = { command = "AT+*" }, times = 3"#,
    r#"at = "line-out", do = { inject = "RING" }, times = 0, when = { probability = 0.3 }"#,
    r#"at = "line-out", do = { urc = "+PDP DEACT" }, times = 4"#,
    r#"at = "line-out", do = { world = "brown-out" }, when = { after_bytes = 3 }"#,
    r#"at = "ftp-request", do = { delay = "3s" }, times = 3"#,
    r#"at = "ftp-request", do = "silence", when = { nth = 4 }"#,
    r#"at = "ftp-request", do = { fail = "425" }, when = { operation = "s*" }"#,
    r#"at = "ftp-request", do = { fail = "dns" }, when = { probability = 0.2 }, times = 0"#,
    r#"at = "ftp-request", do = { cut = "rst" }, when = { operation = "send", after_bytes = 20 }"#,
    r#"at = "ftp-request", do = { short-write = 3 }, when = { operation = "send" }, times = 0"#,
    r#"at = "ftp-request", do = { world = "bearer-lost" }, when = { operation = "send" }"#,
    r#"at = "ftp-event", do = { cut = "fin" }, when = { operation = "data", after_bytes = 9 }"#,
    r#"at = "ftp-event", do = { fail = "550" }, times = 2"#,
    r#"at = "ftp-event", do = { throttle = 100 }, when = { operation = "sent" }"#,
    r#"at = "clock", do = { world = "sim-removed" }, when = { after = "9s" }, times = 0"#,
];

#[test]
fn a_rude_world_does_not_break_the_module() {
    for seed in 0..6 {
        let run = || rude::run(seed, 8_000);
        assert_eq!(run(), run(), "seed {seed} gives two outputs");
    }
}

#[test]
fn a_polite_world_gets_every_answer_and_every_byte_once() {
    let mut totals = [0; 5];
    for seed in 100..108 {
        let run = || polite::run(seed, 16_000);
        let tally = run();
        assert_eq!(tally, run(), "seed {seed} gives two outputs");
        for (total, count) in totals.iter_mut().zip(tally.counts) {
            *total += count;
        }
    }
    // A monkey that gets nowhere tests nothing.
    assert!(totals.iter().all(|&total| total >= 100), "{totals:?}");
}

#[test]
fn a_file_that_waits_to_be_read_takes_no_room_from_replies() {
    let mut bench = Bench::new(&Profile::default().instant(), 0);
    let line = LineId::FIRST;
    bench.input(Input::Line(line, b"ATE0\rAT+QFTPOPEN=\"h\",21\r"));
    bench.input(Input::Ftp(Event::Opened));
    for _ in 0..2 {
        bench.read_all();
        bench.advance(Duration::from_secs(1));
    }
    bench.input(Input::Line(line, b"AT+QFTPGET=\"f\"\r"));
    bench.input(Input::Ftp(Event::DataOpen));
    for _ in 0..2 {
        bench.read_all();
        bench.advance(Duration::from_secs(1));
    }
    bench.input(Input::Ftp(Event::Data(vec![0xFF; 65_536])));
    bench.advance(Duration::from_secs(1));
    bench.input(Input::Line(line, b"+++"));
    bench.advance(Duration::from_secs(1));
    bench.input(Input::Line(line, b"AT\r"));
    let unread: Vec<u8> = bench.unread[0].iter().copied().collect();
    assert_eq!(unread.len(), 65_536 + 12);
    assert_eq!(unread[65_536..].escape_ascii().to_string(), r"\r\nOK\r\n\r\nOK\r\n");
}

/// A module, its clock, and what its hosts have not read yet.
struct Bench {
    modem: Modem,
    now: SimTime,
    unread: [VecDeque<u8>; LINES as usize],
    requests: VecDeque<Request>,
    /// When something last came out of a line or left on its wire, before this input.
    busy: [SimTime; LINES as usize],
    outputs: DefaultHasher,
    /// Bytes that came out of each line with the last input.
    news: [Vec<u8>; LINES as usize],
    /// The last inputs and outputs, for a failure.
    recent: VecDeque<String>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.recent.iter().for_each(|line| eprintln!("{line}"));
        }
    }
}

impl Bench {
    fn new(profile: &Profile, seed: u64) -> Self {
        Self {
            modem: Modem::new(profile, LINES, seed),
            now: SimTime::ZERO,
            unread: Default::default(),
            requests: VecDeque::new(),
            busy: [SimTime::ZERO; LINES as usize],
            outputs: DefaultHasher::new(),
            news: Default::default(),
            recent: VecDeque::new(),
        }
    }

    fn note(&mut self, what: String) {
        self.recent.truncate(40);
        self.recent.push_front(what);
    }

    /// One input at this time, and all its outputs.
    fn input(&mut self, input: Input<'_>) {
        if let Input::Written(line, _) = input {
            self.busy[line.index()] = self.now;
        }
        self.note(format!("{} {}", self.now, shown(&input)));
        self.modem.handle(self.now, input);
        self.news.iter_mut().for_each(Vec::clear);
        let mut count = 0;
        while let Some(output) = self.modem.poll_output() {
            count += 1;
            assert!(count < 10_000, "outputs do not end");
            self.now.hash(&mut self.outputs);
            let shown = match &output {
                Output::Line(line, bytes) => format!("{line}< {}", bytes.escape_ascii()),
                Output::Signal(line, signal) => format!("{line}!< {signal}"),
                Output::Ftp(Request::Send(bytes)) => format!("ftp> {}", bytes.escape_ascii()),
                Output::Ftp(request) => format!("ftp> {request:?}"),
                output @ (Output::Resolve(_)
                | Output::NameServers(_)
                | Output::Kept(_)
                | Output::Fired(_)) => {
                    format!("{output:?}")
                }
            };
            shown.hash(&mut self.outputs);
            self.note(shown);
            match output {
                Output::Line(line, bytes) => {
                    assert!(!bytes.is_empty());
                    self.news[line.index()].extend(&bytes);
                    self.unread[line.index()].extend(bytes);
                }
                Output::Signal(..) => {}
                Output::Ftp(request) => self.requests.push_back(request),
                Output::Resolve(_)
                | Output::NameServers(_)
                | Output::Kept(_)
                | Output::Fired(_) => {}
            }
        }
        // What is due has taken place, and nothing takes place twice.
        assert!(self.modem.poll_timeout().is_none_or(|due| due > self.now), "due, and not done");
        assert_eq!(self.modem.poll_output(), None);
    }

    /// Time passes, straight over whatever is due within it.
    fn advance(&mut self, span: Duration) {
        self.now = self.now + span;
        self.input(Input::Timeout);
    }

    /// The host reads so much.
    fn read(&mut self, line: LineId, count: usize) -> Vec<u8> {
        let unread = &mut self.unread[line.index()];
        let read: Vec<u8> = unread.drain(..count.min(unread.len())).collect();
        self.input(Input::Written(line, read.len()));
        read
    }

    /// All hosts read all there is.
    fn read_all(&mut self) {
        for line in lines() {
            while !self.unread[line.index()].is_empty() {
                self.read(line, usize::MAX);
            }
        }
    }

    fn state(&self, line: LineId) -> &'static str {
        self.modem.snapshot().lines[line.index()].state
    }
}

fn shown(input: &Input<'_>) -> String {
    match input {
        Input::Line(line, bytes) => format!("{line}> {}", bytes.escape_ascii()),
        Input::Written(line, count) => format!("{line}= {count}"),
        Input::Ftp(Event::Data(bytes)) => format!("ftp< {} bytes", bytes.len()),
        Input::Ftp(event) => format!("ftp< {event:?}"),
        input => format!("{input:?}"),
    }
}

fn lines() -> impl Iterator<Item = LineId> {
    (1..=LINES).filter_map(LineId::new)
}

/// Dice.
struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.next_u64() % bound as u64).unwrap()
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.0.next_u32().to_le_bytes()[0]).collect()
    }

    /// Nothing, or a breath, or as long as a guard time, or minutes.
    fn span(&mut self) -> Duration {
        let micros = match self.below(10) {
            0 | 1 => 0,
            2 => self.below(1_000),
            3..6 => self.below(60_000),
            6 => *self.pick(&[49_999, 50_000, 50_001, 499_999, 500_000, 500_001, 1_000_000]),
            7 => self.below(2_000_000),
            8 => self.below(20_000_000),
            _ => self.below(200_000_000),
        };
        Duration::from_micros(micros as u64)
    }

    fn failure(&mut self) -> Failure {
        *self.pick(&[
            Failure::Dns,
            Failure::Network,
            Failure::ControlClosed,
            Failure::DataClosed,
            Failure::Timeout,
            Failure::Reply(421),
            Failure::Reply(550),
            Failure::Reply(599),
        ])
    }
}

/// Says where it happened, whatever panics.
struct Place {
    seed: u64,
    step: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, step {}", self.seed, self.step);
        }
    }
}

mod rude {
    use super::*;

    const COMMANDS: &[&str] = &[
        "AT",
        "ATI",
        "A/",
        "ATZ",
        "AT&F",
        "ATO",
        "ATE%",
        "ATV%",
        "ATQ%",
        "ATS3=%",
        "ATS4=%",
        "ATS5=%",
        "ATS3?S4?S5?",
        "AT+QFTPOPEN=\"h\",%",
        "AT+QFTPOPEN=\"h\",21",
        "AT+QFTPCLOSE",
        "AT+QFTPPUT=\"f\",%",
        "AT+QFTPPUT=\"f\",20,%",
        "AT+QFTPGET=\"f\"",
        "AT+QFTPPATH=\"p%\"",
        "AT+QFTPPATH?",
        "AT+QFTPUSER=\"u%\"",
        "AT+QFTPCFG=%,%",
        "AT+QFTPCFG=3",
        "AT+QFTPSTAT;+QFTPGET=\"f\";+QFTPCLOSE;I",
        "AT+QIFGCNT=%",
        "AT+QICSGP=1,\"apn\"",
        "AT+QIDEACT",
        "AT&C%",
        "AT&D%",
    ];

    pub fn run(seed: u64, steps: usize) -> u64 {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let mut profile = Profile::default();
        profile.ftp.window = *chance.pick(&[1024, 4096, 65_536]);
        profile.quirks.escape_ends_transfer = chance.one_in(2);
        if seed.is_multiple_of(2) {
            profile = profile.instant();
        }
        let mut bench = Bench::new(&profile, seed);
        let mut place = Place { seed, step: 0 };
        // A host that reads nothing for all its life.
        let deaf = seed % 3 == 2;
        let mut most = 0;
        for step in 0..steps {
            place.step = step;
            let line = *chance.pick(&lines().collect::<Vec<_>>());
            match chance.below(20) {
                0..5 => {
                    let bytes = typed(&mut chance);
                    bench.input(Input::Line(line, &bytes));
                }
                5 => {
                    let count = chance.below(3000);
                    let bytes = chance.bytes(count);
                    bench.input(Input::Line(line, &bytes));
                }
                6 => bench.input(Input::Line(line, &b"+++++"[..chance.below(6)])),
                7..11 => {
                    let event = event(&mut chance);
                    bench.input(Input::Ftp(event));
                }
                // Where nobody reads, the bound of what waits is looked at, which these would hide.
                11 if deaf && chance.one_in(4) => bench.input(Input::World(World::BearerLost)),
                11 if !deaf && chance.one_in(4) => {
                    let words: Vec<String> = World::words().filter(|word| word != "hang").collect();
                    let world = chance.pick(&words).parse().unwrap();
                    bench.input(Input::World(world));
                }
                11 if !deaf && chance.one_in(4) => {
                    let rule =
                        format!("{{ name = \"{}\", {} }}", chance.below(5), chance.pick(&RULES));
                    bench.input(Input::AddRule(Box::new(rule.parse().unwrap())));
                }
                11 => bench.input(Input::LineClosed(line)),
                12 if chance.one_in(3) => {
                    let on = chance.one_in(2);
                    let signals = [HostSignal::Dtr(on), HostSignal::Rts(on), HostSignal::Break];
                    bench.input(Input::Signal(line, *chance.pick(&signals)));
                }
                12 => bench.input(Input::LineOpened(line)),
                13..17 if deaf => bench.input(Input::Line(line, b"\natIIII\n")),
                13..16 => {
                    let count = chance.below(200);
                    bench.read(line, count);
                }
                16 if chance.one_in(10) => bench.read_all(),
                // More than there is.
                16 => {
                    let count = bench.unread[line.index()].len();
                    bench.read(line, count);
                    bench.input(Input::Written(line, chance.below(10_000)));
                }
                17 => {
                    if let Some(due) = bench.modem.poll_timeout() {
                        bench.now = due;
                        bench.input(Input::Timeout);
                    }
                }
                _ => bench.advance(chance.span()),
            }
            if step % 100 == 0 {
                for unread in &bench.unread {
                    // Where nobody reads no file comes; elsewhere its bytes are marked.
                    let replies = unread.iter().filter(|byte| deaf || **byte < 0x80).count();
                    assert!(replies <= UNREAD, "{replies} bytes of replies wait");
                    most = most.max(replies);
                }
            }
        }
        // The bound was met where nobody read, and kept.
        if profile.timing.pace_uart {
            assert!(most < UNTAKEN_BOUND + 16, "{most} bytes of replies waited");
            assert!(most >= UNTAKEN_BOUND || !deaf, "at most {most} bytes of replies waited");
        } else {
            assert_eq!(most >= UNREAD_BOUND, deaf, "at most {most} bytes of replies waited");
        }
        recover(&mut bench);
        bench.outputs.finish()
    }

    fn typed(chance: &mut Chance) -> Vec<u8> {
        let mut line = String::new();
        for c in chance.pick(COMMANDS).chars() {
            let number = *chance.pick(&[0, 1, 2, 3, 9, 13, 65, 84, 128, 65_535]);
            match c {
                '%' => line += &number.to_string(),
                c => line.push(c),
            }
        }
        let mut line = line.into_bytes();
        // Damage, now and then.
        if chance.one_in(6) {
            let at = chance.below(line.len());
            line[at] = chance.bytes(1)[0];
        }
        if chance.one_in(6) {
            line.truncate(chance.below(line.len()));
        }
        line.extend(*chance.pick(&[&b"\r"[..], b"\n", b"\r\n", b""]));
        line
    }

    fn event(chance: &mut Chance) -> Event {
        match chance.below(24) {
            0 => Event::Reply(220),
            1..6 => Event::Opened,
            6 => Event::DirectoryChanged,
            7..12 => Event::DataOpen,
            12..14 => Event::Sent(chance.below(3000)),
            14..17 => {
                let count = chance.below(2000);
                Event::Data(chance.bytes(count).iter().map(|byte| byte | 0x80).collect())
            }
            17..19 => Event::Done,
            19 => Event::Aborted,
            20 => Event::Closed,
            21 => Event::Failed(chance.failure()),
            22 => Event::Warned(chance.failure()),
            _ => Event::Lost(chance.failure()),
        }
    }

    /// Whatever was set and wherever each line is: when all is over, `AT` is answered.
    fn recover(bench: &mut Bench) {
        for number in 0..5 {
            bench.input(Input::RemoveRule(number.to_string()));
        }
        bench.input(Input::Ftp(Event::Lost(Failure::ControlClosed)));
        for _ in 0..200 {
            bench.read_all();
            bench.advance(Duration::from_secs(1));
        }
        if !bench.modem.snapshot().on {
            bench.input(Input::World(World::PowerKey));
            bench.advance(Duration::from_secs(60));
            bench.read_all();
        }
        // No letter of these can be the terminator and the editing character at once.
        for line in lines() {
            for reset in ["\n", "ATZ\n", "atz\n", "AT&F\n", "at&f\n", "\nATE0\n"] {
                bench.input(Input::Line(line, reset.as_bytes()));
                bench.read_all();
                bench.advance(Duration::from_secs(10));
                bench.read_all();
            }
            bench.input(Input::Line(line, b"AT\r"));
            if bench.news[line.index()].is_empty() {
                bench.advance(Duration::from_millis(100));
            }
            let answer = bench.news[line.index()].escape_ascii().to_string();
            assert_eq!(answer, r"\r\nOK\r\n", "line {line} in {:?}", bench.modem.snapshot());
            bench.read_all();
        }
    }
}

mod polite {
    use super::*;

    const GUARD: Duration = Duration::from_millis(500);
    const SPACING: Duration = Duration::from_secs(1);
    const GAP: Duration = Duration::from_millis(50);

    const COMMANDS: &[&str] = &[
        "AT",
        "at",
        "ATX",
        "AT+QFTPSTAT",
        "AT+QFTPSTAT;+QFTPPATH?;+QFTPCFG=3",
        "AT+QFTPOPEN?",
        "AT+QFTPOPEN=\"192.0.2.7\",21",
        "AT+QFTPOPEN=\"h\",21",
        "AT+QFTPOPEN=\"h\",21",
        "AT+QFTPOPEN=\"h\"",
        "AT+QFTPPATH=\"/a/\"",
        "AT+QFTPUSER=\"u\"",
        "AT+QFTPPASS?",
        "AT+QFTPCFG=3,7",
        "AT+QFTPCFG=1,5",
        "AT+QIFGCNT=0",
    ];
    /// What ends a session, and so comes less often.
    const ENDS: &[&str] = &["AT+QFTPCLOSE", "AT+QIDEACT"];
    /// What the module says late, and how it goes on.
    const LATE: &[&str] =
        &["+QFTPOPEN:", "+QFTPCLOSE:", "+QFTPPUT:", "+QFTPGET:", "+QFTPERROR:", "+PDP DEACT"];

    pub fn run(seed: u64, steps: usize) -> Tally {
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let mut profile = Profile::default();
        profile.v250.echo = false;
        profile.ftp.window = *chance.pick(&[1024, 1500, 4096]);
        let instant = seed.is_multiple_of(2);
        if instant {
            profile = profile.instant();
        }
        // This host reads and answers by the moment; what takes time on the wire has its own test.
        profile.timing.pace_uart = false;
        // A faithful module holds no more than a quarter of a second's worth.
        let window = if instant { profile.ftp.window } else { profile.ftp.window.min(1093) };
        let mut play = Play {
            bench: Bench::new(&profile, seed),
            chance,
            hosts: lines().map(Host::new).collect(),
            client: Client::default(),
            window,
            tally: Tally::default(),
        };
        let mut place = Place { seed, step: 0 };
        for step in 0..steps {
            place.step = step;
            play.step();
        }
        play.finish();
        play.tally.outputs = play.bench.outputs.finish();
        play.tally
    }

    /// What a run came to: that the monkey got anywhere is part of the test.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Tally {
        pub outputs: u64,
        /// Answers, uploads, downloads, escapes, resumptions.
        pub counts: [usize; 5],
    }

    /// Everybody there is.
    struct Play {
        bench: Bench,
        chance: Chance,
        hosts: Vec<Host>,
        client: Client,
        window: usize,
        tally: Tally,
    }

    /// The host of a line, and what it knows.
    struct Host {
        line: LineId,
        /// The line's state after the last input.
        was: &'static str,
        /// Command lines and escapes, and their final results; `ATO` apart.
        asked: usize,
        answered: usize,
        /// `CONNECT` and `NO CARRIER`.
        connects: usize,
        /// `AT+QFT` stands in the editor.
        half_typed: bool,
        /// Since when the line is in data state, and what was sent there since: the last byte
        /// that is no plus, and all pluses behind it. They may still turn out to be an escape.
        entered: SimTime,
        tail: Vec<(SimTime, u8)>,
        /// The host does not know when the silence on its line began.
        unsure: bool,
        /// Bytes of an old file that the host has not read.
        stale: usize,
    }

    /// The FTP client, and the file under way there.
    #[derive(Default)]
    struct Client {
        session: Session,
        /// Whose upload of how many bytes is under way.
        upload: Option<(LineId, usize)>,
        /// What the host has sent, escapes left out: the file is as much of it as was announced.
        /// What the module handed on.
        sent: Vec<u8>,
        stored: Vec<u8>,
        unacknowledged: usize,
        /// Bytes that may be read from the server, what was read there, what of that came out of
        /// the line, and what of that the host has read.
        credit: usize,
        given: Vec<u8>,
        seen: usize,
        read: usize,
        /// Results that the module owes.
        results: Vec<(&'static str, usize)>,
    }

    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    enum Session {
        #[default]
        None,
        Opening,
        Idle,
        Preparing {
            upload: bool,
        },
        Storing,
        Finishing,
        Retrieving,
        Closing,
    }

    impl Host {
        fn new(line: LineId) -> Self {
            Self {
                line,
                was: "command",
                asked: 0,
                answered: 0,
                connects: 0,
                half_typed: false,
                entered: SimTime::ZERO,
                tail: Vec::new(),
                unsure: false,
                stale: 0,
            }
        }

        /// Whether what was sent is an escape by `now`: silence, three pluses, silence.
        fn has_escaped(&self, now: SimTime) -> bool {
            let mut last = self.entered;
            let mut at = 0;
            while at < self.tail.len() {
                let (time, byte) = self.tail[at];
                if byte != b'+' || time.since(last) < GUARD {
                    last = time;
                    at += 1;
                    continue;
                }
                let mut run = 1;
                while run < 3
                    && self.tail.get(at + run).is_some_and(|(next, byte)| {
                        *byte == b'+' && next.since(self.tail[at + run - 1].0) < SPACING
                    })
                {
                    run += 1;
                }
                last = self.tail[at + run - 1].0;
                at += run;
                let end = self.tail.get(at).map_or(now, |(next, _)| *next);
                if run == 3 && end.since(last) >= GUARD {
                    return true;
                }
            }
            false
        }

        fn sends_data(&mut self, now: SimTime, bytes: &[u8]) {
            for &byte in bytes {
                if byte != b'+' {
                    self.tail.clear();
                }
                self.tail.push((now, byte));
            }
            self.unsure = false;
        }
    }

    impl Play {
        fn step(&mut self) {
            let line = *self.chance.pick(&lines().collect::<Vec<_>>());
            match self.chance.below(14) {
                0..4 => self.host_acts(line),
                4..7 => self.client_acts(),
                7..9 => {
                    let part = 1 + self.chance.below(3000);
                    let count = if self.chance.one_in(2) { part } else { usize::MAX };
                    self.read(line, count);
                }
                9 if self.chance.one_in(300) => {
                    self.input(Input::World(World::BearerLost));
                }
                9 if self.chance.one_in(10) => {
                    self.hosts[line.index()].half_typed = false;
                    self.input(Input::LineClosed(line));
                    self.input(Input::LineOpened(line));
                }
                _ => self.pass(),
            }
        }

        /// Time passes: from event to event, or over them all, or to the next of them exactly.
        fn pass(&mut self) {
            let mut span = self.chance.span();
            // A host that waits for minutes again and again sees nothing but time limits.
            if span > Duration::from_secs(20) && !self.chance.one_in(100) {
                span /= 200;
            }
            let end = self.bench.now + span;
            let escaping = |host: &Host| matches!(host.tail.last(), Some((_, b'+')));
            match self.chance.below(8) {
                0 if !self.hosts.iter().any(escaping) => {
                    self.hosts.iter_mut().for_each(|host| host.unsure = true);
                    self.bench.now = end;
                    self.input(Input::Timeout);
                    self.hosts.iter_mut().for_each(|host| host.unsure = true);
                }
                1 => {
                    if let Some(due) = self.bench.modem.poll_timeout() {
                        self.bench.now = due;
                        self.input(Input::Timeout);
                    }
                }
                _ => self.until(end),
            }
        }

        /// Time passes from event to event.
        fn until(&mut self, end: SimTime) {
            while let Some(due) = self.bench.modem.poll_timeout().filter(|due| *due <= end) {
                self.bench.now = due;
                self.input(Input::Timeout);
            }
            self.bench.now = end;
            self.input(Input::Timeout);
        }

        /// The host reads so much, and the module is told so, perhaps in pieces.
        fn read(&mut self, line: LineId, count: usize) {
            let unread = &mut self.bench.unread[line.index()];
            let read: Vec<u8> = unread.drain(..count.min(unread.len())).collect();
            let half = self.chance.below(read.len() + 1);
            for piece in [&read[..half], &read[half..]] {
                let of_file = piece.iter().filter(|byte| **byte >= 0x80).count();
                let host = &mut self.hosts[line.index()];
                let stale = of_file.min(host.stale);
                host.stale -= stale;
                self.client.read += of_file - stale;
                self.input(Input::Written(line, piece.len()));
            }
        }

        fn host_acts(&mut self, line: LineId) {
            let state = self.bench.state(line);
            // A host that never falls silent is never told a late result.
            let waits =
                !matches!(self.bench.modem.snapshot().ftp.state, "IDLE" | "OPENED" | "CLOSED");
            if waits && state == "command" && !self.chance.one_in(15) {
                return;
            }
            match (state, self.chance.below(12)) {
                ("online data", 0 | 1) => self.escape(line),
                ("online data", _) => self.send_data(line),
                ("executing", 0..3) => self.command(line),
                ("executing", 3) if self.chance.one_in(20) => self.paste(line),
                ("executing", 3) => {}
                ("executing", _) => {}
                ("online command", 0..6) => self.resume(line),
                (_, 0) if self.chance.one_in(8) => self.resume(line),
                (_, 1) => self.half_line(line),
                (_, 2) => {
                    let host = &mut self.hosts[line.index()];
                    host.asked += usize::from(std::mem::take(&mut host.half_typed));
                    self.send(line, b"\r\n");
                }
                (_, 3) if self.chance.one_in(8) => self.send(line, b"+++"),
                (_, 3..8) => self.transfer(line),
                (_, 8) if self.chance.one_in(20) => self.paste(line),
                _ => self.command(line),
            }
        }

        /// As many lines as there is room for, in one piece.
        fn paste(&mut self, line: LineId) {
            let room = self.bench.modem.room(line);
            let mut typed = String::new();
            let host = &mut self.hosts[line.index()];
            loop {
                let command = self.chance.pick(COMMANDS);
                if typed.len() + command.len() + 1 > room {
                    break;
                }
                typed = typed + command + "\r";
                host.half_typed = false;
                host.asked += 1;
            }
            self.send(line, typed.as_bytes());
        }

        /// One line, whole; behind a half-typed one it makes one line with it.
        fn command(&mut self, line: LineId) {
            let rare = self.chance.one_in(60);
            let command = *self.chance.pick(if rare { ENDS } else { COMMANDS });
            let end = *self.chance.pick(&["\r", "\n", "\r\n"]);
            let typed = format!("{command}{end}");
            if self.bench.modem.room(line) >= typed.len() {
                let host = &mut self.hosts[line.index()];
                host.half_typed = false;
                host.asked += 1;
                self.send(line, typed.as_bytes());
            }
        }

        fn half_line(&mut self, line: LineId) {
            let host = &mut self.hosts[line.index()];
            host.half_typed = !host.half_typed;
            if host.half_typed {
                self.send(line, b"AT+QFT");
            } else {
                host.asked += 1;
                self.send(line, b"PCFG=1\r");
            }
        }

        fn transfer(&mut self, line: LineId) {
            if self.hosts[line.index()].half_typed {
                return self.half_line(line);
            }
            let sizes = [20, 20, 3000, 20_000];
            let most = *self.chance.pick(&sizes);
            let size = self.chance.below(most);
            let limit = *self.chance.pick(&["", ",5", ",60"]);
            let upload = self.chance.one_in(2);
            let typed = if upload {
                format!("AT+QFTPPUT=\"f\",{size}{limit}\r")
            } else {
                "AT+QFTPGET=\"f\"\r".to_owned()
            };
            let before = self.bench.modem.snapshot().ftp.state;
            self.hosts[line.index()].asked += 1;
            self.send(line, typed.as_bytes());
            let begun = before == "OPENED" && self.bench.modem.snapshot().ftp.state == "WORKING";
            if begun {
                self.client.upload = upload.then_some((line, size));
                self.client.sent.clear();
                self.client.stored.clear();
                self.client.unacknowledged = 0;
            }
        }

        fn resume(&mut self, line: LineId) {
            let host = &self.hosts[line.index()];
            if host.half_typed {
                return;
            }
            let before = host.connects;
            self.send(line, b"ATO\r");
            // Until it is answered nobody knows whether the next byte is data.
            while self.bench.state(line) == "executing" {
                self.bench.now = self.bench.modem.poll_timeout().unwrap();
                self.input(Input::Timeout);
            }
            assert_eq!(self.hosts[line.index()].connects, before + 1, "ATO on line {line}");
        }

        /// As the book has it, or nearly so; what it was the model knows.
        fn escape(&mut self, line: LineId) {
            for bytes in [&b"+++"[..], b""] {
                let span = 480_000 + self.chance.below(60_000) as u64;
                self.until(self.bench.now + Duration::from_micros(span));
                let online = self.bench.state(line) == "online data";
                if online && !self.hosts[line.index()].unsure {
                    let room = self.bench.modem.room(line);
                    self.send(line, &bytes[..bytes.len().min(room)]);
                }
            }
        }

        fn send_data(&mut self, line: LineId) {
            let room = self.bench.modem.room(line);
            let most = *self.chance.pick(&[3, 30, 3000]);
            let count = 1 + self.chance.below(most);
            let missing = match self.client.upload {
                Some((of, size)) if of == line => Some(size.saturating_sub(self.client.sent.len())),
                _ => None,
            };
            let letters = |count: usize| (0..count).map(|at| b'a' + (at % 26) as u8);
            let mut behind = 0;
            let mut bytes: Vec<u8> = match (self.chance.below(8), missing) {
                (0 | 1, _) => b"+++".to_vec(),
                (2, _) => b"++++"[..1 + self.chance.below(4)].to_vec(),
                (3, _) => b"x+++y"[..1 + self.chance.below(5)].to_vec(),
                // The end of the file, and commands right behind it, as many as there is room for.
                (4, Some(missing)) if missing + 3 <= room && missing > 0 => {
                    let fit = (room - missing) / 3;
                    let count = if self.chance.one_in(2) { fit } else { 1 };
                    behind = count;
                    letters(missing).chain(b"AT\r".repeat(count)).collect()
                }
                (5, Some(missing)) if missing + 2 <= room => {
                    letters(missing).chain(*b"\r\n").collect()
                }
                _ => letters(count).collect(),
            };
            bytes.truncate(room);
            let host = &mut self.hosts[line.index()];
            if bytes.is_empty() || host.unsure && bytes[0] == b'+' {
                return;
            }
            host.asked += behind;
            self.send(line, &bytes);
        }

        /// Bytes from the host, no more than there is room for; what of them may be data is noted.
        fn send(&mut self, line: LineId, bytes: &[u8]) {
            assert!(bytes.len() <= self.bench.modem.room(line), "more than there is room for");
            if self.bench.state(line) == "online data" {
                if self.client.upload.is_some_and(|(of, _)| of == line) {
                    self.client.sent.extend(bytes);
                }
                self.hosts[line.index()].sends_data(self.bench.now, bytes);
            }
            self.input(Input::Line(line, bytes));
        }

        /// The client does what comes next, or something goes wrong out there.
        fn client_acts(&mut self) {
            let client = &mut self.client;
            let chance = &mut self.chance;
            let (session, event) = match client.session {
                Session::None => return,
                Session::Opening if chance.one_in(3) => (client.session, Event::Reply(220)),
                Session::Closing if chance.one_in(3) => (client.session, Event::Reply(221)),
                Session::Closing => (Session::None, Event::Closed),
                _ if chance.one_in(800) => (Session::None, Event::Lost(chance.failure())),
                Session::Opening => (Session::Idle, Event::Opened),
                Session::Idle if chance.one_in(50) => {
                    (Session::Idle, Event::Warned(Failure::Reply(421)))
                }
                Session::Idle => return,
                _ if chance.one_in(300) => (Session::Idle, Event::Failed(chance.failure())),
                Session::Preparing { upload } => {
                    let session = if upload { Session::Storing } else { Session::Retrieving };
                    (session, Event::DataOpen)
                }
                Session::Storing | Session::Finishing if client.unacknowledged > 0 => {
                    let count = 1 + chance.below(client.unacknowledged);
                    client.unacknowledged -= count;
                    (client.session, Event::Sent(count))
                }
                Session::Storing => return,
                Session::Finishing => {
                    client.results.push(("+QFTPPUT:", client.stored.len()));
                    (Session::Idle, Event::Done)
                }
                Session::Retrieving if chance.one_in(20) => {
                    client.results.push(("+QFTPGET:", client.given.len()));
                    (Session::Idle, Event::Done)
                }
                Session::Retrieving => {
                    let free = client.credit - client.given.len();
                    if free == 0 {
                        return;
                    }
                    let count = 1 + chance.below(free);
                    let at = client.given.len();
                    let bytes = (at..at + count).map(|at| 0x80 | (at % 101) as u8);
                    let bytes: Vec<u8> = bytes.collect();
                    client.given.extend(&bytes);
                    (client.session, Event::Data(bytes))
                }
            };
            client.session = session;
            self.input(Input::Ftp(event));
        }

        fn input(&mut self, input: Input<'_>) {
            self.bench.input(input);
            for line in lines() {
                self.hear(line);
                self.look(line);
            }
            while let Some(request) = self.bench.requests.pop_front() {
                self.obey(&request);
            }
            // What the host has sent is with the client, but for pluses that are undecided.
            let Client { session, upload, sent, stored, .. } = &self.client;
            if let (Session::Storing, Some((of, size))) = (session, upload)
                && self.is_online(*of)
            {
                let held = &sent[stored.len()..];
                assert!(
                    b"+++".starts_with(held),
                    "{:?} held back",
                    held.escape_ascii().to_string()
                );
                assert!(stored.len() < *size, "the file is whole");
            }
            let Client { credit, read, unacknowledged, .. } = self.client;
            assert!(credit.saturating_sub(read) <= self.window, "{credit} pulled, {read} read");
            assert!(unacknowledged <= self.window + 4, "{unacknowledged} bytes on their way");
        }

        fn is_online(&self, line: LineId) -> bool {
            self.hosts[line.index()].was == "online data"
        }

        /// What a line said: whole lines in their frames, and bytes of the file in their order.
        fn hear(&mut self, line: LineId) {
            let news = &self.bench.news[line.index()];
            if news.is_empty() {
                return;
            }
            let (file, text): (Vec<u8>, Vec<u8>) = news.iter().partition(|byte| **byte >= 0x80);
            let client = &mut self.client;
            assert!(client.given[client.seen..].starts_with(&file), "other bytes than the file's");
            client.seen += file.len();
            let text = String::from_utf8(text).unwrap();
            let framed = text.starts_with("\r\n") && text.ends_with("\r\n");
            assert!(framed || text.is_empty(), "{text:?}");
            let host = &mut self.hosts[line.index()];
            let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
            for said in &lines {
                match *said {
                    "OK" | "ERROR" | "DEACT OK" => host.answered += 1,
                    "CONNECT" => {
                        host.connects += 1;
                        host.half_typed = false;
                    }
                    "NO CARRIER" => host.connects += 1,
                    said => {
                        for name in ["+QFTPPUT:", "+QFTPGET:"] {
                            let size = said.strip_prefix(name).and_then(|n| n.parse().ok());
                            let Some(size) = size else { continue };
                            // What failed or was closed meanwhile had another result.
                            let owed = client.results.iter().position(|owed| *owed == (name, size));
                            client.results.remove(owed.expect("a result that nobody owes"));
                            let count = if name == "+QFTPPUT:" {
                                &mut self.tally.counts[1]
                            } else {
                                &mut self.tally.counts[2]
                            };
                            *count += 1;
                        }
                    }
                }
            }
            let late = |said: &str| {
                LATE.iter().any(|name| said.starts_with(name)) && !said.starts_with("+QFTPOPEN:\"")
                    || said == "CONNECT" && !matches!(host.was, "executing" | "online command")
            };
            if lines.first().is_some_and(|said| late(said)) {
                let silence = self.bench.now.since(self.bench.busy[line.index()]);
                assert!(silence >= GAP, "{text:?} after {silence:?}");
                assert_eq!(lines.len(), 1, "{text:?} in one burst");
                assert_eq!(self.bench.unread[line.index()].len(), news.len(), "{text:?} too soon");
            }
            self.bench.busy[line.index()] = self.bench.now;
        }

        /// What became of a line.
        fn look(&mut self, line: LineId) {
            let state = self.bench.state(line);
            let now = self.bench.now;
            let room = self.bench.modem.room(line);
            let host = &mut self.hosts[line.index()];
            let was = std::mem::replace(&mut host.was, state);
            let client = &mut self.client;
            let uploading = client.upload.is_some_and(|(of, _)| of == line);
            match (was, state) {
                ("online data", "online data") => {
                    assert!(!host.has_escaped(now), "an escape is not seen");
                    host.unsure |= room == 0;
                }
                ("online data", "online command") => {
                    assert!(host.has_escaped(now), "an escape that is none");
                    host.asked += 1;
                    self.tally.counts[3] += 1;
                    if uploading {
                        let pluses = client.sent.split_off(client.sent.len() - 3);
                        assert_eq!(pluses, b"+++");
                    }
                }
                (_, "online data") => {
                    host.entered = now;
                    host.tail.clear();
                    self.tally.counts[4] += usize::from(was != "command");
                }
                _ => {}
            }
            if state != "online data" {
                host.tail.clear();
            }
            match state {
                "executing" => assert!(host.answered <= host.asked, "answers without a question"),
                _ => assert_eq!(host.answered, host.asked, "line {line}, {state}"),
            }
        }

        /// The client takes a request, and holds the module to the contract of the port.
        fn obey(&mut self, request: &Request) {
            let client = &mut self.client;
            // News of the end of the session or the transfer may be on its way to the module.
            match (request, client.session) {
                (Request::Open(_), Session::None) => client.session = Session::Opening,
                (Request::Store(_), Session::Idle) => {
                    client.session = Session::Preparing { upload: true };
                }
                (Request::Retrieve(_), Session::Idle) => {
                    client.session = Session::Preparing { upload: false };
                    (client.credit, client.seen, client.read) = (0, 0, 0);
                    client.given.clear();
                    for host in &mut self.hosts {
                        let unread = &self.bench.unread[host.line.index()];
                        host.stale = unread.iter().filter(|byte| **byte >= 0x80).count();
                    }
                }
                (Request::Send(bytes), session) => {
                    let sent = &client.sent[client.stored.len()..];
                    assert!(sent.starts_with(bytes), "other bytes than the host's");
                    client.stored.extend(bytes);
                    if session == Session::Storing {
                        client.unacknowledged += bytes.len();
                    }
                }
                (Request::EndOfFile, session) => {
                    let size = client.upload.map_or(0, |(_, size)| size);
                    let sent = client.sent.len().min(size);
                    assert_eq!(client.stored.len(), sent, "bytes are missing, or too many");
                    if session == Session::Storing {
                        client.session = Session::Finishing;
                    }
                }
                (Request::Pull(count), Session::Retrieving) => client.credit += count,
                (Request::Drop, _) => client.session = Session::None,
                (Request::Close, Session::None) => {}
                (Request::Close, _) => client.session = Session::Closing,
                (Request::Store(_) | Request::Retrieve(_), Session::None)
                | (Request::Pull(_), Session::None | Session::Idle) => {}
                (request, session) => panic!("{request:?} in {session:?}"),
            }
        }

        /// All ends; then every line answers.
        fn finish(&mut self) {
            if self.client.session != Session::None {
                self.client.session = Session::None;
                self.input(Input::Ftp(Event::Lost(Failure::ControlClosed)));
            }
            for _ in 0..300 {
                lines().for_each(|line| self.read(line, usize::MAX));
                self.bench.now = self.bench.now + Duration::from_secs(1);
                self.input(Input::Timeout);
            }
            for line in lines() {
                assert_eq!(self.bench.state(line), "command");
                let host = &mut self.hosts[line.index()];
                host.asked += 1 + usize::from(std::mem::take(&mut host.half_typed));
                self.send(line, b"\rAT\r");
                self.bench.now = self.bench.now + Duration::from_secs(1);
                self.input(Input::Timeout);
                let Host { asked, answered, .. } = self.hosts[line.index()];
                assert_eq!(asked, answered, "line {line}");
                self.tally.counts[0] += answered;
            }
            assert_eq!(self.bench.modem.poll_timeout(), None, "nothing can happen any more");
        }
    }
}
