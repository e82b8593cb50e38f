//! An FTP server that obeys every command, except where it is told to do otherwise: for walking
//! through all replies at all steps.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use super::scripted_ftp::{Connection, Data, Port, ScriptedFtp};

/// Where a server may do otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Greeting,
    User,
    Pass,
    Cwd,
    Type,
    Pasv,
    Port,
    Rest,
    Stor,
    Retr,
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
}

impl ObedientFtp {
    /// Serves one client; RETR yields `file` whatever its name.
    pub fn start(file: &[u8], otherwise: impl IntoIterator<Item = (Step, Deed)>) -> Self {
        let record = Arc::new(Mutex::new(Record::default()));
        let state = State {
            file: file.to_vec(),
            otherwise: otherwise.into_iter().collect(),
            record: record.clone(),
            restart: 0,
            data: None,
        };
        Self { server: ScriptedFtp::start(|connection| state.serve(connection)), record }
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
                "PASS" => self.plain(&mut s, Step::Pass, "230 in"),
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

    /// Does a step, well or otherwise; false if the connection ends with it.
    fn step(&mut self, s: &mut Connection, step: Step, reply: &str) -> bool {
        match self.otherwise.get(&step) {
            None => drop(s.reply(reply)),
            Some(Deed::Reply(reply)) => drop(s.reply(reply)),
            Some(Deed::Segments(segments)) => {
                segments.iter().for_each(|segment| _ = s.raw(segment))
            }
            Some(Deed::Silence) => {}
            Some(Deed::ReplyAndFin(_) | Deed::Fin | Deed::Reset) => return false,
        }
        true
    }

    fn leave(&mut self, mut s: Connection, step: Step) {
        match self.otherwise.remove(&step) {
            Some(Deed::ReplyAndFin(reply)) => s.reply(&reply).fin(),
            Some(Deed::Reset) => s.reset(),
            _ => s.fin(),
        }
    }
}
