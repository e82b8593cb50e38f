//! A process without file descriptors left. In a program of its own, because the limit is the process's.
#![cfg(feature = "io")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a client has sockets")]

use std::future::poll_fn;
use std::net::TcpStream;
use std::time::Duration;

use quasimodem::io::line::{WireEvent, raise_fd_limit};
use quasimodem::io::tcp::TcpLine;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::time::timeout;

#[tokio::test]
async fn client_waits_without_a_spin_until_there_is_a_descriptor() {
    let before = getrlimit(Resource::Nofile);
    let mut line = TcpLine::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let client = TcpStream::connect(line.local_addr()).unwrap();
    let mut spent = Vec::new();
    let mut limit = before;
    limit.current = Some(256);
    setrlimit(Resource::Nofile, limit).unwrap();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        spent.push(file);
    }

    let mut polls = 0;
    let mut event = async |patience| {
        timeout(
            patience,
            poll_fn(|cx| {
                polls += 1;
                line.poll_event(cx, &mut [0; 64], 64)
            }),
        )
        .await
        .map(Result::unwrap)
    };
    assert!(event(Duration::from_millis(350)).await.is_err());
    drop(spent);
    assert_eq!(event(Duration::from_secs(30)).await, Ok(WireEvent::Opened));
    // The first, some four that found nothing, the one that did, and the timeout's own.
    assert!(polls < 12, "{polls}");
    drop(client);

    raise_fd_limit().unwrap();
    assert_eq!(getrlimit(Resource::Nofile).current, before.maximum);
}
