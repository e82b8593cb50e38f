//! From the name to the session.

use std::net::Ipv4Addr;

use quasimodem::ftp::{Account, Event, Failure, Password, Request};
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::names::Names;
use quasimodem::profile::PassiveAddress;

use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};
use crate::support::scripted_ftp::{ClosedPort, End, ScriptedFtp};
use crate::user::{User, account};

/// Opens a session with a server that does otherwise at one step.
async fn open(step: Step, deed: Deed) -> Vec<Event> {
    let server = ObedientFtp::start(b"", [(step, deed)]);
    let mut user = User::new();
    user.ask(Request::Open(account(server.addr())));
    let events = user.events().await;
    drop(user);
    server.finish().await;
    events
}

fn reply(line: &str) -> Deed {
    Deed::Reply(line.to_owned())
}

#[tokio::test]
async fn login_tells_each_reply_and_ends_with_opened() {
    let events = open(Step::Pass, reply("230 in")).await;
    assert_eq!(events, [Event::Reply(220), Event::Reply(331), Event::Opened]);
}

#[tokio::test]
async fn login_is_complete_without_a_password() {
    assert_eq!(open(Step::User, reply("230 in")).await, [Event::Reply(220), Event::Opened]);
}

#[tokio::test]
async fn superfluous_password_is_a_login() {
    let events = open(Step::Pass, reply("202 not needed")).await;
    assert_eq!(events, [Event::Reply(220), Event::Reply(331), Event::Opened]);
}

#[tokio::test]
async fn refusals_of_the_greeting_are_told_by_their_code() {
    for code in [421, 430, 500, 530, 554] {
        let lost = Event::Lost(Failure::Reply(code));
        assert_eq!(open(Step::Greeting, reply(&format!("{code} no"))).await, vec![lost.clone()]);
        assert_eq!(
            open(Step::Greeting, Deed::ReplyAndFin(format!("{code}-no\r\n{code} no"))).await,
            [lost]
        );
    }
}

#[tokio::test]
async fn refusals_of_user_and_password_are_told_by_their_code() {
    for code in [332, 421, 431, 500, 501, 503, 530, 532, 534, 599] {
        let lost = Event::Lost(Failure::Reply(code));
        let line = format!("{code} no");
        assert_eq!(open(Step::User, reply(&line)).await, [Event::Reply(220), lost.clone()]);
        assert_eq!(
            open(Step::Pass, reply(&line)).await,
            [Event::Reply(220), Event::Reply(331), lost]
        );
    }
}

#[tokio::test]
async fn replies_that_make_no_sense_are_unknown_failures() {
    let lost = Event::Lost(Failure::Unknown);
    assert_eq!(open(Step::Greeting, reply("SSH-2.0-OpenSSH_9.2")).await, vec![lost.clone()]);
    assert_eq!(open(Step::Greeting, reply("230 in already")).await, vec![lost.clone()]);
    assert_eq!(open(Step::User, reply("350 what")).await, [Event::Reply(220), lost.clone()]);
    assert_eq!(open(Step::User, reply("999 what")).await, [Event::Reply(220), lost]);
}

#[tokio::test]
async fn lines_that_are_no_reply_are_passed_over() {
    let noise =
        Deed::Segments(vec![b"\r\n".to_vec(), b"welcome!\r\n".to_vec(), b"331 and?\r\n".to_vec()]);
    assert_eq!(
        open(Step::User, noise).await,
        [Event::Reply(220), Event::Reply(331), Event::Opened]
    );
}

#[tokio::test]
async fn server_that_leaves_at_any_step_closes_the_control_connection() {
    for deed in [Deed::Fin, Deed::Reset] {
        let lost = Event::Lost(Failure::ControlClosed);
        assert_eq!(open(Step::Greeting, deed.clone()).await, vec![lost.clone()]);
        assert_eq!(open(Step::User, deed.clone()).await, [Event::Reply(220), lost.clone()]);
        assert_eq!(open(Step::Pass, deed).await, [Event::Reply(220), Event::Reply(331), lost]);
    }
}

#[tokio::test]
async fn greeting_may_be_announced_by_120() {
    let greeting = b"120-not yet\r\n still not\r\n120 in 1 minute\r\n120 soon\r\n220 hello\r\n";
    let expected = [120, 120, 220, 331]
        .map(Event::Reply)
        .into_iter()
        .chain([Event::Opened])
        .collect::<Vec<_>>();
    let whole = Deed::Segments(vec![greeting.to_vec()]);
    assert_eq!(open(Step::Greeting, whole).await, expected);
    let bytes = Deed::Segments(greeting.iter().map(|&byte| vec![byte]).collect());
    assert_eq!(open(Step::Greeting, bytes).await, expected);
}

