//! HTTP/1.1 by hand, so that the server is not asked by the library that it is made of.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::Value;

use crate::support::host::{Host, PATIENCE};
use crate::support::program::{Program, quasimodem};

/// A program with the control API on a free port, and no module.
pub struct Station {
    pub program: Program,
    pub addr: SocketAddr,
}

/// An answer: its status, its headers as they came, its body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
}

impl Station {
    pub fn start(options: &[&str]) -> Self {
        let program = Program::spawn(
            quasimodem().args(["run", "--control", "0", "--timing", "instant"]).args(options),
        );
        let addr = loop {
            if let Some(addr) = program.line().strip_prefix("ready control http://") {
                break addr.parse().unwrap();
            }
        };
        Self { program, addr }
    }

    pub fn ask(&self, method: &str, path: &str, body: Option<(&str, &str)>) -> Answer {
        ask(TcpStream::connect(self.addr).unwrap(), &self.addr.to_string(), method, path, "", body)
    }

    /// Asks with headers of the test's own, each with its line end.
    pub fn ask_with(&self, host: &str, headers: &str, method: &str, path: &str) -> Answer {
        ask(TcpStream::connect(self.addr).unwrap(), host, method, path, headers, None)
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, None);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, Some(("application/json", body)))
    }

    /// Makes a module, which has one TCP line; its path, and a host at that line.
    #[track_caller]
    pub fn create(&self, wanted: &str) -> (String, Host) {
        let answer = self.post("/v1/modules", wanted);
        assert_eq!(answer.status, 201, "{answer:?}");
        let module = answer.json();
        let lines = module["lines"].as_array().unwrap();
        let line = lines.iter().find_map(|line| line["addr"].as_str()).unwrap().parse().unwrap();
        (format!("/v1/modules/{}", module["id"]), Host::connect(line))
    }

    /// Listens to a module's events.
    pub fn watch(&self, path: &str) -> Events {
        let mut stream = TcpStream::connect(self.addr).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path}/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.addr).unwrap();
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 200 OK\r\n");
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        Events(reader)
    }
}

/// Server-sent events.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// The next event's data; `None` behind the last.
    pub fn next(&mut self) -> Option<Value> {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // Of a chunked body, the sizes and the end of the last chunk are lines by themselves.
            if line == "0\r\n" {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
    }
}

/// One request over a connection of its own.
pub fn ask(
    mut stream: impl Read + Write,
    host: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: Option<(&str, &str)>,
) -> Answer {
    let (kind, body) = body.map_or((String::new(), ""), |(kind, body)| {
        (format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()), body)
    });
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{kind}");
    write!(stream, "{head}Connection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let (status, headers) = head.split_once("\r\n").unwrap();
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers: headers.to_owned(), body: body.to_owned() }
}

pub fn ask_unix(socket: &Path, method: &str, path: &str) -> Answer {
    ask(UnixStream::connect(socket).unwrap(), "localhost", method, path, "", None)
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// It is a problem, and says just this.
    #[track_caller]
    pub fn refuses(&self, status: u16, title: &str, detail: &str) {
        assert!(self.headers.contains("content-type: application/problem+json"), "{self:?}");
        let problem = serde_json::json!({ "title": title, "status": status, "detail": detail });
        assert_eq!((self.status, self.json()), (status, problem));
    }
}
