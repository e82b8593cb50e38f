//! How often a line wakes its loop. In a program of its own, with one test: every terminal that is
//! opened or closed anywhere wakes a pseudo-terminal line as well.
#![cfg(feature = "io")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a host has threads and files, a test may panic, and the bench has more than this needs"
)]

#[path = "lines/bench.rs"]
mod bench;

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::timeout;

use bench::{Bench, Seen, read};

#[tokio::test]
async fn lines_wake_their_loop_for_what_happens_and_no_more() {
    sessions_on_a_pseudo_terminal().await;
    hang_up_that_the_runtime_has_seen().await;
    sessions_on_tcp().await;
}

async fn sessions_on_a_pseudo_terminal() {
    let mut bench = Bench::pty();
    assert_idle(&mut bench).await;
    for _ in 0..200 {
        let mut host = bench.open();
        assert_eq!(bench.next().await, Seen::Opened);
        host.write_all(b"AT\r").unwrap();
        assert_eq!(bench.receive(3).await, b"AT\r");
        bench.wire.write(b"OK".to_vec());
        assert_eq!(read(&host, 2), b"OK");
        assert_eq!(bench.next().await, Seen::Written(2));
        drop(host);
        assert_eq!(bench.next().await, Seen::Closed);
    }
    // Four events, and some wake-ups that come to nothing.
    assert!(bench.polls < 200 * 10, "{}", bench.polls);
    assert_idle(&mut bench).await;
}

async fn hang_up_that_the_runtime_has_seen() {
    let mut bench = Bench::pty();
    let (first, second) = (bench.open(), bench.open());
    assert_eq!(bench.next().await, Seen::Opened);
    drop(first);
    bench.idle().await;
    drop(second);
    for _ in 0..3 {
        yield_now().await;
    }
    assert_eq!(bench.next().await, Seen::Closed);
    assert_idle(&mut bench).await;
}

async fn sessions_on_tcp() {
    let mut bench = Bench::tcp();
    assert_idle(&mut bench).await;
    for _ in 0..200 {
        let mut client = TcpStream::connect(bench.address()).unwrap();
        client.write_all(b"AT\r").unwrap();
        assert_eq!(bench.next().await, Seen::Opened);
        assert_eq!(bench.receive(3).await, b"AT\r");
        bench.wire.write(b"OK".to_vec());
        assert_eq!(bench.next().await, Seen::Written(2));
        assert_eq!(read(&client, 2), b"OK");
        drop(client);
        assert_eq!(bench.next().await, Seen::Closed);
    }
    assert!(bench.polls < 200 * 10, "{}", bench.polls);
    assert_idle(&mut bench).await;
}

/// One poll to begin with, one when the time is up, one for what was left over; and one for each
/// terminal that somebody else on the machine opens or closes meanwhile. A loop that spins makes
/// tens of thousands.
async fn assert_idle(bench: &mut Bench) {
    let before = bench.polls;
    let seen = timeout(Duration::from_millis(100), bench.next()).await;
    assert!(seen.is_err(), "{seen:?}");
    let polls = bench.polls - before;
    assert!(polls <= 64, "{polls}");
}
