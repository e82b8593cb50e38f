//! Nothing is lost: a long row of uploads and downloads by chance, of all sizes, in pieces of all
//! sizes, with escapes, cuts and resumption, active and passive, over both kinds of line, with two
//! servers of different make; and after each, both ends have the same file.
//!
//! `SOAK=500 cargo test --release --test soak -- --nocapture` runs 500 transfers instead of a few,
//! `SOAK_SEED` another row of them, `SOAK_FIRST` not from the first. Each transfer follows from the
//! seed and its number alone; how bytes fall on the system's buffers does not.
//!
//! `SOAK_SERVER=host:port:user:password:root` has a server of somebody else's take the place of the
//! two; its files are in `root` on this machine.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a host has threads and files, and a test may panic"
)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use sha2::{Digest, Sha256};
use support::host::{Host, PATIENCE};
use support::module::{Line, Module};
use support::scripted_ftp::{Connection, Data, Port, ScriptedFtp};

/// Transfers without `SOAK`.
const FEW: u64 = 40;
/// Transfers after which line or server change.
const BLOCK: u64 = 5;

/// Module time passes so many times as fast.
const SCALE: u32 = 20;
/// The guard time of 500 ms, in real time; the host keeps a little more.
const GUARD: Duration = Duration::from_millis(500 / SCALE as u64 + 1);
/// A busy computer must not be taken for a silent server, and empty files are welcome.
const PROFILE: &str = "[ftp]\nreply_limit = \"1h\"\nstall_limit = \"1h\"\n\
                       [quirks]\nempty_upload = true\n";

const OK: &str = "\r\nOK\r\n";
const CONNECT: &str = "\r\nCONNECT\r\n";

#[test]
fn nothing_is_lost() {
    let count = variable("SOAK").unwrap_or(FEW);
    let seed = variable("SOAK_SEED").unwrap_or(1);
    let first = variable("SOAK_FIRST").unwrap_or(0);
    let start = Instant::now();
    let mut soak = Soak::start();
    for number in first..first + count {
        let repeat = Repeat { seed, number, first };
        soak.transfer(&mut Chance::new(seed, number), number);
        drop(repeat);
    }
    soak.close();
    let Soak { totals, module, servers, .. } = soak;
    drop(module);
    servers.stop();
    println!("seed {seed}, transfers {first} to {}: {totals:?}", first + count - 1);
    println!("in {:.1} s", start.elapsed().as_secs_f64());
}

fn variable<T: FromStr<Err: std::fmt::Debug>>(name: &str) -> Option<T> {
    Some(std::env::var(name).ok()?.parse().unwrap())
}

/// Says how to repeat what failed.
struct Repeat {
    seed: u64,
    number: u64,
    first: u64,
}

impl Drop for Repeat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let &mut Self { seed, number, first } = self;
            let count = number - first + 1;
            eprintln!(
                "transfer {number} of seed {seed} failed; by itself it is\n\
                 SOAK_SEED={seed} SOAK_FIRST={number} SOAK=1 cargo test --test soak\n\
                 and with those before it\n\
                 SOAK_SEED={seed} SOAK_FIRST={first} SOAK={count} cargo test --test soak"
            );
        }
    }
}

/// The source of all chance of one transfer.
struct Chance(ChaCha8Rng);

impl Chance {
    fn new(seed: u64, number: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(number);
        Self(generator)
    }

    /// One of `range`, which is not empty.
    fn within(&mut self, range: std::ops::Range<usize>) -> usize {
        let width = u64::try_from(range.end - range.start).unwrap();
        range.start + usize::try_from(self.0.next_u64() % width).unwrap()
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.within(0..100) < percent
    }

    /// From nothing to a mebibyte, mostly small.
    fn size(&mut self) -> usize {
        match self.within(0..100) {
            0..5 => 0,
            5..10 => 1,
            10..60 => self.within(2..2048),
            60..85 => self.within(2048..1 << 15),
            85..95 => self.within(1 << 15..1 << 18),
            _ => self.within(1 << 18..(1 << 20) + 1),
        }
    }

