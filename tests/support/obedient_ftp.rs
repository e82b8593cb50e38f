//! An FTP server that obeys every command, except where it is told to do otherwise: for walking
//! through all replies at all steps.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::scripted_ftp::{Connection, Data, End, Port, ScriptedFtp};

/// Where a server may do otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Greeting,
    User,
    Pass,
    /// After the login, when the test says so.
    Idle,
    Cwd,
    Type,
    Pasv,
    Port,
    Rest,
    Stor,
    Retr,
    /// While data flows.
    Data,
    /// The reply after the data.
    Completion,
    Noop,
    Abor,
    Quit,
}

/// What it does there.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Replies so; CR LF is added.
    Reply(String),
    /// Replies so and closes the control connection.
    ReplyAndFin(String),
    /// Sends these segments, exactly.
    Segments(Vec<Vec<u8>>),
    /// Says nothing, and goes on.
    Silence,
    /// Closes the control connection.
    Fin,
    /// Resets the control connection.
    Reset,
    /// Data flows so far and no further; then these connections end so, data first, and those
    /// that do not are held, without a word.
    Part { bytes: usize, data: Option<End>, control: Option<End> },
}

/// What happened so far.
#[derive(Default)]
pub struct Record {
    pub commands: Vec<String>,
    pub stored: Vec<u8>,
}

pub struct ObedientFtp {
    server: ScriptedFtp,
    record: Arc<Mutex<Record>>,
    tell: Sender<()>,
    disobeyed: UnboundedReceiver<()>,
}

impl ObedientFtp {
    /// Serves one client; RETR yields `file` whatever its name.
    pub fn start(file: &[u8], otherwise: impl IntoIterator<Item = (Step, Deed)>) -> Self {
        let record = Arc::new(Mutex::new(Record::default()));
        let (tell, told) = channel();
        let (disobeys, disobeyed) = unbounded_channel();
        let state = State {
            file: file.to_vec(),
            otherwise: otherwise.into_iter().collect(),
            record: record.clone(),
            restart: 0,
            data: None,
            told,
            disobeys,
        };
        let server = ScriptedFtp::start(|connection| state.serve(connection));
        Self { server, record, tell, disobeyed }
    }

    /// What is to be done at [`Step::Idle`] is to be done now.
    pub fn proceed(&self) {
        self.tell.send(()).unwrap();
    }

    /// Waits until the server does otherwise than it is asked.
    pub async fn disobeys(&mut self) {
        self.disobeyed.recv().await.unwrap();
    }

    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    pub fn commands(&self) -> Vec<String> {
        self.record.lock().unwrap().commands.clone()
    }

    pub fn stored(&self) -> Vec<u8> {
        self.record.lock().unwrap().stored.clone()
    }

    pub async fn finish(self) {
        self.server.finish().await;
    }

    pub fn join(self) {
        self.server.join();
    }
}

enum Peer {
    Listening(Port),
    At(SocketAddr),
}

struct State {
    file: Vec<u8>,
    otherwise: BTreeMap<Step, Deed>,
    record: Arc<Mutex<Record>>,
    restart: usize,
    data: Option<Peer>,
    told: Receiver<()>,
    disobeys: UnboundedSender<()>,
}

impl State {
    fn serve(mut self, mut s: Connection) {
        if !self.step(&mut s, Step::Greeting, "220 hello") {
            return self.leave(s, Step::Greeting);
        }
        while let Some(line) = s.command() {
            let line = String::from_utf8_lossy(&line).into_owned();
            self.record.lock().unwrap().commands.push(line.clone());
            let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
            let step = match verb {
                "USER" => self.plain(&mut s, Step::User, "331 and?"),
                "PASS" => self.plain(&mut s, Step::Pass, "230 in").or_else(|| self.idle(&mut s)),
                "CWD" => self.plain(&mut s, Step::Cwd, "250 there"),
                "TYPE" => self.plain(&mut s, Step::Type, "200 ok"),
                "NOOP" => self.plain(&mut s, Step::Noop, "200 ok"),
                "ABOR" => self.plain(&mut s, Step::Abor, "226 nothing to abort"),
                "QUIT" => self.plain(&mut s, Step::Quit, "221 bye"),
                "PORT" => {
                    let numbers: Vec<u8> =
                        argument.split(',').map(|n| n.parse().unwrap()).collect();
                    let port = u16::from_be_bytes([numbers[4], numbers[5]]);
                    self.data = Some(Peer::At(
                        ([numbers[0], numbers[1], numbers[2], numbers[3]], port).into(),
                    ));
                    self.plain(&mut s, Step::Port, "200 noted")
                }
                "PASV" => {
                    let port = Port::listen();
                    let number = port.addr().port();
                    self.data = Some(Peer::Listening(port));
                    let reply =
                        format!("227 Passive (127,0,0,1,{},{})", number >> 8, number & 0xFF);
                    self.plain(&mut s, Step::Pasv, &reply)
                }
                "REST" => {
                    self.restart = argument.parse().unwrap();
                    self.plain(&mut s, Step::Rest, "350 from there")
                }
                "STOR" => self.transfer(&mut s, Step::Stor),
                "RETR" => self.transfer(&mut s, Step::Retr),
                _ => {
                    s.reply("502 what?");
                    None
                }
            };
            if let Some(step) = step {
                return self.leave(s, step);
            }
        }
    }

