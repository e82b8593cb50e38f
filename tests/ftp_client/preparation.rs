//! Before the data: directory, TYPE, the data connection, REST, the verb.

use std::net::{Ipv6Addr, TcpListener};

use quasimodem::ftp::{DataConnection, Event, Failure, Job, Representation, Request};
use quasimodem::io::ftp_client::FtpClient;
use quasimodem::io::names::Names;
use quasimodem::profile::PassiveAddress;

use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};
use crate::support::scripted_ftp::{ClosedPort, Data, End, Port, ScriptedFtp};
use crate::user::{User, account, active, job, session};

/// A job that has every step.
fn full(data_connection: DataConnection) -> Job {
    Job { directory: Some(b"dir".to_vec()), restart: 3, data_connection, ..job("a") }
}

/// Stores and retrieves with a server that does otherwise at one step. If the session stands after
/// that, it must be in step.
async fn transfer(step: Step, deed: Deed) -> Event {
    let server = ObedientFtp::start(b"abcdef", [(step, deed)]);
    let mut user = User::at(server.addr()).await;
    let way = if step == Step::Port { DataConnection::Active } else { DataConnection::Passive };
    let event = match step {
        Step::Retr => user.retrieve(full(way)).await.1,
        _ => user.store(full(way), b"xyz").await,
    };
    if !matches!(event, Event::Lost(_)) && step != Step::Cwd {
        assert_eq!(
            user.answer(Request::ChangeDirectory(b"/".to_vec())).await,
            Event::DirectoryChanged
        );
    }
    drop(user);
    server.finish().await;
    event
}

const STEPS: [Step; 7] =
    [Step::Cwd, Step::Type, Step::Pasv, Step::Port, Step::Rest, Step::Stor, Step::Retr];

#[tokio::test]
async fn refusals_at_each_step_fail_by_their_code_and_stay_in_step() {
    for step in STEPS {
        for code in [
            332, 421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 522, 530, 532, 550, 551,
            552, 553, 554,
        ] {
            let event = transfer(step, Deed::Reply(format!("{code} no"))).await;
            assert_eq!(event, Event::Failed(Failure::Reply(code)), "{step:?}");
        }
    }
}

#[tokio::test]
async fn replies_of_the_wrong_kind_are_unknown_failures() {
    let expected = Event::Failed(Failure::Unknown);
    for (step, line) in [
        (Step::Cwd, "331 what"),
        (Step::Type, "350 what"),
        (Step::Pasv, "200 what"),
        (Step::Port, "331 what"),
        (Step::Rest, "200 what"),
        (Step::Stor, "226 already"),
        (Step::Retr, "226 already"),
        (Step::Stor, "350 what"),
    ] {
        assert_eq!(transfer(step, Deed::Reply(line.to_owned())).await, expected, "{step:?}");
    }
}

#[tokio::test]
async fn server_that_leaves_at_any_step_closes_the_control_connection() {
    for step in STEPS {
        for deed in [Deed::Fin, Deed::Reset] {
            assert_eq!(transfer(step, deed).await, Event::Lost(Failure::ControlClosed), "{step:?}");
        }
    }
}

