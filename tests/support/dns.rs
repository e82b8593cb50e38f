//! A DNS server that knows a few names, over UDP and TCP on one port of 127.0.0.1.
//!
//! Packets are written by hand (RFC 1035 4.1), so that they can be wrong.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
/// Names that do not exist (RFC 1035 4.1.1).
const NXDOMAIN: u8 = 3;
/// More is cut off (RFC 1035 2.3.4).
const MAX_DATAGRAM: usize = 512;

/// What the server says of one name.
#[derive(Clone, Debug)]
pub enum Answer {
    /// These addresses; a question for the other family finds none.
    Addresses(Vec<IpAddr>),
    /// This is the name of that one, and what there is to say of that one.
    Alias(&'static str),
    /// This is the name of that one; ask again.
    BareAlias(&'static str),
    /// A response code and nothing else.
    Code(u8),
    /// Nothing is sent.
    Silence,
    /// The head of an answer, and then these bytes.
    Malformed(Vec<u8>),
}

/// A running server; dropping it stops it.
pub struct DnsServer {
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    zone: BTreeMap<String, Answer>,
    asked: Vec<String>,
    stopped: bool,
}

impl DnsServer {
    /// A server that knows these names, in lower case and without a trailing dot.
    pub fn start<'a>(zone: impl IntoIterator<Item = (&'a str, Answer)>) -> Self {
        let (udp, tcp) = sockets();
        let addr = udp.local_addr().unwrap();
        let zone = zone.into_iter().map(|(name, answer)| (name.to_owned(), answer)).collect();
        let state = Arc::new(Mutex::new(State { zone, ..State::default() }));
        let (for_udp, for_tcp) = (state.clone(), state.clone());
        let threads = vec![
            std::thread::spawn(move || serve_udp(&udp, &for_udp)),
            std::thread::spawn(move || serve_tcp(&tcp, &for_tcp)),
        ];
        Self { addr, state, threads }
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Says something else of a name from now on.
    pub fn set(&self, name: &str, answer: Answer) {
        self.state.lock().unwrap().zone.insert(name.to_owned(), answer);
    }

    /// The questions so far, each once however often it was sent, as `udp A some.name`, in order.
    pub fn asked(&self) -> Vec<String> {
        let mut asked = self.state.lock().unwrap().asked.clone();
        asked.sort();
        asked.dedup();
        asked
    }

    /// How often a question was sent.
    pub fn times_asked(&self, question: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|asked| *asked == question).count()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).stopped = true;
        // Something for each thread to wake up for.
        let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().send_to(&[], self.addr);
        let _ = TcpStream::connect(self.addr);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Two sockets with the same number, which may be taken for one of them.
fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
            return (udp, tcp);
        }
    }
}

fn serve_udp(socket: &UdpSocket, state: &Mutex<State>) {
    let mut buffer = [0; 1500];
    loop {
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        let mut state = state.lock().unwrap();
        if state.stopped {
            return;
        }
        if let Some(mut reply) = state.reply("udp", &buffer[..length]) {
            if reply.len() > MAX_DATAGRAM {
                reply = truncated(&buffer[..length]);
            }
            // A client that has left by now has what it wanted.
            let _ = socket.send_to(&reply, from);
        }
    }
}

/// One question a connection.
fn serve_tcp(listener: &TcpListener, state: &Mutex<State>) {
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        if state.lock().unwrap().stopped {
            return;
        }
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut question).unwrap();
        if let Some(reply) = state.lock().unwrap().reply("tcp", &question) {
            let length = u16::try_from(reply.len()).unwrap().to_be_bytes();
            let _ = stream.write_all(&[&length[..], &reply].concat());
        }
        let _ = stream.shutdown(Shutdown::Write);
    }
}

impl State {
    fn reply(&mut self, transport: &str, packet: &[u8]) -> Option<Vec<u8>> {
        let question = Question::parse(packet);
        let family = match question.family {
            A => "A",
            AAAA => "AAAA",
            other => panic!("a question for type {other}"),
        };
        self.asked.push(format!("{transport} {family} {}", question.name));
        let mut records = Vec::new();
        let mut name = question.name.to_ascii_lowercase();
        // A pointer to the name in the question (RFC 1035 4.1.4).
        let mut owner = vec![0xC0, 12];
        loop {
            match self.zone.get(&name) {
                None => return Some(question.answer(NXDOMAIN, &records)),
                Some(Answer::Silence) => return None,
                Some(Answer::Code(code)) => return Some(question.answer(*code, &records)),
                Some(Answer::Malformed(bytes)) => {
                    return Some([&packet[..2], bytes].concat());
                }
                Some(Answer::BareAlias(target)) => {
                    records.push(record(&owner, CNAME, &spell(target)));
                    return Some(question.answer(0, &records));
                }
                Some(Answer::Alias(target)) => {
                    records.push(record(&owner, CNAME, &spell(target)));
                    name = (*target).to_owned();
                    owner = spell(target);
                }
                Some(Answer::Addresses(addresses)) => {
                    for address in addresses {
                        match address {
                            IpAddr::V4(ip) if question.family == A => {
                                records.push(record(&owner, A, &ip.octets()));
                            }
                            IpAddr::V6(ip) if question.family == AAAA => {
                                records.push(record(&owner, AAAA, &ip.octets()));
                            }
                            _ => {}
                        }
                    }
                    return Some(question.answer(0, &records));
                }
            }
        }
    }
}

/// A query with one question, as a stub resolver sends it.
struct Question<'a> {
    id: &'a [u8],
    /// As on the wire, with type and class.
    wire: &'a [u8],
    name: String,
    family: u16,
}

impl<'a> Question<'a> {
    fn parse(packet: &'a [u8]) -> Self {
        let (head, rest) = packet.split_at(12);
        assert_eq!(head[2..], [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], "a plain query, recursion desired");
        let mut labels = Vec::new();
        let mut at = 0;
        while rest[at] != 0 {
            let end = at + 1 + usize::from(rest[at]);
            labels.push(String::from_utf8(rest[at + 1..end].to_vec()).unwrap());
            at = end;
        }
        assert_eq!(rest.len(), at + 5);
        assert_eq!(rest[at + 3..], [0, 1], "class IN");
        let family = u16::from_be_bytes([rest[at + 1], rest[at + 2]]);
        Self { id: &head[..2], wire: rest, name: labels.join("."), family }
    }

    fn answer(&self, code: u8, records: &[Vec<u8>]) -> Vec<u8> {
        let count = u16::try_from(records.len()).unwrap().to_be_bytes();
        // QR, RD, RA and the response code.
        let head = [0x81, 0x80 | code, 0, 1, count[0], count[1], 0, 0, 0, 0];
        [self.id, &head, self.wire, &records.concat()].concat()
    }
}

/// An answer without records that says that there are more than fit.
fn truncated(packet: &[u8]) -> Vec<u8> {
    let mut reply = Question::parse(packet).answer(0, &[]);
    reply[2] |= 2;
    reply
}

/// A resource record of class IN that is good for an hour.
fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let kind = kind.to_be_bytes();
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    [owner, &kind, &[0, 1], &3600_u32.to_be_bytes(), &length, data].concat()
}

/// A name as on the wire.
fn spell(name: &str) -> Vec<u8> {
    let mut wire = Vec::new();
    for label in name.split('.') {
        wire.push(u8::try_from(label.len()).unwrap());
        wire.extend(label.bytes());
    }
    wire.push(0);
    wire
}
