//! The TCP line: one client at a time, and clients of every kind.

use std::future::poll_fn;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;

use quasimodem::io::tcp::TcpLine;
use tokio::time::timeout;

use crate::bench::{Bench, PATIENCE, Seen, pattern, read, received};

fn connect(bench: &Bench) -> TcpStream {
    let client = TcpStream::connect(bench.address()).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
}

fn read_to_end(mut client: &TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    all
}

#[tokio::test]
async fn every_byte_value_passes_both_ways() {
    let mut bench = Bench::tcp();
    let every: Vec<u8> = (0..=255).collect();
    let mut client = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    client.write_all(&every).unwrap();
    assert_eq!(bench.receive(256).await, every);
    bench.wire.write(every.clone());
    assert_eq!(bench.next().await, Seen::Written(256));
    assert_eq!(read(&client, 256), every);
    bench.idle().await;
}

#[tokio::test]
async fn second_client_is_told_and_the_next_may_come() {
    let mut bench = Bench::tcp();
    let first = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    for _ in 0..3 {
        let mut second = connect(&bench);
        second.write_all(b"AT\r").unwrap();
        bench.idle().await;
        assert_eq!(
            String::from_utf8(read_to_end(&second)).unwrap(),
            format!("quasimodem: this line is in use by {}\r\n", first.local_addr().unwrap())
        );
    }
    drop(first);
    let mut third = connect(&bench);
    third.write_all(b"ATI\r").unwrap();
    assert_eq!(bench.next().await, Seen::Closed);
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.next().await, received(b"ATI\r"));
}

#[tokio::test]
async fn client_that_has_said_all_still_gets_its_replies() {
    let mut bench = Bench::tcp();
    let mut client = connect(&bench);
    client.write_all(b"AT\r").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(bench.until_closed().await, [Seen::Opened, received(b"AT\r"), Seen::Closed]);
    for _ in 0..100 {
        bench.wire.write(b"\r\nOK\r\n".to_vec());
        assert_eq!(bench.next().await, Seen::Written(6));
        assert_eq!(read(&client, 6), b"\r\nOK\r\n");
    }
    bench.idle().await;
    // The next client takes its place, and what the first has not read is its own affair.
    let mut next = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(read_to_end(&client), b"");
    next.write_all(b"AT\r").unwrap();
    assert_eq!(bench.receive(3).await, b"AT\r");
}

#[tokio::test]
async fn download_to_a_client_that_is_gone_goes_nowhere_and_goes_on() {
    let mut bench = Bench::tcp();
    let client = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(pattern(8 << 20));
    let Seen::Written(at_once) = bench.next().await else {
        panic!("the kernel takes some");
    };
    assert!(at_once < 8 << 20);
    // With input unread the client's end is a reset.
    drop(client);
    let seen = bench.until_closed().await;
    assert_eq!(seen, [Seen::Written((8 << 20) - at_once), Seen::Closed]);
    bench.wire.write(vec![0; 1000]);
    assert_eq!(bench.next().await, Seen::Written(1000));
    bench.idle().await;
    let _next = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
}

#[tokio::test]
async fn bytes_for_nobody_are_lost_and_counted() {
    let mut bench = Bench::tcp();
    bench.wire.write(b"\r\nRDY\r\n".to_vec());
    assert_eq!(bench.next().await, Seen::Written(7));
    let client = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&client, 2), b"OK");
}

#[tokio::test]
async fn client_that_does_not_read_stalls_nothing_and_loses_nothing() {
    const SIZE: usize = 16 << 20;
    let mut bench = Bench::tcp();
    let mut client = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    let sent = pattern(SIZE);
    for chunk in sent.chunks(65_536) {
        bench.wire.write(chunk.to_vec());
    }
    let Seen::Written(at_once) = bench.next().await else {
        panic!("the kernel takes some");
    };
    assert!(at_once < SIZE, "{at_once}");
    client.write_all(b"+++").unwrap();
    let mut left = at_once;
    loop {
        match bench.next().await {
            Seen::Written(more) => left += more,
            seen => {
                assert_eq!(seen, received(b"+++"));
                break;
            }
        }
    }
    let reader = thread::spawn(move || (read(&client, SIZE), client));
    bench.written(SIZE - left).await;
    assert_eq!(reader.join().unwrap().0, sent);
}

#[tokio::test]
async fn nothing_is_read_without_room_and_a_successor_waits_for_the_rest() {
    let mut bench = Bench::tcp();
    bench.room = 0;
    let mut client = connect(&bench);
    client.write_all(b"AT+CGMR\r").unwrap();
    assert_eq!(bench.next().await, Seen::Opened);
    bench.idle().await;
    drop(client);
    let mut next = connect(&bench);
    next.write_all(b"ATI\r").unwrap();
    bench.idle().await;
    bench.room = 100;
    assert_eq!(bench.next().await, received(b"AT+CGMR\r"));
    assert_eq!(bench.next().await, Seen::Closed);
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.next().await, received(b"ATI\r"));
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&next, 2), b"OK");
}

#[tokio::test]
async fn clients_that_leave_before_anybody_looks_all_have_their_turn() {
    let mut bench = Bench::tcp();
    for _ in 0..5 {
        connect(&bench).write_all(b"AT+").unwrap();
    }
    let mut last = connect(&bench);
    last.write_all(b"ATI\r").unwrap();
    for _ in 0..5 {
        assert_eq!(bench.until_closed().await, [Seen::Opened, received(b"AT+"), Seen::Closed]);
    }
    assert_eq!(bench.next().await, Seen::Opened);
    assert_eq!(bench.receive(4).await, b"ATI\r");
    bench.wire.write(b"OK".to_vec());
    assert_eq!(read(&last, 2), b"OK");
}

#[tokio::test]
async fn draining_lets_the_client_have_the_last_word() {
    let mut bench = Bench::tcp();
    let mut client = connect(&bench);
    assert_eq!(bench.next().await, Seen::Opened);
    client.write_all(b"AT\r").unwrap();
    bench.wire.write(pattern(8 << 20));
    let reader = thread::spawn(move || read_to_end(&client));
    timeout(PATIENCE, poll_fn(|cx| bench.wire.poll_drained(cx))).await.unwrap().unwrap();
    drop(bench);
    assert_eq!(reader.join().unwrap(), pattern(8 << 20));
}

#[tokio::test]
async fn address_in_use_is_refused_in_one_sentence() {
    let bench = Bench::tcp();
    let address = bench.address();
    let error = TcpLine::bind(address).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no line at tcp {address}: Address already in use (os error 98)")
    );
    drop(bench);
    let gone = TcpStream::connect(address).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::ConnectionRefused);
}
