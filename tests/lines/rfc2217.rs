//! The RFC 2217 line, and a client that knows the option's bytes and nothing of ours.

use std::io::Write;
use std::net::TcpStream;

use quasimodem::line::{HostSignal, ModuleSignal};

use crate::bench::{Bench, PATIENCE, Seen, read, received};

/// WILL and DO BINARY, WILL and DO SUPPRESS-GO-AHEAD, WILL ECHO, DO COM-PORT-OPTION.
const GREETING: &[u8] = b"\xff\xfb\x00\xff\xfd\x00\xff\xfb\x03\xff\xfd\x03\xff\xfb\x01\xff\xfd\x2c";
/// DO and WILL BINARY, WILL COM-PORT-OPTION.
const CONSENT: &[u8] = b"\xff\xfd\x00\xff\xfb\x00\xff\xfb\x2c";

fn dtr(on: bool) -> Seen {
    Seen::Signal(HostSignal::Dtr(on))
}

fn rts(on: bool) -> Seen {
    Seen::Signal(HostSignal::Rts(on))
}

/// `IAC SB COM-PORT-OPTION` these `IAC SE`.
fn com_port(bytes: &[u8]) -> Vec<u8> {
    [b"\xff\xfa\x2c", bytes, b"\xff\xf0"].concat()
}

/// A client that has been greeted, and nothing else.
async fn arrive(bench: &mut Bench) -> TcpStream {
    let client = TcpStream::connect(bench.address()).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    for seen in [Seen::Opened, dtr(true), rts(true)] {
        assert_eq!(bench.next().await, seen);
    }
    bench.idle().await;
    assert_eq!(read(&client, GREETING.len()), GREETING);
    client
}

/// A client that has agreed to COM ports; the module is on.
async fn agree(bench: &mut Bench) -> TcpStream {
    let mut client = arrive(bench).await;
    bench.wire.signal(ModuleSignal::Dsr(true));
    bench.wire.signal(ModuleSignal::Cts(true));
    client.write_all(CONSENT).unwrap();
    bench.quiet().await;
    assert_eq!(read(&client, 7), com_port(&[107, 0x30]));
    client
}

#[tokio::test]
async fn every_byte_value_passes_both_ways() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    let every: Vec<u8> = (0..=255).collect();
    let doubled = [&every[..], b"\xff"].concat();
    client.write_all(&doubled).unwrap();
    assert_eq!(bench.receive(256).await, every);
    bench.wire.write(every.clone());
    bench.written(256).await;
    assert_eq!(read(&client, 257), doubled);
    bench.idle().await;
}

#[tokio::test]
async fn a_megabyte_of_the_worst_bytes_passes_and_is_counted() {
    let mut bench = Bench::rfc2217();
    let client = agree(&mut bench).await;
    let bytes = vec![0xFF; 1 << 20];
    let reader = std::thread::spawn(move || (read(&client, 2 << 20), client));
    bench.wire.write(bytes);
    bench.written(1 << 20).await;
    let (read, _client) = reader.join().unwrap();
    assert!(read.iter().all(|&byte| byte == 0xFF));
    bench.idle().await;
}

#[tokio::test]
async fn commands_come_between_the_bytes_they_stand_between() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    let stream = [
        b"AT\r".to_vec(),
        com_port(&[5, 9]),
        b"A\xff\xff".to_vec(),
        com_port(&[1, 0, 0, 0x25, 0x80]),
        com_port(&[2, 7]),
        com_port(&[5, 5]),
        com_port(&[5, 6]),
        b"\xff\xf3T".to_vec(),
    ]
    .concat();
    let speed = |text: &str| Seen::Speed(text.parse().unwrap());
    let answers = [
        com_port(&[105, 9]),
        com_port(&[101, 0, 0, 0x25, 0x80]),
        com_port(&[102, 7]),
        com_port(&[105, 5]),
        com_port(&[105, 6]),
    ]
    .concat();
    // Whole, and then byte by byte.
    client.write_all(&stream).unwrap();
    for seen in [
        received(b"AT\r"),
        dtr(false),
        received(b"A\xff"),
        speed("9600 8N1"),
        speed("9600 7N1"),
        Seen::Signal(HostSignal::Break),
        Seen::Signal(HostSignal::Break),
        received(b"T"),
    ] {
        assert_eq!(bench.next().await, seen);
    }
    assert_eq!(read(&client, answers.len()), answers);
    client.set_nodelay(true).unwrap();
    let mut bytes = Vec::new();
    for byte in stream {
        client.write_all(&[byte]).unwrap();
        bench.rest().await.into_iter().for_each(|seen| match seen {
            Seen::Received(more) => bytes.extend(more),
            seen => assert_eq!(seen, Seen::Signal(HostSignal::Break)),
        });
    }
    assert_eq!(bytes, b"AT\rA\xffT");
    assert_eq!(read(&client, answers.len()), answers);
}

