//! STOR once data may flow.

use quasimodem::ftp::{Event, Failure, Request};

use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};
use crate::support::scripted_ftp::{Connection, Data, End};
use crate::user::{User, active, job, pattern, session, words_after_data};

/// Begins an upload, sends five bytes, runs `script` after they have arrived, and returns the event
/// that follows.
async fn five_bytes_and(script: impl FnOnce(&mut Connection, Data) + Send + 'static) -> Event {
    session(
        |s| {
            let mut data = s.begin("STOR a");
            assert_eq!(data.receive(5), b"abcde");
            script(s, data);
        },
        async |user| {
            assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
            assert_eq!(user.answer(Request::Send(b"abcde".to_vec())).await, Event::Sent(5));
            user.outcome().await
        },
    )
    .await
}

#[tokio::test]
async fn file_arrives_whole_both_ways() {
    let file = pattern(1_000_003);
    for job in [job("a"), active("a")] {
        let server = ObedientFtp::start(b"", []);
        let mut user = User::at(server.addr()).await;
        assert_eq!(user.store(job, &file).await, Event::Done);
        assert!(server.stored() == file);
        user.close().await;
        server.finish().await;
    }
}

#[tokio::test]
async fn empty_file_is_a_file() {
    let server = ObedientFtp::start(b"", []);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.store(job("a"), b"").await, Event::Done);
    user.close().await;
}

#[tokio::test]
async fn completion_by_250_is_done() {
    let server = ObedientFtp::start(b"", [(Step::Completion, Deed::Reply("250 done".to_owned()))]);
    let mut user = User::at(server.addr()).await;
    assert_eq!(user.store(job("a"), b"abc").await, Event::Done);
    user.close().await;
}

#[tokio::test]
async fn refusals_after_the_data_fail_by_their_code() {
    for (line, event) in words_after_data() {
        let server = ObedientFtp::start(b"", [(Step::Completion, Deed::Reply(line))]);
        let mut user = User::at(server.addr()).await;
        assert_eq!(user.store(job("a"), b"abc").await, event);
        user.close().await;
    }
}

#[tokio::test]
async fn server_that_leaves_instead_of_completing_closes_the_control_connection() {
    for deed in [Deed::Fin, Deed::Reset] {
        let server = ObedientFtp::start(b"", [(Step::Completion, deed)]);
        let mut user = User::at(server.addr()).await;
        assert_eq!(user.store(job("a"), b"abc").await, Event::Lost(Failure::ControlClosed));
    }
}

#[tokio::test]
async fn early_refusal_stops_an_upload_at_once() {
    for code in [421, 426, 451, 452, 552] {
        let event = five_bytes_and(move |s, mut data| {
            s.reply(&format!("{code} no"));
            assert_eq!(data.drain(), End::Reset);
        });
        assert_eq!(event.await, Event::Failed(Failure::Reply(code)));
    }
}

#[tokio::test]
async fn early_refusal_wins_while_the_server_reads_nothing() {
    session(
        |s| {
            let mut data = s.begin("STOR a");
            assert_eq!(data.receive(1).len(), 1);
            s.reply("452 full");
            assert_eq!(data.drain(), End::Reset);
        },
        async |user| {
            // More than the sockets take: the rest waits in the client.
            assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
            user.ask(Request::Send(vec![0; 64 << 20]));
            let event = loop {
                match user.outcome().await {
                    Event::Sent(_) => {}
                    event => break event,
                }
            };
            assert_eq!(event, Event::Failed(Failure::Reply(452)));
            // What was under way when it failed does no harm.
            user.ask(Request::Send(vec![1, 2, 3]));
            user.ask(Request::EndOfFile);
        },
    )
    .await;
}

#[tokio::test]
async fn premature_completion_is_a_closed_data_connection() {
    for code in [226, 250] {
        let event = five_bytes_and(move |s, _data| _ = s.reply(&format!("{code} done")));
        assert_eq!(event.await, Event::Failed(Failure::DataClosed));
        let event = five_bytes_and(move |s, data| {
            data.fin();
            s.reply(&format!("{code} done"));
        });
        assert_eq!(event.await, Event::Failed(Failure::DataClosed));
    }
}

#[tokio::test]
async fn refusal_after_a_cut_data_connection_wins() {
    for code in [421, 426, 451, 452, 552] {
        for reset in [true, false] {
            let event = five_bytes_and(move |s, data| {
                if reset {
                    data.reset()
                } else {
                    data.fin()
                }
                s.reply(&format!("{code} no"));
            });
            assert_eq!(event.await, Event::Failed(Failure::Reply(code)));
        }
    }
}

#[tokio::test]
async fn cut_data_connection_without_a_word_is_told_and_the_late_word_does_no_harm() {
    for reset in [true, false] {
        let event = five_bytes_and(move |s, data| {
            if reset {
                data.reset()
            } else {
                data.fin()
            }
            // The client asks for a sign of life before its next command.
            s.answer("NOOP", "426 that broke, by the way").reply("200 ok");
        });
        assert_eq!(event.await, Event::Failed(Failure::DataClosed));
    }
}

#[tokio::test]
async fn late_word_on_a_cut_data_connection_is_no_warning() {
    let (told, late) = std::sync::mpsc::channel();
    session(
        move |s| {
            s.begin("STOR a").reset();
            late.recv().unwrap();
            s.reply("426 that broke, by the way").reply("451 and this is news");
        },
        async |user| {
            assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
            assert_eq!(user.outcome().await, Event::Failed(Failure::DataClosed));
            told.send(()).unwrap();
            assert_eq!(user.outcome().await, Event::Warned(Failure::Reply(451)));
        },
    )
    .await;
}

#[tokio::test]
async fn server_that_leaves_in_the_middle_closes_the_control_connection() {
    let lost = Event::Lost(Failure::ControlClosed);
    assert_eq!(
        five_bytes_and(|s, mut data| {
            s.fin();
            assert_eq!(data.drain(), End::Reset, "what is given up is reset");
        })
        .await,
        lost
    );
    assert_eq!(
        five_bytes_and(|s, _data| {
            s.reply("221 idle for too long").fin();
        })
        .await,
        lost
    );
}

#[tokio::test]
async fn flow_is_acknowledged_only_as_it_goes() {
    let (more, go_on) = std::sync::mpsc::channel();
    session(
        move |s| {
            let mut data = s.begin("STOR a");
            go_on.recv().unwrap();
            assert!(data.receive_all() == vec![0; 64 << 20]);
            s.reply("226 done");
        },
        async |user| {
            assert_eq!(user.answer(Request::Store(job("a"))).await, Event::DataOpen);
            user.ask(Request::Send(vec![0; 64 << 20]));
            user.ask(Request::EndOfFile);
            let mut sent = 0;
            let mut go = Some(more);
            let last = loop {
                match user.outcome().await {
                    Event::Sent(bytes) => sent += bytes,
                    event => break event,
                }
                if let Some(more) = go.take() {
                    assert!(sent < 64 << 20, "nobody has read all of it yet");
                    more.send(()).unwrap();
                }
            };
            assert_eq!((last, sent), (Event::Done, 64 << 20));
        },
    )
    .await;
}
