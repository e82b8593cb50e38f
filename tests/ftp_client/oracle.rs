//! Against libunftp, which others wrote.

use quasimodem::ftp::{Account, Event, Failure, Job, Password, Representation, Request};
use quasimodem::io::ftp_server::{FtpAccount, FtpRoot, FtpServer};
use sha2::{Digest, Sha256};

use crate::user::{User, account, active, job, pattern};

fn server() -> FtpServer {
    let account = FtpAccount { user: "u".to_owned(), password: "p".to_owned() };
    FtpServer::start(FtpRoot::Temporary, account).unwrap()
}

fn stored(server: &FtpServer, name: &str) -> Vec<u8> {
    std::fs::read(server.root().join(name)).unwrap()
}

#[tokio::test]
async fn wrong_account_is_530() {
    let server = server();
    for (user, password) in [("u", "q"), ("v", "p"), ("u", "")] {
        let wrong = Account {
            user: user.as_bytes().to_vec(),
            password: Password(password.as_bytes().to_vec()),
            ..account(server.addr())
        };
        assert_eq!(
            User::new().answer(Request::Open(wrong)).await,
            Event::Lost(Failure::Reply(530))
        );
    }
}

#[tokio::test]
async fn megabytes_pass_unharmed_in_both_modes_and_types() {
    let server = server();
    let file = pattern(5_000_011);
    let mut user = User::at(server.addr()).await;
    for representation in [Representation::Image, Representation::Ascii] {
        for job in [job("f.bin"), active("f.bin")] {
            let job = Job { representation, ..job };
            assert_eq!(user.store(job.clone(), &file).await, Event::Done);
            assert_eq!(Sha256::digest(stored(&server, "f.bin")), Sha256::digest(&file));
            let (got, event) = user.retrieve(job).await;
            assert_eq!(event, Event::Done);
            assert_eq!(Sha256::digest(got), Sha256::digest(&file));
        }
    }
    user.close().await;
}

#[tokio::test]
async fn restart_goes_on_where_it_is_told() {
    let server = server();
    std::fs::write(server.root().join("f"), b"0123456789").unwrap();
    let mut user = User::at(server.addr()).await;
    for restarted in [Job { restart: 4, ..job("f") }, Job { restart: 4, ..active("f") }] {
        assert_eq!(user.retrieve(restarted.clone()).await, (b"456789".to_vec(), Event::Done));
        assert_eq!(user.store(restarted, b"abcdef").await, Event::Done);
        assert_eq!(stored(&server, "f"), b"0123abcdef");
        std::fs::write(server.root().join("f"), b"0123456789").unwrap();
    }
    // The restart is for one transfer.
    assert_eq!(user.retrieve(job("f")).await, (b"0123456789".to_vec(), Event::Done));
    user.close().await;
}

#[tokio::test]
async fn missing_file_and_directory_are_550() {
    let server = server();
    let mut user = User::at(server.addr()).await;
    for job in [job("nothing"), active("nothing")] {
        // Without a DataOpen, although libunftp has said 150.
        let event = user.answer(Request::Retrieve(job)).await;
        assert_eq!(event, Event::Failed(Failure::Reply(550)));
    }
    let elsewhere = Job { directory: Some(b"nowhere".to_vec()), ..job("f") };
    assert_eq!(user.store(elsewhere, b"x").await, Event::Failed(Failure::Reply(550)));
    user.close().await;
}

#[tokio::test]
async fn directory_is_changed_for_good() {
    let server = server();
    std::fs::create_dir(server.root().join("dir")).unwrap();
    let mut user = User::at(server.addr()).await;
    let inside = Job { directory: Some(b"dir".to_vec()), ..job("f") };
    assert_eq!(user.store(inside, b"abc").await, Event::Done);
    assert_eq!(stored(&server, "dir/f"), b"abc");
    assert_eq!(user.retrieve(job("f")).await, (b"abc".to_vec(), Event::Done));
    assert_eq!(user.answer(Request::ChangeDirectory(b"/".to_vec())).await, Event::DirectoryChanged);
    assert_eq!(user.retrieve(job("dir/f")).await, (b"abc".to_vec(), Event::Done));
    user.close().await;
}

#[tokio::test]
async fn aborted_transfers_leave_the_session_in_step() {
    let server = server();
    std::fs::write(server.root().join("big"), pattern(32 << 20)).unwrap();
    let mut user = User::at(server.addr()).await;
    for round in 0..5 {
        for way in [job, active] {
            assert_eq!(user.answer(Request::Retrieve(way("big"))).await, Event::DataOpen);
            assert!(matches!(user.answer(Request::Pull(1000)).await, Event::Data(_)));
            assert_eq!(user.answer(Request::Abort).await, Event::Aborted, "round {round}");
            assert_eq!(user.answer(Request::Store(way("part"))).await, Event::DataOpen);
            assert!(matches!(user.answer(Request::Send(pattern(100_000))).await, Event::Sent(_)));
            assert_eq!(user.answer(Request::Abort).await, Event::Aborted, "round {round}");
            assert_eq!(user.store(way("whole"), b"xyz").await, Event::Done);
            assert_eq!(user.retrieve(way("whole")).await, (b"xyz".to_vec(), Event::Done));
        }
    }
    user.close().await;
}

#[tokio::test]
async fn server_goes_when_it_is_dropped() {
    let server = server();
    let root = server.root().to_owned();
    assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    let mut user = User::at(server.addr()).await;
    drop(server);
    assert_eq!(user.outcome().await, Event::Lost(Failure::ControlClosed));
    assert!(!root.exists());
}

#[test]
fn server_serves_a_given_folder_and_says_when_it_cannot() {
    let account = FtpAccount { user: "u".to_owned(), password: "p".to_owned() };
    let folder = tempfile::tempdir().unwrap();
    let server =
        FtpServer::start(FtpRoot::Given(folder.path().to_owned()), account.clone()).unwrap();
    assert_eq!(server.root(), folder.path());
    drop(server);
    assert!(folder.path().exists());
    let nowhere = FtpRoot::Given("/no/such/folder".into());
    let error = FtpServer::start(nowhere, account).err().unwrap().to_string();
    assert_eq!(
        error,
        "the FTP server cannot serve the folder `/no/such/folder`: No such file or directory (os error 2)"
    );
}
