//! Host names, against a DNS server of our own: from the question to the result code.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "tests meet the world, and panic to say that it is not as it should be"
)]

#[path = "support/mod.rs"]
mod support;

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};

use quasimodem::ftp::{Account, Event, Failure, Password, Request};
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::ftp_server::{FtpAccount, FtpRoot, FtpServer};
use quasimodem::io::names::Names;
use quasimodem::profile::PassiveAddress;
use support::dns::{Answer, DnsServer};
use support::host::{Host, PATIENCE};
use support::module::{Line, Module};
use support::program::Program;
use tokio::time::timeout;

/// RFC 1035 4.1.1.
const SERVFAIL: u8 = 2;
const REFUSED: u8 = 5;

fn addresses(addresses: &[&str]) -> Answer {
    Answer::Addresses(addresses.iter().map(|text| text.parse().unwrap()).collect())
}

fn asking(servers: &[&DnsServer]) -> Names {
    Names::default().with_servers(servers.iter().map(|server| server.addr().into()))
}

/// What a look-up with these servers finds, without the port.
async fn resolve(servers: &[&DnsServer], host: impl AsRef<[u8]>) -> Vec<String> {
    let found = timeout(PATIENCE, asking(servers).resolve(host.as_ref(), 21)).await.unwrap();
    assert!(found.iter().all(|address| address.port() == 21));
    found.iter().map(|address| address.ip().to_string()).collect()
}