    /// The step after which to leave, if there is one.
    fn plain(&mut self, s: &mut Connection, step: Step, reply: &str) -> Option<Step> {
        (!self.step(s, step, reply) || step == Step::Quit).then_some(step)
    }

    /// The same, where the test has something in mind for then.
    fn idle(&mut self, s: &mut Connection) -> Option<Step> {
        self.otherwise.get(&Step::Idle)?;
        self.told.recv().unwrap();
        (!self.step(s, Step::Idle, "")).then_some(Step::Idle)
    }

    fn transfer(&mut self, s: &mut Connection, step: Step) -> Option<Step> {
        let goes_on = match self.otherwise.get(&step) {
            None => true,
            Some(Deed::Reply(reply)) => reply.starts_with('1'),
            Some(_) => false,
        };
        let data = self.data.take();
        let mut data = match (goes_on, data) {
            (true, Some(Peer::Listening(port))) => Some(port.accept()),
            (true, Some(Peer::At(addr))) => Some(Data::connect(addr)),
            _ => None,
        };
        if !self.step(s, step, "150 go on") {
            return Some(step);
        }
        let data = data.take()?;
        if let Some(&Deed::Part { bytes, data: end, control }) = self.otherwise.get(&Step::Data) {
            let held = self.move_part(data, step, bytes, end);
            if control.is_none() {
                let _ = self.disobeys.send(());
                while s.command().is_some() {}
            }
            drop(held);
            return Some(Step::Data);
        }
        self.move_data(data, step);
        self.plain(s, Step::Completion, "226 done")
    }

    fn move_data(&mut self, mut data: Data, step: Step) {
        let restart = std::mem::take(&mut self.restart);
        if step == Step::Retr {
            data.send_until_refused(&self.file[restart.min(self.file.len())..]);
        } else {
            let bytes = data.receive_what_comes();
            let mut record = self.record.lock().unwrap();
            record.stored.resize(restart, 0);
            record.stored.extend(bytes);
        }
    }

    /// Moves the beginning of a file; all of an upload is known to be all by its end.
    fn move_part(
        &mut self,
        mut data: Data,
        step: Step,
        bytes: usize,
        end: Option<End>,
    ) -> Option<Data> {
        if step == Step::Retr {
            data.send(&self.file[..bytes]);
        } else if bytes == self.file.len() {
            data.receive_what_comes();
        } else {
            data.receive(bytes);
        }
        match end {
            None => return Some(data),
            Some(End::Fin) => data.fin(),
            Some(End::Reset) => data.reset(),
        }
        None
    }

    /// Does a step, well or otherwise; false if the connection ends with it.
    fn step(&mut self, s: &mut Connection, step: Step, reply: &str) -> bool {
        let otherwise = self.otherwise.get(&step);
        match otherwise {
            None => drop(s.reply(reply)),
            Some(Deed::Reply(reply)) => drop(s.reply(reply)),
            Some(Deed::Segments(segments)) => {
                segments.iter().for_each(|segment| _ = s.raw(segment))
            }
            Some(Deed::Silence) => {}
            Some(Deed::ReplyAndFin(_) | Deed::Fin | Deed::Reset) => return false,
            Some(Deed::Part { .. }) => panic!("{step:?} has no parts"),
        }
        if otherwise.is_some() {
            // A test that does not wait for it is content without.
            let _ = self.disobeys.send(());
        }
        true
    }

    fn leave(&mut self, mut s: Connection, step: Step) {
        match self.otherwise.remove(&step) {
            Some(Deed::ReplyAndFin(reply)) => s.reply(&reply).fin(),
            Some(Deed::Reset | Deed::Part { control: Some(End::Reset), .. }) => s.reset(),
            // The client has left before.
            Some(Deed::Part { control: None, .. }) => {}
            _ => s.fin(),
        }
    }
}
