//! The serial line, with a pseudo-terminal for a port: it has all of one but modem lines.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use quasimodem::io::serial::{SerialLine, SerialSettings};
use quasimodem::io::wire::Wire;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{ControlModes, tcgetattr};

use crate::bench::{Bench, Seen, pattern, read, received};

/// A port with a cable, whose other end is returned; the port is found at `path`.
fn plug(path: &Path) -> File {
    let host = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&host).unwrap();
    unlockpt(&host).unwrap();
    let device = ptsname(&host, Vec::new()).unwrap();
    symlink(device.to_str().unwrap(), path).unwrap();
    host.into()
}

/// A line at a port, as it is set after the path, and its host.
async fn line(set: &str) -> (Bench, File) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ttyQ0");
    let host = plug(&path);
    let settings = format!("{}{set}", path.display()).parse().unwrap();
    let line = Wire::Serial(SerialLine::open(settings).unwrap());
    let mut bench = Bench::on(line, Some(directory));
    assert_eq!(bench.next().await, Seen::Opened);
    (bench, host)
}

fn speed(text: &str) -> Seen {
    Seen::Speed(text.parse().unwrap())
}

fn refusal(path: &str) -> String {
    SerialLine::open(path.parse().unwrap()).unwrap_err().to_string()
}

#[tokio::test]
async fn every_byte_value_passes_both_ways() {
    let (mut bench, mut host) = line("").await;
    assert_eq!(bench.next().await, speed("115200 8N1"));
    let every: Vec<u8> = (0..=255).collect();
    host.write_all(&every).unwrap();
    assert_eq!(bench.receive(256).await, every);
    bench.wire.write(every.clone());
    bench.written(256).await;
    assert_eq!(read(&host, 256), every);
    bench.idle().await;
}

#[tokio::test]
async fn the_port_is_set_as_asked() {
    for (set, baud, rtscts) in
        [("", 115_200, false), (",9600", 9600, false), (",rtscts,250000", 250_000, true)]
    {
        let (mut bench, host) = line(set).await;
        assert_eq!(bench.next().await, speed(&format!("{baud} 8N1")));
        let found = tcgetattr(&host).unwrap();
        let has_flow = found.control_modes.contains(ControlModes::CRTSCTS);
        assert_eq!((found.output_speed(), has_flow), (baud, rtscts));
    }
}

#[tokio::test]
async fn without_room_nothing_is_read_and_nothing_is_lost() {
    let (mut bench, mut host) = line("").await;
    assert_eq!(bench.next().await, speed("115200 8N1"));
    bench.room = 0;
    host.write_all(&pattern(3000)).unwrap();
    bench.idle().await;
    bench.room = 100;
    assert_eq!(bench.next().await, received(&pattern(100)));
    bench.room = usize::MAX;
    assert!(bench.receive(2900).await == pattern(3000)[100..]);
}

#[tokio::test]
async fn a_port_that_is_pulled_is_a_host_that_goes_and_comes_back_with_it() {
    let (mut bench, host) = line(",9600").await;
    assert_eq!(bench.next().await, speed("9600 8N1"));
    drop(host);
    std::fs::remove_file(bench.path()).unwrap();
    assert_eq!(bench.next().await, Seen::Closed);
    bench.wire.write(b"\r\nOK\r\n".to_vec());
    assert_eq!(bench.next().await, Seen::Written(6));
    bench.idle().await;
    let mut host = plug(&bench.path());
    assert_eq!([bench.next().await, bench.next().await], [Seen::Opened, speed("9600 8N1")]);
    host.write_all(b"AT\r").unwrap();
    assert_eq!(bench.next().await, received(b"AT\r"));
    bench.wire.write(b"\r\nOK\r\n".to_vec());
    bench.written(6).await;
    assert_eq!(read(&host, 6), b"\r\nOK\r\n");
}

#[tokio::test]
async fn what_cannot_be_a_port_is_refused_in_one_sentence() {
    let (bench, _host) = line("").await;
    let path = bench.path();
    let at = |path: &Path, reason: &str| {
        format!("no line at {}: opening the serial port failed: {reason}", path.display())
    };
    assert_eq!(refusal(path.to_str().unwrap()), at(&path, "another program has it"));
    let missing = path.with_file_name("missing");
    assert_eq!(
        refusal(missing.to_str().unwrap()),
        at(&missing, "No such file or directory (os error 2)")
    );
    let file = path.with_file_name("file");
    File::create(&file).unwrap();
    assert_eq!(refusal(file.to_str().unwrap()), at(&file, "Not a typewriter"));
}

#[test]
fn a_port_reads_as_it_is_written() {
    let read = |text: &str| text.parse::<SerialSettings>();
    let settings = |baud: u32, rtscts| SerialSettings {
        device: "/dev/ttyS0".into(),
        baud: baud.try_into().unwrap(),
        rtscts,
    };
    assert_eq!(read("/dev/ttyS0"), Ok(settings(115_200, false)));
    assert_eq!(read("/dev/ttyS0,9600"), Ok(settings(9600, false)));
    assert_eq!(read("/dev/ttyS0,300,rtscts"), Ok(settings(300, true)));
    for word in ["0", "fast", "", "9600 8N1"] {
        let mistake = format!("{word:?} is neither a speed, as 9600, nor rtscts");
        assert_eq!(read(&format!("/dev/ttyS0,{word}")), Err(mistake));
    }
    let missing = "the device is missing, as in /dev/ttyUSB0,115200";
    assert_eq!(read(",9600"), Err(missing.to_owned()));
}