#[tokio::test]
async fn the_modules_signals_are_told_and_kept_for_the_next_client() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    bench.wire.signal(ModuleSignal::Dcd(true));
    assert_eq!(read(&client, 7), com_port(&[107, 0xB8]));
    bench.wire.signal(ModuleSignal::Ri(true));
    bench.wire.signal(ModuleSignal::Ri(false));
    assert_eq!(read(&client, 14), [com_port(&[107, 0xF0]), com_port(&[107, 0xB4])].concat());
    // A value of 255 is doubled as data is.
    bench.wire.signal(ModuleSignal::Ri(true));
    assert_eq!(read(&client, 7), com_port(&[107, 0xF0]));
    client.write_all(&com_port(&[11, 0xFF, 0xFF])).unwrap();
    bench.quiet().await;
    assert_eq!(read(&client, 8), com_port(&[111, 0xFF, 0xFF]));
    drop(client);
    assert_eq!(bench.next().await, Seen::Closed);
    let mut next = arrive(&mut bench).await;
    next.write_all(CONSENT).unwrap();
    bench.quiet().await;
    assert_eq!(read(&next, 7), com_port(&[107, 0xF0]));
}

#[tokio::test]
async fn a_client_that_knows_no_com_port_is_served_and_not_told_of_signals() {
    let mut bench = Bench::rfc2217();
    let mut client = arrive(&mut bench).await;
    client.write_all(b"\xff\xfc\x2c\xff\xfe\x00\xff\xfc\x00AT\r\0").unwrap();
    assert_eq!(bench.next().await, received(b"AT\r"));
    bench.wire.signal(ModuleSignal::Dcd(true));
    bench.wire.write(b"\r\nOK\r\n".to_vec());
    bench.written(6).await;
    assert_eq!(read(&client, 6), b"\r\nOK\r\n");
}

#[tokio::test]
async fn dtr_is_heard_behind_data_that_the_module_has_no_room_for() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    let data = b"0123456789".repeat(1000);
    bench.room = 0;
    client.write_all(&[data.clone(), com_port(&[5, 9])].concat()).unwrap();
    assert_eq!(bench.next().await, dtr(false));
    bench.idle().await;
    bench.room = usize::MAX;
    assert!(bench.receive(10_000).await == data);
    drop(client);
    assert_eq!(bench.next().await, Seen::Closed);
}

#[tokio::test]
async fn the_end_of_a_client_waits_for_its_last_bytes() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    bench.room = 0;
    client.write_all(b"AT\r").unwrap();
    drop(client);
    bench.idle().await;
    bench.room = usize::MAX;
    assert_eq!(bench.next().await, received(b"AT\r"));
    assert_eq!(bench.next().await, Seen::Closed);
    bench.idle().await;
}

#[tokio::test]
async fn data_waits_while_the_client_has_suspended_it_and_is_lost_with_the_client() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    client.write_all(&com_port(&[8])).unwrap();
    bench.quiet().await;
    bench.wire.write(b"one".to_vec());
    bench.wire.write(b"two".to_vec());
    bench.wire.signal(ModuleSignal::Dcd(true));
    bench.quiet().await;
    // Only data waits.
    assert_eq!(read(&client, 7), com_port(&[107, 0xB8]));
    client.write_all(&com_port(&[9])).unwrap();
    bench.written(6).await;
    assert_eq!(read(&client, 6), b"onetwo");
    client.write_all(&com_port(&[8])).unwrap();
    bench.quiet().await;
    bench.wire.write(b"three".to_vec());
    drop(client);
    assert_eq!([bench.next().await, bench.next().await], [Seen::Written(5), Seen::Closed]);
}

#[tokio::test]
async fn answers_for_a_client_that_never_reads_are_bounded() {
    let mut bench = Bench::rfc2217();
    let mut client = agree(&mut bench).await;
    client.set_nonblocking(true).unwrap();
    let questions = com_port(&[7]).repeat(10_000);
    let mut asked = 0;
    // Until the kernel takes no more, neither of questions nor of answers.
    loop {
        let before = asked;
        while let Ok(count) = client.write(&questions[asked % 6..]) {
            asked += count;
        }
        bench.quiet().await;
        if asked == before {
            break;
        }
        assert!(asked < 64 << 20, "the line takes question after question");
    }
    // Once it reads, it is listened to again.
    client.set_nonblocking(false).unwrap();
    let reader = std::thread::spawn(move || (read(&client, asked / 6 * 7), client));
    while !reader.is_finished() {
        bench.quiet().await;
    }
    let (answers, _client) = reader.join().unwrap();
    assert!(answers == com_port(&[107, 0x30]).repeat(asked / 6));
}
