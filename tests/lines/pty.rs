//! The wire itself: what a host finds, what it sends and gets.

use std::future::poll_fn;
use std::io::{Read, Write};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::termios::{
    Action, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, ioctl_tiocexcl,
    tcflow, tcgetattr, tcsetattr,
};
use serialport::SerialPort;
use tokio::time::timeout;

use crate::bench::{Bench, PATIENCE, Seen, open, pattern, read, received};

fn serial(bench: &Bench) -> serialport::TTYPort {
    serialport::new(bench.path().to_str().unwrap(), 115_200)
        .timeout(PATIENCE)
        .open_native()
        .unwrap()
}

/// Whether a user who is not root can open the device; `None` where there is no way to try.
fn anyone_can_open(bench: &Bench) -> Option<bool> {
    let script = ": <> \"$0\"";
    let mut command = if rustix::process::geteuid().is_root() {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        std::fs::set_permissions(bench.device(), permissions).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--clear-groups", "--bounding-set=-all", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    let output = command.args(["-c", script]).arg(bench.device()).output().ok()?;
    Some(output.status.success())
}

#[tokio::test]
async fn wire_is_raw_at_115200_baud() {
    let bench = Bench::pty();
    let settings = tcgetattr(bench.open()).unwrap();
    assert_eq!(settings.input_modes, InputModes::empty());
    assert_eq!(settings.output_modes, OutputModes::empty());
    assert_eq!(settings.local_modes, LocalModes::empty());
    assert_eq!(settings.output_speed(), 115_200);
    assert_eq!(settings.input_speed(), 115_200);
}

#[tokio::test]
async fn every_byte_value_passes_both_ways() {
    let mut bench = Bench::pty();
    let every: Vec<u8> = (0..=255).collect();
    let mut host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    host.write_all(&every).unwrap();
    assert_eq!(bench.receive(256).await, every);
    bench.wire.write(every.clone());
    assert_eq!(bench.next().await, Seen::Written(256));
    assert_eq!(read(&host, 256), every);
    // Nothing of what the host sent came back to it, nor of what it got to us.
    bench.idle().await;
    assert_eq!(rustix::io::ioctl_fionread(&host).unwrap(), 0);
}

#[tokio::test]
async fn serialport_host_may_set_and_flush_as_it_likes() {
    let mut bench = Bench::pty();
    for baud in [9_600, 115_200, 250_000] {
        let mut host = serial(&bench);
        host.set_baud_rate(baud).unwrap();
        host.set_flow_control(serialport::FlowControl::Hardware).unwrap();
        host.clear(serialport::ClearBuffer::All).unwrap();
        assert_eq!(bench.next().await, Seen::Opened);
        host.write_all(b"AT\r").unwrap();
        assert_eq!(bench.next().await, Seen::Speed(format!("{baud} 8N1").parse().unwrap()));
        assert_eq!(bench.receive(3).await, b"AT\r");
        bench.wire.write(b"\r\nOK\r\n".to_vec());
        assert_eq!(read(&mut host, 6), b"\r\nOK\r\n");
        assert_eq!(bench.next().await, Seen::Written(6));
        drop(host);
        assert_eq!(bench.next().await, Seen::Closed);
    }
}

#[tokio::test]
async fn a_new_speed_is_told_with_the_first_bytes_that_are_sent_at_it() {
    let mut bench = Bench::pty();
    let mut host = serial(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    host.write_all(b"1").unwrap();
    assert_eq!(bench.next().await, received(b"1"));
    host.set_baud_rate(300).unwrap();
    host.set_stop_bits(serialport::StopBits::Two).unwrap();
    bench.idle().await;
    host.write_all(b"2").unwrap();
    assert_eq!(bench.next().await, Seen::Speed("300 8N2".parse().unwrap()));
    assert_eq!(bench.next().await, received(b"2"));
    // A device is as the last host left it, and of one that writes and leaves it is told as well.
    host.set_baud_rate(600).unwrap();
    host.write_all(b"3").unwrap();
    drop(host);
    let speed = Seen::Speed("600 8N2".parse().unwrap());
    assert_eq!(bench.until_closed().await, [speed, received(b"3"), Seen::Closed]);
    let mut next = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    next.write_all(b"4").unwrap();
    assert_eq!(bench.next().await, received(b"4"));
}

#[tokio::test]
async fn bytes_of_a_shell_redirection_come_between_opened_and_closed() {
    let mut bench = Bench::pty();
    for _ in 0..20 {
        let script = format!("printf 'AT\\r' > '{}'", bench.path().display());
        let status = Command::new("sh").args(["-c", &script]).status().unwrap();
        assert!(status.success());
        assert_eq!(bench.until_closed().await, [Seen::Opened, received(b"AT\r"), Seen::Closed]);
    }
    bench.idle().await;
}

#[tokio::test]
async fn a_full_device_is_delivered_whole_after_its_host_has_left() {
    let mut bench = Bench::pty();
    let host = open(&bench.path());
    rustix::io::ioctl_fionbio(&host, true).unwrap();
    let sent = pattern(100_000);
    let mut taken = 0;
    while let Ok(count) = rustix::io::write(&host, &sent[taken..]) {
        taken += count;
    }
    drop(host);
    assert!(taken > 4096, "{taken}");
    assert_eq!(bench.until_closed().await, [Seen::Opened, received(&sent[..taken]), Seen::Closed]);
}

#[tokio::test]
async fn bytes_for_nobody_are_lost_and_counted() {
    let mut bench = Bench::pty();
    bench.wire.write(b"\r\nRDY\r\n".to_vec());
    assert_eq!(bench.next().await, Seen::Written(7));
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&host, 2), b"OK");
}

