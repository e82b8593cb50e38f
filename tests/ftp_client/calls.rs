//! Abort, Close and Drop, at every moment.

use quasimodem::ftp::{Event, Failure, Request};

use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};
use crate::support::scripted_ftp::{Connection, Data, End, ScriptedFtp};
use crate::user::{User, account, active, job, session};

/// The ways of servers to answer ABOR during a transfer; each ends with the reply to NOOP.
const WAYS: [&[&str]; 6] = [
    &["226 aborted"],
    &["426 broken", "226 aborted"],
    &["226 done", "225 nothing to abort"],
    &["226 done", "226 aborted"],
    &["451 broken", "225 aborted"],
    &["150 that was all", "226 aborted"],
];

/// The server's side of an abort.
fn aborted(s: &mut Connection, mut data: Data, way: &[&str]) {
    s.expect("ABOR");
    data.drain();
    s.reply(way[0]).expect("NOOP");
    way[1..].iter().for_each(|line| _ = s.reply(line));
    s.reply("200 ok");
}

#[tokio::test]
async fn aborted_upload_leaves_the_session_in_step() {
    for way in WAYS {
        session(
            move |s| {
                let data = s.begin("STOR a");
                aborted(s, data, way);
                let mut data = s.begin_again("STOR b");
                assert_eq!(data.receive_all(), b"xyz");
                s.reply("226 done");
            },
            async |user| {
                assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
                user.ask(Request::Send(vec![0; 64 << 20]));
                assert!(matches!(user.outcome().await, Event::Sent(_)));
                assert_eq!(user.answer(Request::Abort).await, Event::Aborted);
                assert_eq!(user.store(job("b"), b"xyz").await, Event::Done);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn aborted_download_leaves_the_session_in_step() {
    for way in WAYS {
        session(
            move |s| {
                let mut data = s.begin("RETR a");
                data.send(b"abcdef");
                aborted(s, data, way);
                let mut data = s.begin_again("RETR b");
                data.send(b"xyz");
                data.fin();
                s.reply("226 done");
            },
            async |user| {
                assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
                assert_eq!(user.answer(Request::Pull(3)).await, Event::Data(b"abc".to_vec()));
                assert_eq!(user.answer(Request::Abort).await, Event::Aborted);
                assert_eq!(user.retrieve(job("b")).await, (b"xyz".to_vec(), Event::Done));
            },
        )
        .await;
    }
}

#[tokio::test]
async fn abort_silences_what_was_already_on_the_way() {
    let (tell, told) = tokio::sync::oneshot::channel();
    session(
        |s| {
            s.answer("TYPE I", "200 ok");
            let port = s.passive();
            s.expect("RETR a");
            let mut data = port.accept();
            s.raw(b"150 go on\r\n226 done\r\n");
            data.send(b"abc");
            assert_eq!(data.half_close().end(), End::Fin);
            tell.send(()).unwrap();
        },
        async |user| {
            user.ask(Request::Retrieve(job("a")));
            user.ask(Request::Pull(4));
            // By now the transfer is done, and nobody has asked for its events.
            told.await.unwrap();
            user.ask(Request::Abort);
            assert_eq!(user.outcome().await, Event::Aborted);
        },
    )
    .await;
}

#[tokio::test]
async fn abort_before_the_verb_waits_for_the_reply_and_sends_nothing() {
    let (ask, asked) = tokio::sync::oneshot::channel();
    let (go, gone) = std::sync::mpsc::channel();
    session(
        move |s| {
            s.expect("TYPE I");
            ask.send(()).unwrap();
            gone.recv().unwrap();
            s.reply("200 ok");
        },
        async |user| {
            user.ask(Request::Store(job("a")));
            assert!(user.is_silent());
            asked.await.unwrap();
            user.ask(Request::Abort);
            go.send(()).unwrap();
            assert_eq!(user.outcome().await, Event::Aborted);
        },
    )
    .await;
}

#[tokio::test]
async fn abort_after_the_verb_needs_no_150() {
    for job in [job("a"), active("a")] {
        let (ask, asked) = tokio::sync::oneshot::channel();
        let way = job.data_connection;
        session(
            move |s| {
                s.answer("TYPE I", "200 ok");
                let port = match way {
                    quasimodem::ftp::DataConnection::Passive => Some(s.passive()),
                    quasimodem::ftp::DataConnection::Active => {
                        s.active();
                        None
                    }
                };
                s.expect("STOR a");
                ask.send(()).unwrap();
                s.expect("ABOR");
                if let Some(port) = port {
                    assert_eq!(port.accept().end(), End::Fin);
                }
                s.reply("426 broken").answer("NOOP", "226 aborted").reply("200 ok");
            },
            async |user| {
                user.ask(Request::Store(job));
                while !matches!(user.next().await, Event::Reply(200)) {}
                asked.await.unwrap();
                assert_eq!(user.answer(Request::Abort).await, Event::Aborted);
            },
        )
        .await;
    }
}

#[tokio::test]
async fn abort_without_a_transfer_is_answered() {
    let server = ObedientFtp::start(b"", []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Abort).await, Event::Aborted);
    user.close().await;
    assert_eq!(server.commands(), ["USER u", "PASS p", "QUIT"]);
}

#[tokio::test]
async fn abort_that_gets_nowhere_ends_the_session() {
    let way = ["426 a", "426 b", "426 c", "426 d", "426 e", "426 f", "426 g"];
    let server = ScriptedFtp::start(move |mut s| {
        s.login();
        let mut data = s.begin("STOR a");
        s.expect("ABOR");
        data.drain();
        s.reply(way[0]).expect("NOOP");
        way[1..].iter().for_each(|line| _ = s.reply(line));
        assert_eq!(s.end(), End::Fin);
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
    assert_eq!(user.answer(Request::Abort).await, Event::Lost(Failure::Unknown));
    server.finish().await;
}

#[tokio::test]
async fn server_that_leaves_on_abort_closes_the_control_connection() {
    let server = ScriptedFtp::start(|mut s| {
        s.login();
        let mut data = s.begin("STOR a");
        s.expect("ABOR");
        data.drain();
        s.reply("421 enough").fin();
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
    assert_eq!(user.answer(Request::Abort).await, Event::Lost(Failure::ControlClosed));
    server.finish().await;
}

#[tokio::test]
async fn close_during_a_transfer_aborts_and_logs_out() {
    for verb in ["STOR a", "RETR a"] {
        let server = ScriptedFtp::start(move |mut s| {
            s.login();
            let data = s.begin(verb);
            aborted(&mut s, data, WAYS[1]);
            s.answer("QUIT", "221 bye");
            assert_eq!(s.end(), End::Fin);
        });
        let mut user = User::at(server.addr()).await;
        let transfer =
            if verb == "STOR a" { Request::Store(job("a")) } else { Request::Retrieve(job("a")) };
        assert_eq!(user.answer(transfer).await, Event::DataOpen);
        user.close().await;
        server.finish().await;
    }
}

#[tokio::test]
async fn close_is_answered_in_any_case() {
    for deed in [
        Deed::Reply("421 bye".to_owned()),
        Deed::Reply("500 what?".to_owned()),
        Deed::ReplyAndFin("221 bye".to_owned()),
        Deed::Fin,
        Deed::Reset,
    ] {
        let server = ObedientFtp::start(b"", [(Step::Quit, deed)]);
        User::at(server.addr()).await.close().await;
        server.finish().await;
    }
    let server = ScriptedFtp::start(|mut s| {
        s.login();
        let mut data = s.begin("STOR a");
        s.expect("ABOR");
        data.drain();
        s.reset();
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
    user.close().await;
    server.finish().await;
}

#[tokio::test]
async fn close_during_the_login_is_answered_at_once() {
    let (ask, asked) = tokio::sync::oneshot::channel();
    let server = ScriptedFtp::start(move |mut s| {
        s.reply("220 hello").expect("USER u");
        ask.send(()).unwrap();
        assert_eq!(s.command(), None);
    });
    let mut user = User::new();
    user.ask(Request::Open(account(server.addr())));
    assert_eq!(user.next().await, Event::Reply(220));
    asked.await.unwrap();
    user.close().await;
    server.finish().await;
}

#[tokio::test]
async fn close_after_the_end_is_answered_too() {
    let server = ObedientFtp::start(b"", [(Step::Pass, Deed::Fin)]);
    let mut user = User::new();
    assert_eq!(
        user.answer(Request::Open(account(server.addr()))).await,
        Event::Lost(Failure::ControlClosed)
    );
    user.close().await;
    User::new().close().await;
}

#[tokio::test]
async fn drop_resets_everything_and_says_nothing_more() {
    for verb in ["STOR a", "RETR a"] {
        let server = ScriptedFtp::start(move |mut s| {
            s.login();
            let mut data = s.begin(verb);
            if verb == "RETR a" {
                data.send(b"abc");
            }
            assert_eq!(data.drain(), End::Reset);
            assert_eq!(s.end(), End::Reset);
        });
        let mut user = User::at(server.addr()).await;
        let transfer =
            if verb == "STOR a" { Request::Store(job("a")) } else { Request::Retrieve(job("a")) };
        assert_eq!(user.answer(transfer).await, Event::DataOpen);
        user.ask(Request::Pull(3));
        user.ask(Request::Send(b"abc".to_vec()));
        assert!(matches!(user.outcome().await, Event::Sent(3) | Event::Data(_)));
        user.ask(Request::Drop);
        assert!(user.is_silent());
        server.finish().await;
        assert!(user.is_silent());
    }
}

#[tokio::test]
async fn drop_at_any_step_of_the_login_resets() {
    for step in [Step::Greeting, Step::User, Step::Pass] {
        let (ask, asked) = tokio::sync::oneshot::channel();
        let server = ScriptedFtp::start(move |mut s| {
            if step > Step::Greeting {
                s.reply("220 hello").expect("USER u");
            }
            if step > Step::User {
                s.reply("331 and?").expect("PASS p");
            }
            ask.send(()).unwrap();
            assert_eq!(s.end(), End::Reset);
        });
        let mut user = User::new();
        user.ask(Request::Open(account(server.addr())));
        let mut asked = asked;
        loop {
            tokio::select! {
                biased;
                _ = &mut asked => break,
                event = user.next() => assert!(matches!(event, Event::Reply(_))),
            }
        }
        user.ask(Request::Drop);
        assert!(user.is_silent());
        server.finish().await;
    }
}