    /// Bytes of all values, or text of the kind that a modem might take for something else.
    fn file(&mut self) -> (Vec<u8>, bool) {
        const TRAPS: [&[u8]; 10] = [
            b"+++",
            b"+",
            b"\r\n+QFTPPUT:5\r\n",
            b"\r\n+QFTPGET:5\r\n",
            b"\r\nNO CARRIER\r\n",
            b"AT+QFTPCLOSE\r",
            b"\x11",
            b"\x13",
            b"\0\xff\xff\0",
            b"\x1a\x1b\x03\x04\x08\x7f",
        ];
        let size = self.size();
        let mut file = vec![0; size];
        self.0.fill_bytes(&mut file);
        let is_trap = self.percent(30);
        if is_trap {
            file.clear();
            while file.len() < size {
                file.extend(TRAPS[self.within(0..TRAPS.len())]);
            }
            file.truncate(size);
        }
        // With a silence before it, it might be an escape indeed.
        if let Some(first) = file.first_mut().filter(|first| **first == b'+') {
            *first = b'-';
        }
        (file, is_trap)
    }
}

/// The next place from which bytes may follow a silence without beginning an escape.
fn settle(file: &[u8], place: usize) -> usize {
    place + file[place..].iter().take_while(|&&byte| byte == b'+').count()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was done in all.
#[derive(Debug, Default)]
struct Totals {
    uploads: u64,
    downloads: u64,
    bytes_up: u64,
    bytes_down: u64,
    active: u64,
    escapes: u64,
    cuts: u64,
    closed_amid: u64,
    resumed: u64,
}

/// How the server cuts a transfer: what it does, and what the host hears of it.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// Both connections are reset.
    Reset,
    /// Both connections are closed.
    Fin,
    /// The data connection is reset.
    ResetData,
    /// The same, and the server says so.
    ResetDataWithReply,
}

impl Deed {
    /// Seldom the one after which the module waits two seconds, by the system's clock, for a reply.
    fn draw(chance: &mut Chance) -> Self {
        match chance.within(0..20) {
            0 => Self::ResetData,
            1..7 => Self::Reset,
            7..13 => Self::Fin,
            _ => Self::ResetDataWithReply,
        }
    }

    const fn error(self) -> i32 {
        match self {
            Self::Reset | Self::Fin => -6,
            Self::ResetData => -7,
            Self::ResetDataWithReply => -426,
        }
    }

    const fn ends_session(self) -> bool {
        matches!(self, Self::Reset | Self::Fin)
    }
}

/// A cut after so many bytes of a transfer.
#[derive(Clone, Copy, Debug)]
struct Cut {
    after: usize,
    /// How many of an upload's the server has in the end.
    keep: usize,
    deed: Deed,
}

/// The server of our own: its files, and what it is to do in the next transfer.
#[derive(Clone, Default)]
struct Ours(Arc<(Mutex<Store>, Condvar)>);

#[derive(Default)]
struct Store {
    files: BTreeMap<String, Vec<u8>>,
    cut: Option<Cut>,
    /// A download stops after so many bytes until this is taken away.
    gate: Option<usize>,
    stopped: bool,
}