#[tokio::test]
async fn name_has_the_addresses_that_the_server_says_ipv4_first() {
    let server = DnsServer::start([
        ("four.test", addresses(&["192.0.2.1", "192.0.2.2"])),
        ("six.test", addresses(&["2001:db8::1"])),
        ("both.test", addresses(&["2001:db8::2", "192.0.2.3"])),
        ("no_body.test", addresses(&["192.0.2.4"])),
        ("short", addresses(&["192.0.2.5"])),
    ]);
    assert_eq!(resolve(&[&server], "four.test").await, ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(resolve(&[&server], "six.test").await, ["2001:db8::1"]);
    assert_eq!(resolve(&[&server], "both.test").await, ["192.0.2.3", "2001:db8::2"]);
    assert_eq!(resolve(&[&server], "no_body.test").await, ["192.0.2.4"]);
    assert_eq!(resolve(&[&server], "short").await, ["192.0.2.5"]);
    assert_eq!(resolve(&[&server], "Both.TEST.").await, ["192.0.2.3", "2001:db8::2"]);
}

#[tokio::test]
async fn aliases_are_followed_whoever_follows_them() {
    let server = DnsServer::start([
        ("a.test", Answer::Alias("b.test")),
        ("b.test", Answer::Alias("c.test")),
        ("c.test", addresses(&["192.0.2.1", "2001:db8::1"])),
        ("bare.test", Answer::BareAlias("barer.test")),
        ("barer.test", Answer::BareAlias("c.test")),
        ("dangling.test", Answer::Alias("nothing.test")),
        ("loop.test", Answer::BareAlias("pool.test")),
        ("pool.test", Answer::BareAlias("loop.test")),
    ]);
    assert_eq!(resolve(&[&server], "a.test").await, ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(resolve(&[&server], "bare.test").await, ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(resolve(&[&server], "dangling.test").await, [""; 0]);
    assert_eq!(resolve(&[&server], "loop.test").await, [""; 0]);
}

#[tokio::test]
async fn name_that_the_server_does_not_know_has_no_address() {
    let server = DnsServer::start([
        ("empty.test", addresses(&[])),
        ("fails.test", Answer::Code(SERVFAIL)),
        ("refused.test", Answer::Code(REFUSED)),
    ]);
    for host in ["nothing.test", "empty.test", "fails.test", "refused.test"] {
        assert_eq!(resolve(&[&server], host).await, [""; 0], "{host}");
    }
}

#[tokio::test]
async fn answers_that_make_no_sense_are_no_address() {
    let server = DnsServer::start([
        ("head.test", Answer::Malformed(vec![])),
        ("counts.test", Answer::Malformed(vec![0x81, 0x80, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0])),
        ("noise.test", Answer::Malformed(vec![0xFF; 400])),
        // The name is a pointer to itself.
        (
            "pointer.test",
            Answer::Malformed(vec![0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1]),
        ),
    ]);
    for host in ["head.test", "counts.test", "noise.test", "pointer.test"] {
        assert_eq!(resolve(&[&server], host).await, [""; 0], "{host}");
    }
}

#[tokio::test]
async fn silence_ends_in_no_address_after_the_question_was_sent_again() {
    let server = DnsServer::start([("mute.test", Answer::Silence)]);
    assert_eq!(resolve(&[&server], "mute.test").await, [""; 0]);
    assert_eq!(server.asked(), ["udp A mute.test", "udp AAAA mute.test"]);
    assert!(server.times_asked("udp A mute.test") > 1);
}

#[tokio::test]
async fn answer_too_long_for_a_datagram_comes_over_tcp() {
    let many: Vec<String> = (0..100).map(|n| format!("192.0.2.{n}")).collect();
    let ips: Vec<IpAddr> = many.iter().map(|text| text.parse().unwrap()).collect();
    let server = DnsServer::start([("many.test", Answer::Addresses(ips))]);
    assert_eq!(resolve(&[&server], "many.test").await, many);
    assert_eq!(server.asked(), ["tcp A many.test", "udp A many.test", "udp AAAA many.test"]);
}

#[tokio::test]
async fn second_server_counts_where_the_first_has_nothing_to_say() {
    let first = DnsServer::start([
        ("mute.test", Answer::Silence),
        ("fails.test", Answer::Code(SERVFAIL)),
        ("known.test", addresses(&["192.0.2.1"])),
    ]);
    let second = DnsServer::start(
        ["mute.test", "fails.test", "known.test", "other.test"]
            .map(|name| (name, addresses(&["192.0.2.2"]))),
    );
    assert_eq!(resolve(&[&first, &second], "known.test").await, ["192.0.2.1"]);
    // That there is no such name is an answer.
    assert_eq!(resolve(&[&first, &second], "other.test").await, [""; 0]);
    assert_eq!(second.asked(), [""; 0]);
    assert_eq!(resolve(&[&first, &second], "fails.test").await, ["192.0.2.2"]);
    assert_eq!(resolve(&[&first, &second], "mute.test").await, ["192.0.2.2"]);
}

#[tokio::test]
async fn nothing_is_asked_for_literals_routes_and_what_is_no_name() {
    let server = DnsServer::start([]);
    let names = asking(&[&server]);
    let found = async |host: &[u8]| names.resolve(host, 21).await;
    assert_eq!(found(b"192.0.2.1").await, ["192.0.2.1:21".parse::<SocketAddr>().unwrap()]);
    assert_eq!(found(b"2001:db8::1").await, ["[2001:db8::1]:21".parse::<SocketAddr>().unwrap()]);
    let (label, name) = ("x".repeat(64), "x.".repeat(130) + "test");
    for host in [
        "",
        ".",
        "..",
        ".test",
        "a..test",
        "two words.test",
        " a.test",
        "a.test ",
        "a\tb.test",
        "a\\.test",
        "a/b",
        "a@b.test",
        "*.test",
        "[::1]",
        "fe80::1%1",
        "192.0.2.256",
        "1.2.3",
        "1.2.3.4.5",
        "127.1.",
        "ä.test",
        "a\0.test",
        &label,
        &name,
    ] {
        assert_eq!(found(host.as_bytes()).await, [], "{host:?}");
    }
    assert_eq!(found(b"caf\xE9.test").await, []);
    let names =
        Names::new(["a.test=192.0.2.7:2121".parse().unwrap()]).with_servers([server.addr().into()]);
    assert_eq!(
        names.resolve(b"A.Test.", 21).await,
        ["192.0.2.7:2121".parse::<SocketAddr>().unwrap()]
    );
    assert_eq!(server.asked(), [""; 0]);
}

#[tokio::test]
async fn longest_names_are_asked_for() {
    let label = "x".repeat(63);
    // 255 octets on the wire (RFC 1035 2.3.4).
    let name = format!("{label}.{label}.{label}.{}", &label[..61]);
    let server = DnsServer::start([(&*name, addresses(&["192.0.2.1"]))]);
    assert_eq!(resolve(&[&server], &name).await, ["192.0.2.1"]);
    assert_eq!(resolve(&[&server], format!("{name}x")).await, [""; 0]);
    assert_eq!(server.asked(), [format!("udp A {name}"), format!("udp AAAA {name}")]);
}

#[tokio::test]
async fn route_may_lead_to_a_name() {
    let server = DnsServer::start([("here.test", addresses(&["192.0.2.1"]))]);
    let names = Names::new(["there.test=here.test:2121".parse().unwrap()])
        .with_servers([server.addr().into()]);
    assert_eq!(
        names.resolve(b"there.test", 21).await,
        ["192.0.2.1:2121".parse::<SocketAddr>().unwrap()]
    );
}

#[tokio::test]
async fn no_answer_is_remembered() {
    let server = DnsServer::start([("moves.test", addresses(&["192.0.2.1"]))]);
    let names = asking(&[&server]);
    let found = async || names.resolve(b"moves.test", 21).await;
    assert_eq!(found().await, ["192.0.2.1:21".parse::<SocketAddr>().unwrap()]);
    server.set("moves.test", Answer::Code(SERVFAIL));
    assert_eq!(found().await, []);
    server.set("moves.test", addresses(&["192.0.2.2"]));
    assert_eq!(found().await, ["192.0.2.2:21".parse::<SocketAddr>().unwrap()]);
}

#[tokio::test]
async fn servers_of_the_client_can_be_changed_between_two_sessions() {
    let (ignorant, knowing) =
        (DnsServer::start([]), DnsServer::start([("ftp.test", addresses(&["127.0.0.1"]))]));
    let ftp = ftp_server();
    let mut client = FtpClient::new(asking(&[&ignorant]), PassiveAddress::default());
    let mut open = async |servers: Option<&DnsServer>| {
        if let Some(server) = servers {
            client.names_mut().set_servers([server.addr().into()]);
        }
        client.request(Request::Open(Account {
            host: b"ftp.test".to_vec(),
            port: ftp.addr().port(),
            user: b"u".to_vec(),
            password: Password(b"p".to_vec()),
        }));
        loop {
            let event = timeout(PATIENCE, poll_fn(|cx| client.poll_event(cx))).await.unwrap();
            if !matches!(event, Event::Reply(_)) {
                return event;
            }
        }
    };
    assert_eq!(open(None).await, Event::Lost(Failure::Dns));
    assert_eq!(open(Some(&knowing)).await, Event::Opened);
    assert_eq!(open(Some(&ignorant)).await, Event::Lost(Failure::Dns));
}

#[test]
fn module_opens_a_session_by_name_and_reports_a_name_that_is_not_known() {
    let server = DnsServer::start([
        ("some.name", addresses(&["127.0.0.1"])),
        ("fails.name", Answer::Code(SERVFAIL)),
    ]);
    let ftp = ftp_server();
    let module = Module::run(&["--dns", &server.addr().to_string()]);
    assert_eq!(server.asked(), [""; 0]);
    let mut host = host(&module);
    let mut open = |name: &str, answer: &str| {
        host.command(&format!("AT+QFTPOPEN=\"{name}\",{}", ftp.addr().port()), answer);
    };
    open("other.name", "\r\nOK\r\n\r\n+QFTPOPEN:-4\r\n");
    open("fails.name", "\r\nOK\r\n\r\n+QFTPOPEN:-4\r\n");
    open("Some.Name", "\r\nOK\r\n\r\n+QFTPOPEN:0\r\n");
}

#[test]
fn servers_of_the_command_line_stand_in_for_those_of_the_profile() {
    let server = DnsServer::start([("some.name", addresses(&["127.0.0.1"]))]);
    let other = DnsServer::start([]);
    let ftp = ftp_server();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("own.toml");
    std::fs::write(&profile, format!("dns = [\"{}\"]\n", server.addr())).unwrap();
    let profile = profile.to_str().unwrap();
    let opening = format!("AT+QFTPOPEN=\"some.name\",{}", ftp.addr().port());
    let module = Module::run(&["--profile", profile]);
    host(&module).command(&opening, "\r\nOK\r\n\r\n+QFTPOPEN:0\r\n");
    let module = Module::run(&["--profile", profile, "--dns", &other.addr().to_string()]);
    host(&module).command(&opening, "\r\nOK\r\n\r\n+QFTPOPEN:-4\r\n");
}

#[test]
fn wrong_server_is_one_sentence_and_status_2() {
    for (value, sentence) in [
        ("dns.example", "the DNS server `dns.example` is not ADDR[:PORT], as 127.0.0.1:5353"),
        ("127.0.0.1:0", "the DNS server `127.0.0.1:0` is not ADDR[:PORT], as 127.0.0.1:5353"),
    ] {
        assert_eq!(
            refused(&["run", "--tcp", "0", "--dns", value]),
            format!("quasimodem: invalid value '{value}' for '--dns <ADDR[:PORT]>': {sentence}\n")
        );
    }
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("own.toml");
    std::fs::write(&profile, "dns = [\"x\"]\n").unwrap();
    let profile = profile.to_str().unwrap();
    let sentence = format!(
        "quasimodem: {profile}: line 1, column 8: the DNS server `x` is not ADDR[:PORT], as 127.0.0.1:5353\n"
    );
    assert_eq!(refused(&["run", "--tcp", "0", "--profile", profile]), sentence);
    assert_eq!(refused(&["check", profile]), sentence);
}

/// What the program says on its way out with status 2.
fn refused(args: &[&str]) -> String {
    let ended = Program::start(args).finish();
    assert_eq!((ended.code(), ended.stdout.as_str()), (2, ""));
    ended.stderr
}

fn ftp_server() -> FtpServer {
    let account = FtpAccount { user: "u".to_owned(), password: "p".to_owned() };
    FtpServer::start(FtpRoot::Temporary, account).unwrap()
}

/// A host with the account of that server.
fn host(module: &Module) -> Host {
    let mut host = module.host(Line::Tcp);
    host.command("AT+QFTPUSER=\"u\"", "\r\nOK\r\n");
    host.command("AT+QFTPPASS=\"p\"", "\r\nOK\r\n");
    host
}

#[test]
fn the_module_tells_the_addresses_of_a_name() {
    let server = DnsServer::start([("some.name", addresses(&["192.0.2.1", "192.0.2.2"]))]);
    let module = Module::run(&["--dns", &server.addr().to_string()]);
    let mut host = host(&module);
    let both = "\r\nOK\r\n\r\n192.0.2.1\r\n\r\n192.0.2.2\r\n";
    host.command("AT+QIDNSGIP=\"some.name\"", both);
    host.command("AT+QIDNSGIP=\"other.name\"", "\r\nOK\r\n\r\nERROR: 1\r\n");
    // Nobody serves DNS there: whom the host names is asked, and not whom the operator named.
    host.command("AT+QIDNSCFG=\"127.0.0.254\"", "\r\nOK\r\n");
    host.command("AT+QIDNSGIP=\"some.name\"", "\r\nOK\r\n\r\nERROR: 1\r\n");
    let asked =
        ["udp A other.name", "udp A some.name", "udp AAAA other.name", "udp AAAA some.name"];
    assert_eq!(server.asked(), asked);
}
