//! RETR once data may flow.

use quasimodem::ftp::{Event, Failure, Request};

use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};
use crate::support::scripted_ftp::{Connection, Data, End, ScriptedFtp};
use crate::user::{User, active, job, pattern, session, words_after_data};

/// Retrieves from a script.
async fn retrieve(script: impl FnOnce(&mut Connection, Data) + Send + 'static) -> (Vec<u8>, Event) {
    session(
        |s| {
            let data = s.begin("RETR a");
            script(s, data);
        },
        async |user| user.retrieve(job("a")).await,
    )
    .await
}

#[tokio::test]
async fn file_arrives_whole_both_ways() {
    let file = pattern(1_000_003);
    for job in [job("a"), active("a")] {
        let server = ObedientFtp::start(&file, []);
        let mut user = User::at(server.addr()).await;
        let (got, event) = user.retrieve(job).await;
        assert_eq!(event, Event::Done);
        assert!(got == file);
        user.close().await;
        server.finish().await;
    }
}

#[tokio::test]
async fn data_connection_is_closed_before_the_completion_is_awaited() {
    // proftpd waits for that.
    let (file, event) = retrieve(|s, mut data| {
        data.send(b"abc");
        let control = data.half_close();
        assert_eq!(control.end(), End::Fin);
        s.reply("226 done");
    })
    .await;
    assert_eq!((file.as_slice(), event), (&b"abc"[..], Event::Done));
}

#[tokio::test]
async fn completion_that_comes_before_the_data_is_kept() {
    let (file, event) = retrieve(|s, mut data| {
        s.reply("226 done");
        data.send(b"abc");
    })
    .await;
    assert_eq!((file.as_slice(), event), (&b"abc"[..], Event::Done));
}

#[tokio::test]
async fn farewell_behind_a_completion_waits_for_the_data() {
    let (hold, held) = std::sync::mpsc::channel();
    let server = ScriptedFtp::start(move |mut s| {
        s.login();
        let mut data = s.begin("RETR a");
        data.send(b"abc");
        s.reply("226 done").reply("421 bored").fin();
        held.recv().unwrap();
        data.send(b"def");
    });
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
    assert_eq!(user.answer(Request::Pull(3)).await, Event::Data(b"abc".to_vec()));
    hold.send(()).unwrap();
    assert_eq!(user.answer(Request::Pull(4)).await, Event::Data(b"def".to_vec()));
    assert_eq!(user.outcome().await, Event::Done);
    assert_eq!(user.outcome().await, Event::Warned(Failure::Reply(421)));
    assert_eq!(user.outcome().await, Event::Lost(Failure::ControlClosed));
    server.finish().await;
}

#[tokio::test]
async fn refusals_after_the_data_fail_by_their_code() {
    for (line, event) in words_after_data() {
        let (_, last) = retrieve(move |s, mut data| {
            data.send(b"abc");
            assert_eq!(data.half_close().end(), End::Fin);
            s.reply(&line);
        })
        .await;
        assert_eq!(last, event);
    }
}

#[tokio::test]
async fn early_refusal_ends_a_download_though_data_is_pending() {
    let (_, event) = retrieve(|s, mut data| {
        s.reply("426 no");
        data.send_until_refused(&vec![0; 64 << 20]);
    })
    .await;
    assert_eq!(event, Event::Failed(Failure::Reply(426)));
}

#[tokio::test]
async fn reset_data_connection_is_told_by_the_refusal_or_as_closed() {
    let (_, event) = retrieve(|s, data| {
        data.reset();
        s.reply("426 broken");
    })
    .await;
    assert_eq!(event, Event::Failed(Failure::Reply(426)));
    let (_, event) = retrieve(|s, data| {
        data.reset();
        s.reply("226 done?");
    })
    .await;
    assert_eq!(event, Event::Failed(Failure::DataClosed));
    let (_, event) = retrieve(|s, data| {
        data.reset();
        s.answer("NOOP", "426 that broke, by the way").reply("200 ok");
    })
    .await;
    assert_eq!(event, Event::Failed(Failure::DataClosed));
}