impl Ours {
    fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let changed = change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
        changed
    }

    /// Waits until so many bytes of a file are there.
    #[track_caller]
    fn wait_for(&self, name: &str, length: usize) {
        let store = self.0.0.lock().unwrap();
        let came = |store: &Store| store.files.get(name).map_or(0, Vec::len);
        let wait = self.0.1.wait_timeout_while(store, PATIENCE, |store| came(store) < length);
        assert_eq!(came(&wait.unwrap().0), length, "bytes of {name}");
    }

    fn wait_for_gate(&self) {
        let store = self.0.0.lock().unwrap();
        let wait = self.0.1.wait_timeout_while(store, PATIENCE, |store| store.gate.is_some());
        assert!(wait.unwrap().0.gate.is_none(), "nobody opens the gate");
    }

    /// One session after the other.
    fn serve(&self, port: &Port) {
        loop {
            let connection = port.accept().into_control();
            if self.change(|store| store.stopped) {
                return;
            }
            self.session(connection);
        }
    }

    fn session(&self, mut s: Connection) {
        s.reply("220 hello");
        let (mut peer, mut restart) = (None, 0);
        while let Some(line) = s.command() {
            let line = String::from_utf8(line).unwrap();
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            let reply = match verb {
                "USER" => "331 and?".to_owned(),
                "PASS" => "230 in".to_owned(),
                "TYPE" | "ABOR" | "NOOP" => "200 ok".to_owned(),
                "REST" => {
                    restart = argument.parse().unwrap();
                    "350 from there".to_owned()
                }
                "PASV" => {
                    let port = Port::listen();
                    let number = port.addr().port();
                    peer = Some(Peer::Listening(port));
                    format!("227 Passive (127,0,0,1,{},{})", number >> 8, number & 0xFF)
                }
                "PORT" => {
                    let n: Vec<u8> = argument.split(',').map(|n| n.parse().unwrap()).collect();
                    let port = u16::from_be_bytes([n[4], n[5]]);
                    peer = Some(Peer::At(([n[0], n[1], n[2], n[3]], port).into()));
                    "200 noted".to_owned()
                }
                "STOR" | "RETR" => {
                    let data = match peer.take().unwrap() {
                        Peer::Listening(port) => port.accept(),
                        Peer::At(addr) => Data::connect(addr),
                    };
                    s.reply("150 go on");
                    let restart = std::mem::take(&mut restart);
                    let done = if verb == "STOR" {
                        self.store(data, argument, restart)
                    } else {
                        self.retrieve(data, argument, restart)
                    };
                    match done {
                        Ok(()) => "226 done".to_owned(),
                        Err((data, deed)) => match deed {
                            Deed::Reset => {
                                data.reset();
                                return s.reset();
                            }
                            Deed::Fin => {
                                s.fin();
                                return data.fin();
                            }
                            Deed::ResetData => {
                                data.reset();
                                continue;
                            }
                            Deed::ResetDataWithReply => {
                                data.reset();
                                "426 broken".to_owned()
                            }
                        },
                    }
                }
                "QUIT" => {
                    s.reply("221 bye");
                    return;
                }
                verb => panic!("{verb}?"),
            };
            s.reply(&reply);
        }
    }

    fn store(&self, mut data: Data, name: &str, restart: usize) -> Result<(), (Data, Deed)> {
        let cut = self.change(|store| {
            store.files.entry(name.to_owned()).or_default().truncate(restart);
            store.cut.take()
        });
        let mut came = 0;
        while cut.is_none_or(|cut| came < cut.after) {
            let more = data.receive_some(cut.map_or(65_536, |cut| cut.after - came));
            if more.is_empty() {
                return Ok(());
            }
            came += more.len();
            self.change(|store| store.files.get_mut(name).unwrap().extend(more));
        }
        let Cut { keep, deed, .. } = cut.unwrap();
        self.change(|store| store.files.get_mut(name).unwrap().truncate(restart + keep));
        Err((data, deed))
    }

    fn retrieve(&self, mut data: Data, name: &str, restart: usize) -> Result<(), (Data, Deed)> {
        let (file, cut, gate) = self
            .change(|store| (store.files[name][restart..].to_vec(), store.cut.take(), store.gate));
        if let Some(Cut { after, deed, .. }) = cut {
            data.send(&file[..after]);
            return Err((data, deed));
        }
        let gate = gate.unwrap_or(0);
        data.send_until_refused(&file[..gate]);
        self.wait_for_gate();
        data.send_until_refused(&file[gate..]);
        data.fin();
        Ok(())
    }
}

