//! Prints the service's state table and holds it against `service.table`, byte for byte.
//!
//! `BLESS=1 cargo test matrix` rewrites the file, which is part of the crate's documentation.

use std::fmt::Write as _;
use std::time::Duration;

use super::effect::{Effect, Notice, Stimulus};
use super::service::{Ending, Service, State, Work};
use super::transfer::{DownloadPhase, Transfer, UploadPhase};
use super::{Event, Failure, Outcome, Request};
use crate::line::LineId;
use crate::profile::{FtpModel, Quirks, UploadExpiry};

/// The table as it stands in the crate's documentation.
const TABLE: &str = include_str!("service.table");

#[test]
fn the_table_says_what_the_service_does() {
    let computed = table();
    if std::env::var_os("BLESS").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ftp/service.table");
        #[expect(clippy::disallowed_methods, reason = "a test may write what it compares with")]
        std::fs::write(file, &computed).unwrap();
        return;
    }
    for (number, (written, computed)) in TABLE.lines().zip(computed.lines()).enumerate() {
        assert_eq!(written, computed, "line {} of service.table", number + 1);
    }
    assert_eq!(TABLE, computed, "BLESS=1 rewrites service.table");
}

#[test]
fn the_table_fits_a_page() {
    let table = table();
    let widest = table.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 110, "{widest}");
}

#[test]
fn every_case_is_in_the_state_it_is_named_for() {
    for case in CASES {
        assert_eq!(name(case.reach().state()), case.name);
    }
}

/// A state to be in, and the way there.
struct Case {
    name: &'static str,
    /// Said under the name, if anything.
    note: &'static str,
    way: fn(&mut Bench),
}

const CASES: &[Case] = &[
    Case { name: "IDLE", note: "", way: |_| {} },
    Case { name: "OPENING", note: "", way: |s| s.open() },
    Case { name: "OPENED", note: "", way: |s| s.opened() },
    Case {
        name: "WORKING cwd",
        note: "only with path_mode cwd-now",
        way: |s| {
            s.opened();
            s.step(Stimulus::ChangeDirectory(OWNER, b"/dir".to_vec()));
        },
    },
    Case { name: "WORKING put", note: "", way: |s| s.put() },
    Case { name: "WORKING get", note: "", way: |s| s.get() },
    Case {
        name: "TRANSFER put announced",
        note: "5 bytes declared",
        way: |s| {
            s.put();
            s.step(Stimulus::Ftp(Event::DataOpen));
        },
    },
    Case {
        name: "TRANSFER put receiving",
        note: "2 of 5 bytes taken, none sent",
        way: |s| s.receiving(),
    },
    Case {
        name: "TRANSFER put finishing",
        note: "5 of 5 bytes taken, none sent",
        way: |s| {
            s.receiving();
            s.service.upload(b"llo".to_vec(), &mut s.fx);
        },
    },
    Case {
        name: "TRANSFER put aborting",
        note: "only with upload_expiry timeout",
        way: |s| {
            s.receiving();
            s.step(Stimulus::UploadLimit);
        },
    },
    Case {
        name: "TRANSFER get announced",
        note: "",
        way: |s| {
            s.get();
            s.step(Stimulus::Ftp(Event::DataOpen));
        },
    },
    Case {
        name: "TRANSFER get early",
        note: "confirmed before CONNECT: an empty file",
        way: |s| {
            s.get();
            s.step(Stimulus::Ftp(Event::DataOpen));
            s.step(Stimulus::Ftp(Event::Done));
        },
    },
    Case { name: "TRANSFER get sending", note: "2 of 3 bytes delivered", way: |s| s.sending() },
    Case {
        name: "TRANSFER get confirmed",
        note: "2 of 3 bytes delivered",
        way: |s| {
            s.sending();
            s.step(Stimulus::Ftp(Event::Done));
        },
    },
    Case {
        name: "TRANSFER get aborting",
        note: "only with escape_ends_transfer",
        way: |s| {
            s.sending();
            s.step(Stimulus::Escaped);
        },
    },
    Case {
        name: "CLOSING",
        note: "",
        way: |s| {
            s.opened();
            s.step(Stimulus::Close(OWNER));
        },
    },
    Case {
        name: "CLOSED settled",
        note: "by CLOSE, or OPEN failed",
        way: |s| {
            s.opened();
            s.step(Stimulus::Close(OWNER));
            s.step(Stimulus::Ftp(Event::Closed));
        },
    },
    Case {
        name: "CLOSED lost",
        note: "by itself",
        way: |s| {
            s.opened();
            s.step(Stimulus::Ftp(Event::Lost(Failure::ControlClosed)));
        },
    },
];

