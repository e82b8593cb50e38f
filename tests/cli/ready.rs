//! How a module says that it is there: on standard output, and in a file.

use std::fs::File;
use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::{Value, json};

use crate::support::host::{Host, PATIENCE};
use crate::support::program::quasimodem;
use crate::workplace::Workplace;

#[test]
fn run_announces_each_line_in_its_order_and_nothing_else() {
    let here = Workplace::new();
    let args = ["run", "--tcp", "0", "--pty", "b", "--tcp", "127.0.0.1:0", "--pty", "./a"];
    let program = here.start(&args);
    let lines = [(); 4].map(|()| program.line());
    for (line, name) in lines.iter().zip(["b", "./a"]) {
        let device = std::fs::read_link(here.path().join(name)).unwrap();
        assert_eq!(*line, format!("ready pty {name} -> {}", device.display()));
        Host::open(&here.path().join(name)).command("ATE0", "ATE0\r\r\nOK\r\n");
    }
    for line in &lines[2..] {
        let addr = line.strip_prefix("ready tcp ").unwrap();
        Host::connect(addr.parse().unwrap()).command("ATE0", "ATE0\r\r\nOK\r\n");
    }
    program.signal(Signal::TERM);
    let ended = program.finish();
    assert_eq!((ended.stdout.as_str(), ended.code()), ("", 0));
}

#[test]
fn a_port_that_speaks_rfc2217_is_announced_as_one() {
    let here = Workplace::new();
    let args = ["run", "--tcp", "0,rfc2217", "--tcp", ":0", "--ready-file", "ready.json"];
    let program = here.start(&args);
    let [tcp, rfc2217] = [(); 2].map(|()| program.line());
    let tcp = tcp.strip_prefix("ready tcp ").unwrap();
    let rfc2217 = rfc2217.strip_prefix("ready rfc2217 ").unwrap();
    let ready = std::fs::read_to_string(here.path().join("ready.json")).unwrap();
    assert_eq!(
        ready.parse::<Value>().unwrap()["lines"],
        json!([{"kind": "tcp", "addr": tcp}, {"kind": "rfc2217", "addr": rfc2217}])
    );
    Host::connect(tcp.parse().unwrap()).command("ATE0", "ATE0\r\r\nOK\r\n");
    let mut host = Host::connect(rfc2217.parse().unwrap());
    host.expect(b"\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfd\x2c");
    host.command("ATE0", "ATE0\r\r\nOK\r\n");
    program.signal(Signal::TERM);
    assert_eq!(program.finish().code(), 0);
}

#[test]
fn a_serial_port_is_announced_and_served_while_it_is_there() {
    let here = Workplace::new();
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let mut cable: File = openpt(flags).unwrap().into();
    grantpt(&cable).unwrap();
    unlockpt(&cable).unwrap();
    let device = ptsname(&cable, Vec::new()).unwrap();
    symlink(device.to_str().unwrap(), here.path().join("ttyS0")).unwrap();
    let args = ["run", "--serial", "ttyS0,9600", "--ready-file", "ready.json"];
    let program = here.start(&args);
    assert_eq!(program.line(), "ready serial ttyS0 9600");
    let ready = std::fs::read_to_string(here.path().join("ready.json")).unwrap();
    assert_eq!(
        ready.parse::<Value>().unwrap()["lines"],
        json!([{"kind": "serial", "device": "ttyS0", "baud": 9600}])
    );
    cable.write_all(b"ATE0\r").unwrap();
    let mut answer = [0; 11];
    cable.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"ATE0\r\r\nOK\r\n");
    drop(cable);
    program.signal(Signal::TERM);
    assert_eq!(program.finish().code(), 0);
}

#[test]
fn demo_announces_its_lines_and_its_server_and_says_what_to_type() {
    let here = Workplace::new();
    let program = here.start(&["demo"]);
    let [pty, tcp, ftp] = [(); 3].map(|()| program.line());
    let device = std::fs::read_link(here.path().join("ttyQ0")).unwrap();
    assert_eq!(pty, format!("ready pty ./ttyQ0 -> {}", device.display()));
    let tcp = tcp.strip_prefix("ready tcp 127.0.0.1:").unwrap();
    assert_eq!(tcp.parse::<u16>().unwrap().to_string(), tcp);
    let (addr, root) = ftp.strip_prefix("ready ftp ").unwrap().split_once(" root ").unwrap();
    let mut server = Host::connect(addr.parse().unwrap());
    server.expect("220 quasimodem FTP server\r\n");
    drop(server);
    assert_eq!(std::fs::metadata(Path::new(root).join("sscom.ini")).unwrap().len(), 1587);
    program.signal(Signal::INT);
    let ended = program.finish();
    assert_eq!(
        ended.stdout,
        format!(
            "
Attach, in another terminal, with one of
  picocom ./ttyQ0
  screen ./ttyQ0 115200
  nc -C 127.0.0.1 {tcp}
and type, each line when the one before it has been answered:
  AT+QIFGCNT=0
  AT+QICSGP=1,\"CMNET\"
  AT+QFTPUSER=\"quectel\"
  AT+QFTPPASS=\"123456\"
  AT+QFTPOPEN=\"quectel.3322.org\",21
  AT+QFTPPATH=\"/\"
  AT+QFTPGET=\"sscom.ini\"
  AT+QFTPPUT=\"hello.txt\",5,200
  AT+QFTPCLOSE
  AT+QIDEACT
sscom.ini has 1587 bytes. After the CONNECT of the upload type hello, and no Enter.
What you upload arrives in the folder named above. Ctrl-C here ends it all.
"
        )
    );
    assert_eq!(ended.code(), 0);
    assert!(!Path::new(root).exists());
    assert!(here.names().is_empty());
}