enum Peer {
    Listening(Port),
    At(SocketAddr),
}

/// The servers, as the test sees them from behind.
struct Servers {
    ours: Ours,
    running: ScriptedFtp,
    /// The folder of the built-in one.
    root: PathBuf,
    given: Option<Given>,
}

/// The server that `SOAK_SERVER` names.
#[derive(Debug)]
struct Given {
    host: String,
    port: u16,
    user: String,
    password: String,
    root: PathBuf,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.splitn(5, ':').collect();
        let [host, port, user, password, root] = parts[..] else {
            return Err(format!("{text:?} is not host:port:user:password:root"));
        };
        let port = port.parse().map_err(|error| format!("the port {port:?}: {error}"))?;
        let [host, user, password] = [host, user, password].map(str::to_owned);
        Ok(Self { host, port, user, password, root: root.into() })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Make {
    BuiltIn,
    Given,
    Ours,
}

impl Servers {
    /// The file of a server that keeps it in a folder.
    fn path(&self, make: Make, name: &str) -> PathBuf {
        match &self.given {
            Some(given) if make == Make::Given => given.root.join(name),
            _ => self.root.join(name),
        }
    }

    fn put(&self, make: Make, name: &str, file: &[u8]) {
        match make {
            Make::BuiltIn | Make::Given => std::fs::write(self.path(make, name), file).unwrap(),
            Make::Ours => _ = self.ours.change(|s| s.files.insert(name.to_owned(), file.to_vec())),
        }
    }

    fn file(&self, make: Make, name: &str) -> Vec<u8> {
        match make {
            Make::BuiltIn | Make::Given => std::fs::read(self.path(make, name)).unwrap(),
            Make::Ours => self.ours.change(|store| store.files[name].clone()),
        }
    }

    fn remove(&self, make: Make, name: &str) {
        match make {
            Make::BuiltIn | Make::Given => std::fs::remove_file(self.path(make, name)).unwrap(),
            Make::Ours => _ = self.ours.change(|store| store.files.remove(name)),
        }
    }

    #[track_caller]
    fn wait_for(&self, make: Make, name: &str, length: usize) {
        match make {
            Make::BuiltIn | Make::Given => wait_for_file(&self.path(make, name), length),
            Make::Ours => self.ours.wait_for(name, length),
        }
    }

    fn stop(self) {
        self.ours.change(|store| store.stopped = true);
        // Something for it to wake up for.
        let _ = std::net::TcpStream::connect(self.running.addr());
        self.running.join();
    }
}

#[track_caller]
fn wait_for_file(path: &Path, length: usize) {
    let deadline = Instant::now() + PATIENCE;
    // Before the first look, so that nothing comes unseen.
    let news = inotify::init(CreateFlags::CLOEXEC).unwrap();
    let writing = WatchFlags::CREATE | WatchFlags::MODIFY;
    inotify::add_watch(&news, path.parent().unwrap(), writing).unwrap();
    loop {
        let came = std::fs::metadata(path).map_or(0, |data| data.len());
        if came == length as u64 {
            return;
        }
        let left = deadline.saturating_duration_since(Instant::now()).try_into().unwrap();
        let told = poll(&mut [PollFd::new(&news, PollFlags::IN)], Some(&left)).unwrap();
        assert_ne!(told, 0, "{came} of {length} bytes came");
        rustix::io::read(&news, &mut [0; 4096][..]).unwrap();
    }
}

/// A session that is open, or was until the server ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Session {
    line: Line,
    make: Make,
}

struct Soak {
    module: Module,
    servers: Servers,
    pty: Host,
    tcp: Host,
    session: Option<Session>,
    totals: Totals,
}

