//! While no operation runs.

use std::sync::mpsc;

use quasimodem::ftp::{Event, Failure, Request};

use crate::support::scripted_ftp::ScriptedFtp;
use crate::user::{User, job, session};

#[tokio::test]
async fn farewell_in_two_segments_is_a_warning_and_then_the_end() {
    let (go, next) = mpsc::channel();
    let server = ScriptedFtp::start(move |mut s| {
        s.login().raw(b"42");
        next.recv().unwrap();
        s.raw(b"1 no time\r");
        next.recv().unwrap();
        s.raw(b"\n");
        next.recv().unwrap();
        s.fin();
    });
    let mut user = User::at(server.addr()).await;
    for _ in 0..2 {
        for _ in 0..100 {
            assert!(user.is_silent());
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
    }
    assert_eq!(user.next().await, Event::Warned(Failure::Reply(421)));
    assert!(user.is_silent());
    go.send(()).unwrap();
    assert_eq!(user.next().await, Event::Lost(Failure::ControlClosed));
    assert!(user.is_silent());
    server.finish().await;
}

#[tokio::test]
async fn unsolicited_refusals_are_warnings_and_the_session_stays_in_step() {
    for code in [421, 426, 450, 500, 530, 554] {
        session(
            move |s| {
                s.reply(&format!("{code}-no\r\n{code} no"));
            },
            async |user| {
                assert_eq!(user.next().await, Event::Warned(Failure::Reply(code)));
            },
        )
        .await;
    }
}

#[tokio::test]
async fn goodbye_of_libunftp_is_only_the_end() {
    let server = ScriptedFtp::start(|mut s| s.login().reply("221 idle for too long").fin());
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.next().await, Event::Lost(Failure::ControlClosed));
    server.finish().await;
}

#[tokio::test]
async fn end_of_the_connection_is_told_once() {
    for reset in [true, false] {
        let server = ScriptedFtp::start(move |mut s| {
            s.login();
            if reset { s.reset() } else { s.fin() }
        });
        let mut user = User::at(server.addr()).await;
        assert_eq!(user.next().await, Event::Lost(Failure::ControlClosed));
        assert!(user.is_silent());
        // Whatever comes now is answered all the same.
        assert_eq!(
            user.answer(Request::Store(job("a"))).await,
            Event::Lost(Failure::ControlClosed)
        );
        assert_eq!(user.answer(Request::Abort).await, Event::Lost(Failure::ControlClosed));
        user.close().await;
        server.finish().await;
    }
}

#[tokio::test]
async fn farewell_in_the_segment_of_another_reply_is_heard() {
    let server = ScriptedFtp::start(|mut s| {
        s.login().expect("CWD x").raw(b"250 there\r\n421 no time\r\n").fin();
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::ChangeDirectory(b"x".to_vec())).await, Event::DirectoryChanged);
    assert_eq!(user.next().await, Event::Warned(Failure::Reply(421)));
    assert_eq!(user.next().await, Event::Lost(Failure::ControlClosed));
    server.finish().await;
}

#[tokio::test]
async fn flow_of_a_transfer_that_is_over_is_passed_over() {
    session(
        |_| {},
        async |user| {
            user.ask(Request::Send(b"late".to_vec()));
            user.ask(Request::EndOfFile);
            user.ask(Request::Pull(1));
        },
    )
    .await;
}