#[tokio::test]
async fn bytes_that_one_host_left_unread_do_not_reach_the_next() {
    let mut bench = Bench::pty();
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    // More than the kernel takes, so that our own queue is in it as well.
    bench.wire.write(pattern(100_000));
    drop(host);
    let seen = bench.until_closed().await;
    assert_eq!(seen, [Seen::Written(100_000), Seen::Closed]);
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&host, 2), b"OK");
    assert_eq!(rustix::io::ioctl_fionread(&host).unwrap(), 0);
}

#[tokio::test]
async fn a_host_that_does_not_read_stalls_nothing_and_loses_nothing() {
    const SIZE: usize = 1 << 20;
    let mut bench = Bench::pty();
    let mut host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    let sent = pattern(SIZE);
    for chunk in sent.chunks(1000) {
        bench.wire.write(chunk.to_vec());
    }
    let Seen::Written(at_once) = bench.next().await else {
        panic!("the kernel takes some");
    };
    assert!(at_once < 64 * 1024, "{at_once}");
    host.write_all(b"+++").unwrap();
    assert_eq!(bench.receive(3).await, b"+++");
    bench.idle().await;

    let polls = bench.polls;
    let reader = thread::spawn(move || read(&host, SIZE));
    let mut left = at_once;
    while left < SIZE {
        match bench.next().await {
            Seen::Written(more) => left += more,
            Seen::Closed => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(reader.join().unwrap(), sent);
    // Once per chunk and once per stall at the very most.
    assert!(bench.polls - polls < 4000, "{}", bench.polls - polls);
}

#[tokio::test]
async fn nothing_is_read_without_room() {
    let mut bench = Bench::pty();
    bench.room = 0;
    let mut host = bench.open();
    host.write_all(b"AT+CGMR\r").unwrap();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.idle().await;
    bench.room = 3;
    assert_eq!(bench.next().await, received(b"AT+"));
    bench.room = 0;
    drop(host);
    bench.idle().await;
    bench.room = 100;
    assert_eq!(bench.next().await, received(b"CGMR\r"));
    assert_eq!(bench.next().await, Seen::Closed);
}

#[tokio::test]
async fn an_exclusive_host_that_dies_does_not_lock_out_the_next() {
    let mut bench = Bench::pty();
    match anyone_can_open(&bench) {
        Some(true) => {}
        // Root opens an exclusive device as well, so without another user nothing is shown.
        other => return eprintln!("skipped: no unprivileged user can open the device ({other:?})"),
    }
    assert_eq!(bench.until_closed().await, [Seen::Opened, Seen::Closed]);
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    ioctl_tiocexcl(&host).unwrap();
    assert_eq!(anyone_can_open(&bench), Some(false));
    drop(host);
    assert_eq!(bench.next().await, Seen::Closed);
    assert_eq!(anyone_can_open(&bench), Some(true));
}

#[tokio::test]
async fn settings_that_one_host_leaves_do_not_bend_the_wire_of_the_next() {
    let mut bench = Bench::pty();
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    let mut stty = Command::new("stty");
    stty.arg("-F").arg(bench.device()).args(["sane", "9600"]);
    assert!(stty.status().unwrap().success());
    let mut settings = tcgetattr(&host).unwrap();
    assert!(settings.local_modes.contains(LocalModes::ECHO | LocalModes::ICANON));
    settings.special_codes[SpecialCodeIndex::VMIN] = 0;
    tcsetattr(&host, OptionalActions::Now, &settings).unwrap();
    // A host whose output is stopped would block for ever.
    tcflow(&host, Action::OOff).unwrap();
    drop(host);
    assert_eq!(bench.next().await, Seen::Speed("9600 8N1".parse().unwrap()));
    assert_eq!(bench.next().await, Seen::Closed);

    let mut host = bench.open();
    let settings = tcgetattr(&host).unwrap();
    assert_eq!(settings.input_modes, InputModes::empty());
    assert_eq!(settings.output_modes, OutputModes::empty());
    assert_eq!(settings.local_modes, LocalModes::empty());
    assert_eq!(settings.special_codes[SpecialCodeIndex::VMIN], 1);
    assert_eq!(settings.output_speed(), 9_600);
    assert_eq!(bench.next().await, Seen::Opened);
    rustix::io::ioctl_fionbio(&host, true).unwrap();
    host.write_all(b"AT\r").unwrap();
    assert_eq!(bench.receive(3).await, b"AT\r");
    bench.wire.write(b"\r\nOK\r\n".to_vec());
    assert_eq!(bench.next().await, Seen::Written(6));
    bench.idle().await;
}

#[tokio::test]
async fn draining_waits_until_the_host_has_read() {
    let mut bench = Bench::pty();
    let mut host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    let sent = pattern(50_000);
    bench.wire.write(sent.clone());
    let drained = timeout(Duration::from_millis(50), poll_fn(|cx| bench.wire.poll_drained(cx)));
    assert!(drained.await.is_err());
    let reader = thread::spawn(move || {
        let mut all = vec![0; 50_000];
        for byte in all.chunks_mut(777) {
            host.read_exact(byte).unwrap();
        }
        (host, all)
    });
    timeout(PATIENCE, poll_fn(|cx| bench.wire.poll_drained(cx))).await.unwrap().unwrap();
    drop(bench);
    assert_eq!(reader.join().unwrap().1, sent);
}

#[tokio::test]
async fn draining_does_not_wait_for_a_host_that_leaves() {
    let mut bench = Bench::pty();
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(pattern(50_000));
    let leaver = thread::spawn(move || drop(host));
    timeout(PATIENCE, poll_fn(|cx| bench.wire.poll_drained(cx))).await.unwrap().unwrap();
    leaver.join().unwrap();
}