impl Soak {
    fn start() -> Self {
        let ours = Ours::default();
        let serving = ours.clone();
        let running = ScriptedFtp::serve(move |port| serving.serve(&port));
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("soak.toml");
        std::fs::write(&profile, PROFILE).unwrap();
        let route = format!("ftp.example:21={}", running.addr());
        let scale = SCALE.to_string();
        let module = Module::demo(&[
            "--profile",
            profile.to_str().unwrap(),
            "--time-scale",
            &scale,
            "--route",
            &route,
        ]);
        let root = module.root().to_owned();
        let (pty, tcp) = (module.host(Line::Pty), module.host(Line::Tcp));
        let given = variable("SOAK_SERVER");
        let servers = Servers { ours, running, root, given };
        Self { module, servers, pty, tcp, session: None, totals: Totals::default() }
    }

    fn transfer(&mut self, chance: &mut Chance, number: u64) {
        let block = number / BLOCK;
        let line = if block.is_multiple_of(2) { Line::Pty } else { Line::Tcp };
        let make = match self.servers.given {
            Some(_) => Make::Given,
            None if (block / 2).is_multiple_of(2) => Make::Ours,
            None => Make::BuiltIn,
        };
        let session = Session { line, make };
        if self.session != Some(session) {
            self.close();
            self.open(session);
        }
        let active = chance.percent(40);
        self.configure(format!("1,{}", u8::from(!active)));
        self.totals.active += u64::from(active);
        let name = format!("f{number}");
        let (file, is_trap) = chance.file();
        if chance.percent(50) {
            self.upload(chance, &name, &file, is_trap);
        } else {
            self.download(chance, &name, &file);
        }
        self.servers.remove(make, &name);
    }

    fn session(&self) -> Session {
        self.session.unwrap()
    }

    fn host(&mut self) -> &mut Host {
        match self.session().line {
            Line::Pty => &mut self.pty,
            Line::Tcp => &mut self.tcp,
        }
    }

    fn other_host(&mut self) -> &mut Host {
        match self.session().line {
            Line::Pty => &mut self.tcp,
            Line::Tcp => &mut self.pty,
        }
    }

    #[track_caller]
    fn open(&mut self, session: Session) {
        self.session = Some(session);
        let (user, password, server) = match (session.make, &self.servers.given) {
            (Make::Given, Some(given)) => {
                let Given { host, port, user, password, .. } = given;
                (user.as_str(), password.as_str(), format!("\"{host}\",{port}"))
            }
            (Make::Ours, _) => ("u", "p", "\"ftp.example\",21".to_owned()),
            _ => ("quectel", "123456", "\"quectel.3322.org\",21".to_owned()),
        };
        let lines = [
            format!("AT+QFTPUSER=\"{user}\""),
            format!("AT+QFTPPASS=\"{password}\""),
            format!("AT+QFTPOPEN={server}"),
        ];
        let host = self.host();
        lines.iter().for_each(|line| host.command(line, OK));
        host.expect("\r\n+QFTPOPEN:0\r\n");
    }

    #[track_caller]
    fn close(&mut self) {
        if self.session.is_some() {
            self.host().command("AT+QFTPCLOSE", OK);
            self.host().expect("\r\n+QFTPCLOSE:0\r\n");
            self.session = None;
        }
    }

    #[track_caller]
    fn configure(&mut self, setting: impl Display) {
        let answer = "\r\nOK\r\n\r\n+QFTPCFG:0\r\n";
        self.host().command(&format!("AT+QFTPCFG={setting}"), answer);
    }

    #[track_caller]
    fn expect_result(&mut self, command: &str, result: impl Display) {
        self.host().expect(format!("\r\n+{command}:{result}\r\n"));
    }

    /// What a host does after a cut: it opens the session again if it must.
    #[track_caller]
    fn recover(&mut self, deed: Deed) {
        self.totals.cuts += 1;
        if deed.ends_session() {
            self.host().command("AT+QFTPSTAT", "\r\n+QFTPSTAT: CLOSED\r\n\r\nOK\r\n");
            let session = self.session();
            self.open(session);
        }
    }