impl Case {
    fn reach(&self) -> Service {
        let quirks = Quirks {
            upload_expiry: if self.name == "TRANSFER put aborting" {
                UploadExpiry::Timeout
            } else {
                UploadExpiry::Finish
            },
            ..Quirks::default()
        };
        let mut service = Service::new(FtpModel::default(), quirks, 1024);
        service.set_restart(OWNER, 7).unwrap();
        let mut bench = Bench { service, fx: Vec::new() };
        (self.way)(&mut bench);
        bench.service
    }
}

/// The line that opens the session.
const OWNER: LineId = LineId::FIRST;

fn other() -> LineId {
    LineId::new(2).unwrap()
}

/// A service on its way into a state.
struct Bench {
    service: Service,
    fx: Vec<Effect>,
}

impl Bench {
    fn step(&mut self, stimulus: Stimulus) {
        self.service.step(stimulus, &mut self.fx);
    }

    fn open(&mut self) {
        self.step(Stimulus::Open(OWNER, b"host".to_vec(), 21));
    }

    fn opened(&mut self) {
        self.open();
        self.step(Stimulus::Ftp(Event::Opened));
    }

    fn put(&mut self) {
        self.opened();
        self.step(put(OWNER, 5));
    }

    fn get(&mut self) {
        self.opened();
        self.step(Stimulus::Get(OWNER, b"name".to_vec()));
    }

    fn receiving(&mut self) {
        self.put();
        self.step(Stimulus::Ftp(Event::DataOpen));
        self.step(Stimulus::Connected);
        self.service.upload(b"he".to_vec(), &mut self.fx);
    }

    fn sending(&mut self) {
        self.get();
        self.step(Stimulus::Ftp(Event::DataOpen));
        self.step(Stimulus::Connected);
        self.step(Stimulus::Ftp(Event::Data(b"hel".to_vec())));
        self.service.delivered(2, &mut self.fx);
    }
}

fn put(line: LineId, size: u64) -> Stimulus {
    Stimulus::Put(line, b"name".to_vec(), size, Duration::from_secs(900))
}

/// What can happen to a service, the pieces of a file among it.
type Blow = fn(&mut Service, &mut Vec<Effect>);

/// A command of the host.
type Asked = fn(LineId) -> Stimulus;

/// From the line that opened the session, or from any line where there is none.
const COMMANDS: &[(&str, Asked)] = &[
    ("OPEN", |line| Stimulus::Open(line, b"host".to_vec(), 21)),
    ("CLOSE", Stimulus::Close),
    ("PUT", |line| put(line, 5)),
    ("PUT of 0", |line| put(line, 0)),
    ("GET", |line| Stimulus::Get(line, b"name".to_vec())),
    ("CWD", |line| Stimulus::ChangeDirectory(line, b"/dir".to_vec())),
];

const BLOWS: &[(&str, Blow)] = &[
    ("CONNECT is out", |s, fx| s.step(Stimulus::Connected, fx)),
    ("host sends part", |s, fx| send(s, 1, fx)),
    ("host sends the rest", |s, fx| {
        let rest = s.upload_missing(OWNER).map_or(0, |missing| missing.try_into().unwrap());
        send(s, rest, fx);
    }),
    ("host has taken all", |s, fx| {
        if let State::Transfer(Transfer::Download(download)) = s.state() {
            let rest = download.received - download.delivered;
            s.delivered(rest.try_into().unwrap(), fx);
        }
    }),
    ("escape", |s, fx| s.step(Stimulus::Escaped, fx)),
    ("<time> is up", |s, fx| s.step(Stimulus::UploadLimit, fx)),
    ("server is silent", |s, fx| {
        // The limit runs only where something is expected of the server.
        if s.silence_limit().is_some() {
            s.step(Stimulus::SilenceLimit, fx);
        }
    }),
    ("bearer is lost", |s, fx| s.step(Stimulus::BearerLost, fx)),
    ("QIDEACT", |s, fx| s.step(Stimulus::Deactivated, fx)),
    ("ftp reply", |s, fx| s.step(Stimulus::Ftp(Event::Reply(220)), fx)),
    ("ftp opened", |s, fx| s.step(Stimulus::Ftp(Event::Opened), fx)),
    ("ftp cwd-done", |s, fx| s.step(Stimulus::Ftp(Event::DirectoryChanged), fx)),
    ("ftp data-open", |s, fx| s.step(Stimulus::Ftp(Event::DataOpen), fx)),
    ("ftp sent 2", |s, fx| s.step(Stimulus::Ftp(Event::Sent(2)), fx)),
    ("ftp data of 2", |s, fx| s.step(Stimulus::Ftp(Event::Data(b"lo".to_vec())), fx)),
    ("ftp done", |s, fx| s.step(Stimulus::Ftp(Event::Done), fx)),
    ("ftp aborted", |s, fx| s.step(Stimulus::Ftp(Event::Aborted), fx)),
    ("ftp closed", |s, fx| s.step(Stimulus::Ftp(Event::Closed), fx)),
    ("ftp failed", |s, fx| s.step(Stimulus::Ftp(Event::Failed(Failure::Reply(550))), fx)),
    ("ftp warned", |s, fx| s.step(Stimulus::Ftp(Event::Warned(Failure::Reply(421))), fx)),
    ("ftp lost", |s, fx| s.step(Stimulus::Ftp(Event::Lost(Failure::ControlClosed)), fx)),
];