#[tokio::test]
async fn data_cut_by_fin_is_told_by_the_refusal() {
    let (file, event) = retrieve(|s, mut data| {
        data.send(b"abc");
        assert_eq!(data.half_close().end(), End::Fin);
        s.reply("451 no more");
    })
    .await;
    assert_eq!((file.as_slice(), event), (&b"abc"[..], Event::Failed(Failure::Reply(451))));
}

#[tokio::test]
async fn server_that_leaves_in_the_middle_closes_the_control_connection() {
    let lost = Event::Lost(Failure::ControlClosed);
    let (_, event) = retrieve(|s, mut data| {
        s.fin();
        assert_ne!(data.drain(), End::Fin, "what is given up is reset");
    })
    .await;
    assert_eq!(event, lost);
    let (_, event) = retrieve(|s, data| {
        data.fin();
        s.fin();
    })
    .await;
    assert_eq!(event, lost);
}

#[tokio::test]
async fn no_more_is_read_than_is_pulled() {
    let file = pattern(10 << 20);
    let server = ObedientFtp::start(&file, []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
    assert!(user.is_silent());
    user.ask(Request::Pull(1000));
    let mut got = Vec::new();
    while got.len() < 1000 {
        match user.outcome().await {
            Event::Data(bytes) => got.extend(bytes),
            event => panic!("{event:?}"),
        }
    }
    assert!(got == file[..1000]);
    for _ in 0..1000 {
        assert!(user.is_silent());
        tokio::task::yield_now().await;
    }
    user.ask(Request::Pull(1));
    assert_eq!(user.outcome().await, Event::Data(vec![file[1000]]));
    assert_eq!(user.answer(Request::Abort).await, Event::Aborted);
    user.close().await;
}

#[tokio::test]
async fn end_of_a_file_needs_no_pull() {
    let server = ObedientFtp::start(b"abc", []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
    assert_eq!(user.answer(Request::Pull(3)).await, Event::Data(b"abc".to_vec()));
    assert_eq!(user.outcome().await, Event::Done);
    user.close().await;
    let server = ObedientFtp::start(b"", []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
    assert_eq!(user.outcome().await, Event::Done);
    user.close().await;
}

#[tokio::test]
async fn server_without_a_completion_is_waited_for() {
    let server = ObedientFtp::start(b"abc", [(Step::Completion, Deed::Silence)]);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
    assert_eq!(user.answer(Request::Pull(9)).await, Event::Data(b"abc".to_vec()));
    assert!(user.is_silent());
    user.ask(Request::Drop);
    assert!(user.is_silent());
    server.finish().await;
}

#[tokio::test]
async fn beginning_that_is_taken_back_at_once_is_a_refusal() {
    session(
        |s| {
            let data = s.begin("RETR a");
            s.reply("550 after all: no such file");
            assert_eq!(data.end(), End::Reset);
        },
        async |user| {
            let event = user.answer(Request::Retrieve(job("a"))).await;
            assert_eq!(event, Event::Failed(Failure::Reply(550)));
        },
    )
    .await;
}

#[tokio::test]
async fn empty_file_that_is_slow_to_be_confirmed_is_a_file() {
    let (go, gone) = std::sync::mpsc::channel();
    session(
        move |s| {
            s.begin("RETR a").fin();
            gone.recv().unwrap();
            s.reply("226 done");
        },
        async |user| {
            let event = user.answer(Request::Retrieve(job("a"))).await;
            assert_eq!(event, Event::DataOpen);
            go.send(()).unwrap();
            assert_eq!(user.outcome().await, Event::Done);
        },
    )
    .await;
}

#[tokio::test]
async fn data_may_flow_though_the_server_sends_none_yet() {
    let (go, gone) = std::sync::mpsc::channel();
    session(
        move |s| {
            let mut data = s.begin("RETR a");
            gone.recv().unwrap();
            data.send(b"abc");
            data.fin();
            s.reply("226 done");
        },
        async |user| {
            assert_eq!(user.answer(Request::Retrieve(job("a"))).await, Event::DataOpen);
            go.send(()).unwrap();
            assert_eq!(user.answer(Request::Pull(9)).await, Event::Data(b"abc".to_vec()));
            assert_eq!(user.outcome().await, Event::Done);
        },
    )
    .await;
}