#[tokio::test]
async fn server_that_says_421_and_leaves_is_heard_out() {
    for step in STEPS {
        let server = ObedientFtp::start(b"", [(step, Deed::ReplyAndFin("421 no time".to_owned()))]);
        let mut user = User::at(server.addr()).await;
        let way = if step == Step::Port { DataConnection::Active } else { DataConnection::Passive };
        let request = if step == Step::Retr {
            Request::Retrieve(full(way))
        } else {
            Request::Store(full(way))
        };
        assert_eq!(user.answer(request).await, Event::Failed(Failure::Reply(421)), "{step:?}");
        assert_eq!(user.outcome().await, Event::Lost(Failure::ControlClosed), "{step:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn commands_come_in_the_order_of_the_book_and_type_only_when_it_changes() {
    let server = ObedientFtp::start(b"abcdef", []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.store(full(DataConnection::Passive), b"xyz").await, Event::Done);
    assert_eq!(user.retrieve(job("b")).await, (b"abcdef".to_vec(), Event::Done));
    let text = Job { representation: Representation::Ascii, ..job("c") };
    assert_eq!(user.retrieve(text.clone()).await, (b"abcdef".to_vec(), Event::Done));
    assert_eq!(user.store(text, b"\n\r\n").await, Event::Done);
    assert_eq!(server.stored(), b"\n\r\n");
    user.close().await;
    let commands: Vec<String> = server.commands();
    assert_eq!(
        commands,
        [
            "USER u", "PASS p", "CWD dir", "TYPE I", "PASV", "REST 3", "STOR a", "PASV", "RETR b",
            "TYPE A", "PASV", "RETR c", "PASV", "STOR c", "QUIT"
        ]
    );
}

#[tokio::test]
async fn each_reply_on_the_way_is_told() {
    let server = ObedientFtp::start(b"", [(Step::Completion, Deed::Silence)]);
    let mut user = User::at(server.addr()).await;
    user.ask(Request::Store(full(DataConnection::Passive)));
    let expected = [250, 200, 227, 350, 150].map(Event::Reply).into_iter().chain([Event::DataOpen]);
    assert_eq!(user.events().await, expected.collect::<Vec<_>>());
    drop(user);
    server.finish().await;
}

#[tokio::test]
async fn refused_passive_connection_is_425_and_stays_in_step() {
    session(
        |s| {
            s.answer("TYPE I", "200 ok");
            let closed = ClosedPort::reserve();
            s.passive_at(closed.addr());
            let mut data = s.begin_again("RETR a");
            data.send(b"abc");
            data.fin();
            s.reply("226 done");
        },
        async |user| {
            assert_eq!(user.retrieve(job("a")).await, (vec![], Event::Failed(Failure::Reply(425))));
            assert_eq!(user.retrieve(job("a")).await, (b"abc".to_vec(), Event::Done));
        },
    )
    .await;
}

#[tokio::test]
async fn passive_reply_without_an_address_is_425() {
    let event = transfer(Step::Pasv, Deed::Reply("227 somewhere".to_owned())).await;
    assert_eq!(event, Event::Failed(Failure::Reply(425)));
}

#[tokio::test]
async fn passive_connection_goes_to_the_control_peer_unless_told_otherwise() {
    // 127.0.0.1 is the peer; the server names 127.0.0.2, which is as real on the loopback.
    for (way, data_arrives) in
        [(PassiveAddress::ControlPeer, true), (PassiveAddress::AsGiven, false)]
    {
        let server = ScriptedFtp::start(move |mut s| {
            s.login().answer("TYPE I", "200 ok");
            let port = Port::listen();
            s.passive_at(([127, 0, 0, 2], port.addr().port()).into());
            if data_arrives {
                s.expect("RETR a");
                port.accept().fin();
                s.reply("150 go on").reply("226 done");
            }
            assert_eq!(s.end(), End::Reset);
        });
        let mut user = User::of(FtpClient::new(Names::default(), way));
        assert_eq!(user.answer(Request::Open(account(server.addr()))).await, Event::Opened);
        let event = if data_arrives { Event::Done } else { Event::Failed(Failure::Reply(425)) };
        assert_eq!(user.retrieve(job("a")).await, (vec![], event));
        drop(user);
        server.finish().await;
    }
}

#[tokio::test]
async fn active_server_may_connect_before_or_after_its_150() {
    for reply_first in [true, false] {
        session(
            move |s| {
                s.answer("TYPE I", "200 ok");
                let addr = s.active();
                s.expect("STOR a");
                let mut data = if reply_first {
                    s.reply("150 go on");
                    Data::connect(addr)
                } else {
                    let data = Data::connect(addr);
                    s.reply("150 go on");
                    data
                };
                assert_eq!(data.receive_all(), b"xyz");
                s.reply("226 done");
            },
            async |user| {
                assert_eq!(user.store(active("a"), b"xyz").await, Event::Done);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn active_server_that_cannot_connect_says_425_and_stays_in_step() {
    for reply_first in [true, false] {
        session(
            move |s| {
                s.answer("TYPE I", "200 ok");
                s.active();
                s.expect("RETR a");
                if reply_first {
                    s.reply("150 go on");
                }
                s.reply("425 cannot connect");
            },
            async |user| {
                assert_eq!(
                    user.answer(Request::Retrieve(active("a"))).await,
                    Event::Failed(Failure::Reply(425))
                );
            },
        )
        .await;
    }
}

#[tokio::test]
async fn stranger_at_the_data_port_is_sent_away() {
    session(
        |s| {
            s.answer("TYPE I", "200 ok");
            let addr = s.active();
            s.expect("RETR a");
            let stranger = Data::connect_from("127.0.0.2:0".parse().unwrap(), addr);
            assert_eq!(stranger.end(), End::Fin);
            let mut data = Data::connect(addr);
            s.reply("150 go on");
            data.send(b"abc");
            data.fin();
            s.reply("226 done");
        },
        async |user| {
            assert_eq!(user.retrieve(active("a")).await.1, Event::Done);
        },
    )
    .await;
}

#[tokio::test]
async fn names_are_sent_byte_by_byte() {
    session(
        |s| {
            s.answer(b"CWD \xE9t\xE9/\xFF\xFF", "250 there").answer("TYPE I", "200 ok");
            let port = s.passive();
            // Telnet: 255 stands for itself when doubled.
            s.expect(b"RETR caf\xC3\xA9 \xE9\xFF\xFF.txt");
            port.accept().fin();
            s.reply("150 go on").reply("226 done");
        },
        async |user| {
            let path = b"caf\xC3\xA9 \xE9\xFF.txt".to_vec();
            let odd = Job { directory: Some(b"\xE9t\xE9/\xFF".to_vec()), path, ..job("") };
            assert_eq!(user.retrieve(odd).await, (vec![], Event::Done));
        },
    )
    .await;
}

#[tokio::test]
async fn name_with_a_line_break_is_an_illegal_parameter_and_never_sent() {
    let server = ObedientFtp::start(b"", []);
    let mut user = User::at(server.addr()).await;
    let refused = Event::Failed(Failure::Parameter);
    for name in [&b"a\rb"[..], b"a\nb", b"a\r\nDELE b"] {
        let odd = Job { path: name.to_vec(), ..job("") };
        assert_eq!(user.answer(Request::Store(odd.clone())).await, refused);
        assert_eq!(user.answer(Request::Retrieve(odd)).await, refused);
        let odd = Job { directory: Some(name.to_vec()), ..job("a") };
        assert_eq!(user.answer(Request::Store(odd)).await, refused);
        assert_eq!(user.answer(Request::ChangeDirectory(name.to_vec())).await, refused);
    }
    user.close().await;
    assert_eq!(server.commands(), ["USER u", "PASS p", "QUIT"]);
}

#[tokio::test]
async fn over_ipv6_the_extended_commands_are_used() {
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        return; // A machine without IPv6.
    }
    let server = ScriptedFtp::serve_at(Ipv6Addr::LOCALHOST.into(), |port| {
        let mut s = port.accept().into_control();
        s.login().answer("TYPE I", "200 ok");
        let port = Port::listen_at(Ipv6Addr::LOCALHOST.into());
        s.answer("EPSV", &format!("229 ok (|||{}|)", port.addr().port()));
        s.expect("RETR a");
        port.accept().fin();
        s.reply("150 go on").reply("226 done");
        let command = String::from_utf8(s.command().unwrap()).unwrap();
        let listener = command.strip_prefix("EPRT |2|::1|").unwrap().strip_suffix('|').unwrap();
        let listener = (Ipv6Addr::LOCALHOST, listener.parse().unwrap()).into();
        s.reply("200 noted").expect("STOR a");
        let mut data = Data::connect(listener);
        s.reply("150 go on");
        assert_eq!(data.receive_all(), b"xyz");
        s.reply("226 done");
        assert_eq!(s.end(), End::Reset);
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.retrieve(job("a")).await, (vec![], Event::Done));
    assert_eq!(user.store(active("a"), b"xyz").await, Event::Done);
    drop(user);
    server.finish().await;
}