#[test]
fn ready_file_appears_by_rename_and_tells_everything() {
    let here = Workplace::new();
    let watch = Watch::on(here.path());
    let args = ["demo", "--pty", "tty", "--tcp", "0", "--seed", "7", "--ready-file", "ready.json"];
    let program = here.start(&args);
    assert_eq!(watch.first_event_of("ready.json"), ReadFlags::MOVED_TO);
    let ready = std::fs::read_to_string(here.path().join("ready.json")).unwrap();

    let device = std::fs::read_link(here.path().join("tty")).unwrap();
    let [pty, tcp, ftp] = [(); 3].map(|()| program.line());
    assert_eq!(pty, format!("ready pty tty -> {}", device.display()));
    let tcp = tcp.strip_prefix("ready tcp ").unwrap();
    let (addr, root) = ftp.strip_prefix("ready ftp ").unwrap().split_once(" root ").unwrap();
    let expected = json!({
        "lines": [
            {"kind": "pty", "path": "tty", "device": device},
            {"kind": "tcp", "addr": tcp},
        ],
        "ftp": {"addr": addr, "root": root, "user": "quectel", "password": "123456"},
        "control": [],
        "seed": 7,
        "pid": program.pid(),
    });
    assert_eq!(ready.parse::<Value>().unwrap(), expected);
    assert_eq!(ready.matches('\n').count(), 1);
    program.signal(Signal::TERM);
    assert_eq!(program.finish().code(), 0);
    assert_eq!(here.names(), ["ready.json"]);
}

#[test]
fn ready_file_of_a_module_alone_has_no_server() {
    let here = Workplace::new();
    let args = ["exec", "--tcp", "0", "--ready-file", "ready.json", "--", "cat", "ready.json"];
    let program = here.start(&args);
    let pid = program.pid();
    let ended = program.finish();
    assert_eq!((ended.code(), ended.stderr.as_str()), (0, ""));
    let ready: Value = ended.stdout.parse().unwrap();
    let [pty, tcp] = &ready["lines"].as_array().unwrap()[..] else { panic!("{ready}") };
    assert_eq!(
        ready,
        json!({"lines": [pty, tcp], "ftp": null, "control": [], "seed": ready["seed"].as_u64().unwrap(), "pid": pid})
    );
    assert_eq!(*pty, json!({"kind": "pty", "path": pty["path"], "device": pty["device"]}));
    assert_eq!(*tcp, json!({"kind": "tcp", "addr": tcp["addr"]}));
    // The line went with the program, and the folder made for it, too.
    let path = PathBuf::from(pty["path"].as_str().unwrap());
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn module_whose_standard_output_is_closed_serves_all_the_same() {
    let here = Workplace::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let watch = Watch::on(here.path());
    let mut child = Killed(
        quasimodem()
            .args(["demo", "--pty", "tty", "--ready-file", "ready.json"])
            .current_dir(here.path())
            .stdout(writer)
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    assert_eq!(watch.first_event_of("ready.json"), ReadFlags::MOVED_TO);
    Host::open(&here.path().join("tty")).command("AT", "AT\r\r\nOK\r\n");
    let pid = i32::try_from(child.0.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
    assert_eq!(here.names(), ["ready.json"]);
}

#[test]
fn second_client_of_a_tcp_line_is_told_and_sent_away() {
    let here = Workplace::new();
    let program = here.start(&["run", "--tcp", "0"]);
    let addr = program.line().strip_prefix("ready tcp ").unwrap().parse().unwrap();
    let stream = std::net::TcpStream::connect(addr).unwrap();
    let first = stream.local_addr().unwrap();
    let mut host = Host::over(stream);
    host.command("AT", "AT\r\r\nOK\r\n");
    let mut second = Host::connect(addr);
    second.expect(format!("quasimodem: this line is in use by {first}\r\n"));
    second.expect_end();
    host.command("AT", "AT\r\r\nOK\r\n");
    drop(host);
    Host::connect(addr).command("AT", "AT\r\r\nOK\r\n");
}

#[test]
fn second_module_at_a_path_is_refused_and_the_first_goes_on() {
    let here = Workplace::new();
    let first = here.start(&["run", "--pty", "tty"]);
    first.line();
    here.refuses(&["run", "--pty", "./tty"], 1, "no line at ./tty: another quasimodem serves it");
    Host::open(&here.path().join("tty")).command("AT", "AT\r\r\nOK\r\n");
    first.signal(Signal::TERM);
    assert_eq!(first.finish().code(), 0);
    assert!(here.names().is_empty());
}

struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It has ended by now, unless the test fails.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sees what happens in a folder.
struct Watch(std::os::fd::OwnedFd);

impl Watch {
    fn on(folder: &Path) -> Self {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        let flags = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::MODIFY;
        inotify::add_watch(&queue, folder, flags).unwrap();
        Self(queue)
    }

    #[track_caller]
    fn first_event_of(&self, name: &str) -> ReadFlags {
        let deadline = Instant::now() + PATIENCE;
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = Reader::new(&self.0, &mut space);
        loop {
            match events.next() {
                Ok(event) if event.file_name().is_some_and(|n| n.to_bytes() == name.as_bytes()) => {
                    return event.events();
                }
                Ok(_) => {}
                Err(rustix::io::Errno::AGAIN) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let left = Timespec::try_from(left).unwrap();
                    let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
                    assert_eq!(poll(&mut fds, Some(&left)), Ok(1), "{name} does not appear");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}
