//! The floors: what a module could be replaced with if it knew nothing.
//!
//! Each is a process of its own with one blocking thread, on a terminal made as the program makes it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use suppaftp::FtpStream;
use suppaftp::types::FileType;

/// Answers whatever it reads with `OK`.
pub fn responder(path: &str) {
    let (mut master, _keeper) = terminal(path);
    let mut bytes = [0; 4096];
    while master.read(&mut bytes).is_ok_and(|count| count > 0) {
        master.write_all(b"\r\nOK\r\n").unwrap();
    }
}

/// suppaftp, piped straight into a terminal; understands no more than [`super::host::Host`] says.
pub fn pipe(server: &str, path: &str) {
    let (mut master, _keeper) = terminal(path);
    let mut ftp = FtpStream::connect(server).unwrap();
    ftp.login("quectel", "123456").unwrap();
    ftp.transfer_type(FileType::Binary).unwrap();
    loop {
        let line = line(&mut master);
        let (verb, arguments) = line.split_once('=').unwrap();
        let mut arguments = arguments.split(',');
        let name = arguments.next().unwrap().trim_matches('"');
        master.write_all(b"\r\nOK\r\n").unwrap();
        let bytes = match verb {
            "AT+QFTPGET" => {
                let mut data = ftp.retr_as_stream(name).unwrap();
                master.write_all(b"\r\nCONNECT\r\n").unwrap();
                let bytes = carry(&mut data, &mut master, usize::MAX);
                data.finish().unwrap();
                bytes
            }
            "AT+QFTPPUT" => {
                let mut data = ftp.put_with_stream(name).unwrap();
                master.write_all(b"\r\nCONNECT\r\n").unwrap();
                let size = arguments.next().unwrap().parse().unwrap();
                let bytes = carry(&mut master, &mut data, size);
                data.finish().unwrap();
                bytes
            }
            verb => unreachable!("nobody says {verb}"),
        };
        let verb = verb.trim_start_matches("AT");
        master.write_all(format!("\r\n{verb}:{bytes}\r\n").as_bytes()).unwrap();
    }
}

/// A raw terminal with a link at `path`, and the keeper of its other end.
fn terminal(path: &str) -> (File, OwnedFd) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let device = ptsname(&master, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    let keeper = rustix::fs::open(device.as_c_str(), flags, Mode::empty()).unwrap();
    let mut settings = tcgetattr(&keeper).unwrap();
    settings.make_raw();
    tcsetattr(&keeper, OptionalActions::Now, &settings).unwrap();
    symlink(device.to_str().unwrap(), path).unwrap();
    println!("ready pty {path}");
    (master.into(), keeper)
}

fn line(from: &mut File) -> String {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        from.read_exact(&mut byte).unwrap();
        match byte {
            [b'\r'] => return String::from_utf8(line).unwrap(),
            [byte] => line.push(byte),
        }
    }
}

/// Up to `limit` bytes, up to the end.
fn carry(from: &mut impl Read, to: &mut impl Write, limit: usize) -> usize {
    let mut chunk = vec![0; 65_536];
    let mut carried = 0;
    while carried < limit {
        let part = chunk.len().min(limit - carried);
        let count = from.read(&mut chunk[..part]).unwrap();
        if count == 0 {
            break;
        }
        to.write_all(&chunk[..count]).unwrap();
        carried += count;
    }
    carried
}