#[tokio::test]
async fn announced_greeting_may_never_come() {
    let lost = |failure| vec![Event::Reply(120), Event::Lost(failure)];
    let refused = Deed::Segments(vec![b"120 wait\r\n421 no\r\n".to_vec()]);
    assert_eq!(open(Step::Greeting, refused).await, lost(Failure::Reply(421)));
    let left = Deed::ReplyAndFin("120 wait".to_owned());
    assert_eq!(open(Step::Greeting, left).await, lost(Failure::ControlClosed));
}

#[tokio::test]
async fn replies_may_have_many_lines_and_come_in_pieces() {
    let text = b"220-hello\r\n  331 is not the end\r\n\r\n220-nor this\r\n220 now\r\n";
    for size in [1, 2, 7, 200] {
        let pieces = text.chunks(size).map(<[u8]>::to_vec).collect();
        let events = open(Step::Greeting, Deed::Segments(pieces)).await;
        assert_eq!(
            events,
            [Event::Reply(220), Event::Reply(331), Event::Opened],
            "in pieces of {size}"
        );
    }
    let text = b"331-and?\r\n  331 indented\r\n331-more\r\n331 now\r\n";
    for size in [1, 2, 7, 200] {
        let pieces = text.chunks(size).map(<[u8]>::to_vec).collect();
        let events = open(Step::User, Deed::Segments(pieces)).await;
        assert_eq!(
            events,
            [Event::Reply(220), Event::Reply(331), Event::Opened],
            "in pieces of {size}"
        );
    }
}

#[tokio::test]
async fn account_is_sent_byte_by_byte() {
    let server = ScriptedFtp::start(|mut s| {
        // Telnet: 255 stands for itself when doubled.
        s.reply("220 hello")
            .answer(b"USER M\xFCller", "331 and?")
            .answer(b"PASS \x80 \xFF\xFF\xC3", "230 in");
        assert_eq!(s.end(), End::Reset);
    });
    let mut user = User::new();
    let odd = Account {
        user: b"M\xFCller".to_vec(),
        password: Password(b"\x80 \xFF\xC3".to_vec()),
        ..account(server.addr())
    };
    assert_eq!(user.answer(Request::Open(odd)).await, Event::Opened);
    drop(user);
    server.finish().await;
}

#[tokio::test]
async fn account_with_a_line_break_never_leaves_the_client() {
    let somewhere = (Ipv4Addr::LOCALHOST, 1).into();
    let odd = [
        Account { user: b"u\r\nDELE x".to_vec(), ..account(somewhere) },
        Account { password: Password(b"p\nDELE x".to_vec()), ..account(somewhere) },
    ];
    for account in odd {
        assert_eq!(
            User::new().answer(Request::Open(account)).await,
            Event::Lost(Failure::Parameter)
        );
    }
}

#[tokio::test]
async fn name_without_address_is_a_dns_failure() {
    for host in [&b"no-such-host.invalid"[..], b"\xFF\xFE", b"", b"a b"] {
        let account = Account { host: host.to_vec(), ..account((Ipv4Addr::LOCALHOST, 1).into()) };
        assert_eq!(User::new().answer(Request::Open(account)).await, Event::Lost(Failure::Dns));
    }
}

#[tokio::test]
async fn refused_connection_is_a_network_failure() {
    let port = ClosedPort::reserve();
    assert_eq!(
        User::new().answer(Request::Open(account(port.addr()))).await,
        Event::Lost(Failure::Network)
    );
}

#[tokio::test]
async fn route_leads_a_name_to_the_server() {
    let server = ObedientFtp::start(b"", []);
    let route = format!("ftp.example.com=127.0.0.1:{}", server.addr().port());
    let mut user =
        User::of(FtpClient::new(Names::new([route.parse().unwrap()]), PassiveAddress::default()));
    let account = Account { host: b"FTP.example.com".to_vec(), port: 21, ..account(server.addr()) };
    assert_eq!(user.answer(Request::Open(account)).await, Event::Opened);
    user.close().await;
    assert_eq!(server.commands(), ["USER u", "PASS p", "QUIT"]);
}

#[tokio::test]
async fn new_opening_replaces_what_was() {
    let first = ScriptedFtp::start(|mut s| {
        s.login();
        assert_eq!(s.end(), End::Reset);
    });
    let second = ObedientFtp::start(b"", []);
    let mut user = User::at(first.addr()).await;
    assert_eq!(user.answer(Request::Open(account(second.addr()))).await, Event::Opened);
    first.finish().await;
    user.close().await;
}