fn send(service: &mut Service, count: usize, fx: &mut Vec<Effect>) {
    service.upload(b"x".repeat(count), fx);
}

/// One line of the table, before its columns are aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    stimulus: String,
    next: String,
    effects: String,
}

fn table() -> String {
    let groups: Vec<(&Case, Vec<Row>)> = CASES.iter().map(|case| (case, rows(case))).collect();
    let all = || groups.iter().flat_map(|(_, rows)| rows);
    let width = |text: fn(&Row) -> &str| all().map(|row| text(row).len()).max().unwrap();
    let (stimuli, nexts) = (width(|row| &row.stimulus), width(|row| &row.next));
    let heading = [("stimulus", stimuli), ("next state", nexts)];
    let heading = heading.map(|(name, width)| format!("  {name:width$}")).concat();
    let mut text = format!("STATE (what it holds here)\n{heading}  what is done, in this order\n");
    text += NOTATION;
    for (case, rows) in &groups {
        let note = if case.note.is_empty() { String::new() } else { format!(" ({})", case.note) };
        let _ = write!(text, "\n{}{note}\n", case.name);
        for Row { stimulus, next, effects } in rows {
            let line = format!("  {stimulus:stimuli$}  {next:nexts$}  {effects}");
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

const NOTATION: &str = "
= is the same state. OPEN, CWD, STOR, RETR, DATA, EOF, PULL, ABOR, QUIT and DROP are asked of the
FTP client. CONNECT and +... are told to the host when it is polite, a failure by its cause. `refused`
is the command's own late result. `leave data` takes the line to command state without a word.
Quirks are those of the default profile, or the state would not come about.
";

fn rows(case: &Case) -> Vec<Row> {
    let command = |line: LineId| {
        let apply = COMMANDS.iter().filter_map(move |(name, command)| {
            row(case, line, (*name).to_owned(), |s, fx| s.step(command(line), fx))
        });
        collapse(apply.collect())
    };
    let mut rows = command(OWNER);
    rows.extend(collapse(
        BLOWS
            .iter()
            .filter_map(|(name, blow)| row(case, OWNER, (*name).to_owned(), blow))
            .collect(),
    ));
    // Without an owner every line is served alike.
    if case.reach().server().is_some() {
        let others = command(other());
        assert_eq!(others.len(), 1, "{} serves another line", case.name);
        rows.extend(
            others.into_iter().map(|row| Row { stimulus: "another line".to_owned(), ..row }),
        );
    }
    rows
}

/// What a blow does in this state, with `line` as its cause; `None` if nothing.
fn row(
    case: &Case,
    line: LineId,
    stimulus: String,
    blow: impl Fn(&mut Service, &mut Vec<Effect>),
) -> Option<Row> {
    let before = case.reach();
    let mut after = before.clone();
    let mut fx = Vec::new();
    blow(&mut after, &mut fx);
    let is_command = COMMANDS.iter().any(|(name, _)| *name == stimulus);
    let mut effects: Vec<String> = match &fx[..] {
        [Effect::Tell(to, Notice::Result(_, Err(failure)))] if is_command => {
            assert_eq!(*to, line);
            vec![format!("refused: {failure}")]
        }
        effects => effects.iter().map(said).collect(),
    };
    let same_name = name(before.state()) == name(after.state());
    if after.state() != before.state() && same_name {
        effects.push(changes(before.state(), after.state()));
    }
    if after.restart() != before.restart() {
        effects.push(format!("resume point {}", after.restart()));
    }
    if after.path() != before.path() {
        effects.push("path as asked".to_owned());
    }
    let next = if same_name { "=" } else { name(after.state()) }.to_owned();
    let silent = same_name && effects.is_empty();
    (!silent).then(|| Row { stimulus, next, effects: effects.join("; ") })
}

/// Stimuli that do the same become one row, at the place of the first.
fn collapse(rows: Vec<Row>) -> Vec<Row> {
    let mut collapsed: Vec<Row> = Vec::new();
    for row in rows {
        match collapsed.iter_mut().find(|c| c.next == row.next && c.effects == row.effects) {
            // A special case that is none here.
            Some(_) if row.stimulus == "PUT of 0" => {}
            Some(same) => {
                same.stimulus += ", ";
                same.stimulus += row.stimulus.strip_prefix("ftp ").unwrap_or(&row.stimulus);
            }
            None => collapsed.push(row),
        }
    }
    collapsed
}

const fn name(state: &State) -> &'static str {
    match state {
        State::Idle => "IDLE",
        State::Opening => "OPENING",
        State::Opened => "OPENED",
        State::Working(Work::ChangeDirectory(_)) => "WORKING cwd",
        State::Working(Work::Transfer(Transfer::Upload(_))) => "WORKING put",
        State::Working(Work::Transfer(Transfer::Download(_))) => "WORKING get",
        State::Transfer(Transfer::Upload(upload)) => match upload.phase {
            UploadPhase::Announced => "TRANSFER put announced",
            UploadPhase::Receiving => "TRANSFER put receiving",
            UploadPhase::Finishing => "TRANSFER put finishing",
            UploadPhase::Aborting(_) => "TRANSFER put aborting",
        },
        State::Transfer(Transfer::Download(download)) => match download.phase {
            DownloadPhase::Announced => "TRANSFER get announced",
            DownloadPhase::ConfirmedEarly => "TRANSFER get early",
            DownloadPhase::Sending => "TRANSFER get sending",
            DownloadPhase::Confirmed => "TRANSFER get confirmed",
            DownloadPhase::Aborting => "TRANSFER get aborting",
        },
        State::Closing => "CLOSING",
        State::Closed(Ending::Settled) => "CLOSED settled",
        State::Closed(Ending::Lost(_)) => "CLOSED lost",
    }
}

/// The counters that differ between two transfers of one phase.
fn changes(before: &State, after: &State) -> String {
    let counters = |state: &State| match state {
        State::Transfer(Transfer::Upload(upload)) => {
            vec![("taken", upload.taken), ("unsent", upload.unsent as u64)]
        }
        State::Transfer(Transfer::Download(download)) => vec![
            ("credit", download.credit as u64),
            ("received", download.received),
            ("delivered", download.delivered),
        ],
        state => unreachable!("{} counts nothing", name(state)),
    };
    let changed = counters(before).into_iter().zip(counters(after)).filter(|(b, a)| b != a);
    changed.map(|(_, (name, count))| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// Who is told goes without saying: the owner, or whoever asked.
fn said(effect: &Effect) -> String {
    match effect {
        Effect::Ask(request) => asked(request),
        Effect::Tell(line, notice) => {
            assert_eq!(*line, OWNER);
            told(notice)
        }
        Effect::Deliver(_, bytes) => format!("{} bytes to the host", bytes.len()),
        Effect::LeaveData(_) => "leave data".to_owned(),
        Effect::TellBearerLost => "+PDP DEACT".to_owned(),
    }
}

fn asked(request: &Request) -> String {
    match request {
        Request::Open(_) => "OPEN".to_owned(),
        Request::ChangeDirectory(_) => "CWD".to_owned(),
        Request::Store(_) => "STOR".to_owned(),
        Request::Retrieve(_) => "RETR".to_owned(),
        Request::Send(bytes) => format!("DATA {}", bytes.len()),
        Request::EndOfFile => "EOF".to_owned(),
        Request::Pull(count) => format!("PULL {count}"),
        Request::Abort => "ABOR".to_owned(),
        Request::Close => "QUIT".to_owned(),
        Request::Drop => "DROP".to_owned(),
    }
}

fn told(notice: &Notice) -> String {
    let result = |command: &str, outcome: &Outcome| match outcome {
        Ok(count) => format!("{command}:{count}"),
        Err(failure) => format!("{command}:{failure}"),
    };
    match notice {
        Notice::Connect => "CONNECT".to_owned(),
        Notice::Result(command, outcome) => result(command, outcome),
        Notice::Final(command, outcome) => result(command, outcome) + "; leave data",
        Notice::Error(failure) => format!("+QFTPERROR:{failure}"),
    }
}