    #[track_caller]
    fn resume(&mut self, at: usize) {
        self.totals.resumed += 1;
        self.configure(format!("3,{at}"));
    }

    /// Both ends in memory: the file goes up in one go or many, until the server has all of it.
    #[track_caller]
    fn upload(&mut self, chance: &mut Chance, name: &str, file: &[u8], is_trap: bool) {
        let make = self.session().make;
        // Whole pieces of a trap go out at once; a pseudo-terminal takes no longer ones at once.
        let style = match chance.within(0..4) {
            0 if file.len() <= 2048 => 2,
            1 => 100,
            _ if is_trap => 1000,
            2 => 5000,
            _ => 1 << 21,
        };
        let mut at = 0;
        loop {
            let rest = &file[at..];
            let partly = rest.len() > 1 && chance.percent(20);
            let part = if partly { chance.within(1..rest.len()) } else { rest.len() };
            let part = settle(file, at + part) - at;
            let cut = (make == Make::Ours && part > 1 && chance.percent(20)).then(|| {
                let after = chance.within(1..part);
                let keep = if chance.percent(50) { after } else { chance.within(0..after + 1) };
                let keep = settle(file, at + keep) - at;
                Cut { after, keep, deed: Deed::draw(chance) }
            });
            // Bytes that are not there cannot be kept.
            let cut = cut.filter(|cut| cut.keep <= cut.after);
            self.servers.ours.change(|store| store.cut = cut);
            self.host().command(&format!("AT+QFTPPUT=\"{name}\",{part},60000"), OK);
            self.host().expect(CONNECT);
            let sent = cut.map_or(part, |cut| cut.after);
            let until = if cut.is_none() && part > 1 && chance.percent(10) {
                settle(file, at + chance.within(1..part)) - at
            } else {
                sent
            };
            self.send(chance, name, &file[..at + until], at, style);
            if until < sent {
                // The host thinks better of it.
                self.escape(name, at + until);
                self.host().command("AT+QFTPCLOSE", OK);
                self.expect_result("QFTPPUT", -1);
                self.expect_result("QFTPCLOSE", 0);
                self.totals.closed_amid += 1;
                self.totals.bytes_up += until as u64;
                at += until;
                let session = self.session();
                self.open(session);
            } else if let Some(Cut { after, keep, deed }) = cut {
                self.expect_result("QFTPPUT", deed.error());
                self.totals.bytes_up += after as u64;
                at += keep;
                self.recover(deed);
            } else {
                self.expect_result("QFTPPUT", part);
                self.totals.bytes_up += part as u64;
                at += part;
            }
            assert_eq!(sha256(&self.servers.file(make, name)), sha256(&file[..at]));
            if at == file.len() {
                break;
            }
            self.resume(at);
        }
        // Where everything came before the host gave up, the module keeps its resuming point.
        self.configure("3,0");
        self.totals.uploads += 1;
    }

    /// Sends `file` from `at` on in pieces, here and there with an escape between them.
    #[track_caller]
    fn send(&mut self, chance: &mut Chance, name: &str, file: &[u8], mut at: usize, style: usize) {
        let mut escapes = [0, 0, 0, 1, 2][chance.within(0..5)];
        while at < file.len() {
            let piece = (at + chance.within(1..style + 1)).min(file.len());
            let piece = settle(file, piece);
            self.host().send(&file[at..piece]);
            at = piece;
            if escapes > 0 && at < file.len() && chance.percent(50) {
                escapes -= 1;
                self.escape(name, at);
                self.command_amid(chance);
                self.host().command("ATO", CONNECT);
            }
        }
    }

    /// Escapes from an upload of which the server has `length` bytes, soon.
    #[track_caller]
    fn escape(&mut self, name: &str, length: usize) {
        // What the server has the module has read; and after two commands on its other line it
        // knows that the server has it, and holds the flow no more. The silence has begun.
        self.servers.wait_for(self.session().make, name, length);
        self.other_host().command("AT", OK);
        self.other_host().command("AT", OK);
        self.escape_now();
        self.host().expect(OK);
    }

