//! Who is there: openings and closings in every order, and at any speed.

use std::fs::File;
use std::io::Write;
use std::sync::{Arc, Barrier};
use std::thread;

use crate::bench::{Bench, Seen, open, read, received};

#[tokio::test]
async fn two_hundred_sessions_at_full_speed_lose_no_byte() {
    let mut bench = Bench::pty();
    let path = bench.path();
    let hosts = thread::spawn(move || {
        for n in 0..200u8 {
            open(&path).write_all(&[n]).unwrap();
        }
    });
    let mut seen = Vec::new();
    while !hosts.is_finished() {
        seen.extend(bench.rest().await);
    }
    hosts.join().unwrap();
    seen.extend(bench.rest().await);
    let mut bytes = Vec::new();
    let mut is_open = false;
    for event in seen {
        match event {
            Seen::Opened => assert!(!std::mem::replace(&mut is_open, true)),
            Seen::Closed => assert!(std::mem::replace(&mut is_open, false)),
            Seen::Received(more) => {
                assert!(is_open);
                bytes.extend(more);
            }
            other => panic!("{other:?} out of nothing"),
        }
    }
    assert!(!is_open);
    assert_eq!(bytes, (0..200).collect::<Vec<u8>>());
}

#[tokio::test]
async fn a_host_that_follows_at_once_is_told_from_the_one_before() {
    let mut bench = Bench::pty();
    let first = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(b"for the first".to_vec());
    assert_eq!(bench.next().await, Seen::Written(13));
    drop(first);
    let mut second = bench.open();
    second.write_all(b"AT\r").unwrap();
    assert_eq!(bench.next().await, Seen::Closed);
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.next().await, received(b"AT\r"));
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&second, 2), b"OK");
    drop(second);
    assert_eq!(bench.until_closed().await, [Seen::Written(2), Seen::Closed]);
}

#[tokio::test]
async fn the_line_is_open_until_the_last_of_several_hosts_has_left() {
    let mut bench = Bench::pty();
    // Without a poll in between: the kernel merges equal events that nobody has read yet.
    let listener = File::open(bench.path()).unwrap();
    let mut hosts: Vec<File> = (0..10).map(|_| bench.open()).collect();
    hosts[3].write_all(b"AT\r").unwrap();
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.next().await, received(b"AT\r"));
    hosts.truncate(4);
    bench.idle().await;
    hosts[0].write_all(b"ATI\r").unwrap();
    drop(hosts);
    assert_eq!(bench.next().await, received(b"ATI\r"));
    bench.idle().await;
    bench.wire.write(b"OK".to_vec());
    assert_eq!(bench.next().await, Seen::Written(2));
    assert_eq!(read(&listener, 2), b"OK");
    drop(listener);
    // Time for the runtime to hear of a hang-up, which it never forgets.
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(bench.next().await, Seen::Closed);
    // And the line is as good as new.
    let mut host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    host.write_all(b"AT\r").unwrap();
    assert_eq!(bench.receive(3).await, b"AT\r");
    drop(host);
    assert_eq!(bench.next().await, Seen::Closed);
    bench.idle().await;
}

#[tokio::test]
async fn hosts_that_come_and_go_in_the_same_moment_leave_a_closed_line() {
    const ROUNDS: u8 = 200;
    let mut bench = Bench::pty();
    let gate = Arc::new(Barrier::new(3));
    let hosts: Vec<_> = (0..2)
        .map(|_| {
            let (gate, path) = (gate.clone(), bench.path());
            thread::spawn(move || {
                for n in 0..ROUNDS {
                    gate.wait();
                    let mut host = open(&path);
                    host.write_all(&[n]).unwrap();
                    gate.wait();
                    drop(host);
                    gate.wait();
                }
            })
        })
        .collect();
    for n in 0..ROUNDS {
        gate.wait();
        assert_eq!(bench.next().await, Seen::Opened);
        assert_eq!(bench.receive(2).await, [n, n]);
        gate.wait();
        assert_eq!(bench.next().await, Seen::Closed);
        gate.wait();
        bench.idle().await;
    }
    for host in hosts {
        host.join().unwrap();
    }
}

#[tokio::test]
async fn a_loop_that_slept_through_an_overflow_finds_its_way_back() {
    let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    let mut bench = Bench::pty();
    for _ in 0..=limit / 4 {
        drop(bench.open());
    }
    bench.open().write_all(b"AT\r").unwrap();
    assert_eq!(bench.until_closed().await, [Seen::Opened, received(b"AT\r"), Seen::Closed]);
    bench.idle().await;
    let mut host = bench.open();
    host.write_all(b"ATI\r").unwrap();
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.receive(4).await, b"ATI\r");
    drop(host);
    assert_eq!(bench.next().await, Seen::Closed);
    bench.idle().await;
}

#[tokio::test]
async fn a_host_that_is_there_through_an_overflow_stays() {
    let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
    let limit: usize = limit.trim().parse().unwrap();
    let mut bench = Bench::pty();
    let host = bench.open();
    assert_eq!(bench.next().await, Seen::Opened);
    for _ in 0..=limit / 4 {
        drop(bench.open());
    }
    bench.idle().await;
    bench.wire.write(b"OK".to_vec());
    assert_eq!(bench.next().await, Seen::Written(2));
    assert_eq!(read(&host, 2), b"OK");
    drop(host);
    assert_eq!(bench.next().await, Seen::Closed);
    bench.idle().await;
}
