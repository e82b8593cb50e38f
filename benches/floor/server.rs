//! An FTP server that costs next to nothing, so that what is measured is its client.
//!
//! A file's name is its size; what is stored is thrown away.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::host::pattern;

/// Serves until the process is ended; says its address first.
pub fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for control in listener.incoming() {
        // A client that leaves in the middle is done.
        thread::spawn(|| session(control?));
    }
}

fn session(mut control: TcpStream) -> std::io::Result<()> {
    control.set_nodelay(true)?;
    let commands = BufReader::new(control.try_clone()?).lines();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    control.write_all(b"220 bare\r\n")?;
    for command in commands {
        let command = command?;
        let (verb, argument) = command.split_once(' ').unwrap_or((&command, ""));
        let reply = match verb {
            "USER" => "331 and?".to_owned(),
            "PASS" => "230 in".to_owned(),
            "TYPE" | "NOOP" => "200 ok".to_owned(),
            "CWD" => "250 there".to_owned(),
            "PWD" => "257 \"/\"".to_owned(),
            "SIZE" => format!("213 {argument}"),
            "PASV" => format!("227 Passive (127,0,0,1,{},{})", port >> 8, port & 0xFF),
            "EPSV" => format!("229 Passive (|||{port}|)"),
            "QUIT" => "221 bye".to_owned(),
            "RETR" | "STOR" => {
                let (mut data, _) = listener.accept()?;
                control.write_all(b"150 go\r\n")?;
                match verb {
                    "RETR" => send(&mut data, argument.trim_start_matches('/').parse().unwrap())?,
                    _ => receive(&mut data)?,
                }
                "226 done".to_owned()
            }
            _ => "502 what?".to_owned(),
        };
        control.write_all(format!("{reply}\r\n").as_bytes())?;
    }
    Ok(())
}

fn send(data: &mut TcpStream, size: usize) -> std::io::Result<()> {
    let chunk = pattern();
    let mut left = size;
    while left > 0 {
        let part = left.min(chunk.len());
        data.write_all(&chunk[..part])?;
        left -= part;
    }
    Ok(())
}

fn receive(data: &mut TcpStream) -> std::io::Result<()> {
    let mut chunk = pattern();
    while data.read(&mut chunk)? > 0 {}
    Ok(())
}