    fn escape_now(&mut self) {
        std::thread::sleep(GUARD);
        self.host().send("+++");
        self.totals.escapes += 1;
    }

    #[track_caller]
    fn command_amid(&mut self, chance: &mut Chance) {
        for _ in 0..chance.within(0..3) {
            match chance.within(0..3) {
                0 => self.host().command("AT", OK),
                1 => {
                    self.host().command("AT+QFTPSTAT", "\r\n+QFTPSTAT: TRANSFER\r\n\r\nOK\r\n");
                }
                _ => {
                    self.host().command("AT+QFTPPUT=\"other\",5", OK);
                    self.expect_result("QFTPPUT", -3);
                }
            }
        }
    }

    /// Both ends in memory: the file comes down in one go or many, until the host has all of it.
    #[track_caller]
    fn download(&mut self, chance: &mut Chance, name: &str, file: &[u8]) {
        let make = self.session().make;
        let mut came = Vec::new();
        loop {
            // To the server the first part of a file is a file.
            let partly = file.len() - came.len() > 1 && chance.percent(20);
            let end = if partly { chance.within(came.len() + 1..file.len()) } else { file.len() };
            self.servers.put(make, name, &file[..end]);
            let rest = &file[came.len()..end];
            let deed = (make == Make::Ours && rest.len() > 1 && chance.percent(25))
                .then(|| Deed::draw(chance));
            let cut = deed.map(|deed| Cut { after: chance.within(0..rest.len()), keep: 0, deed });
            let gate = (make == Make::Ours && cut.is_none() && rest.len() > 1)
                .then(|| chance.within(1..rest.len()))
                .filter(|_| chance.percent(40));
            self.servers.ours.change(|store| (store.cut, store.gate) = (cut, gate));
            self.host().command(&format!("AT+QFTPGET=\"{name}\""), OK);
            if let Some(Cut { after, deed, .. }) = cut {
                let result = format!("\r\n+QFTPGET:{}\r\n", deed.error());
                // Where the cut is known before the host is told to receive, it is not told so.
                let heard = [CONNECT.as_bytes(), &rest[..after]].concat();
                let heard = self.host().take_part(&heard, &result);
                assert!(heard == 0 || heard >= CONNECT.len(), "half a CONNECT");
                let heard = heard.saturating_sub(CONNECT.len());
                came.extend(&rest[..heard]);
                self.totals.bytes_down += heard as u64;
                self.recover(deed);
                self.resume(came.len());
                continue;
            }
            self.host().expect(CONNECT);
            let start = came.len();
            if let Some(gate) = gate {
                let taken = chance.within(0..gate + 1);
                came.extend(self.host().take(taken));
                self.escape_now();
                let more = self.host().take_part(&rest[taken..], OK);
                came.extend(&rest[taken..taken + more]);
                self.command_amid(chance);
                // Before, and the rest comes while the host is away; or after.
                let before = chance.percent(50) && taken + more + 1 < rest.len();
                if before {
                    self.servers.ours.change(|store| store.gate = None);
                    // Time for some of it to come.
                    (0..10).for_each(|_| self.other_host().command("AT", OK));
                }
                self.host().command("ATO", CONNECT);
                self.servers.ours.change(|store| store.gate = None);
            }
            while came.len() < end {
                let most = 1 + chance.within(0..1 << 16);
                came.extend(self.host().take(most.min(end - came.len())));
            }
            self.expect_result("QFTPGET", end - start);
            self.totals.bytes_down += (end - start) as u64;
            assert_eq!(sha256(&came), sha256(&file[..end]));
            if end == file.len() {
                break;
            }
            self.resume(end);
        }
        self.configure("3,0");
        self.totals.downloads += 1;
    }
}
