//! What befalls the module while a server is to do something, and before.

use quasimodem::io::clock::Clock;
use quasimodem::io::operator::Order;
use quasimodem::profile::Profile;
use quasimodem::world::World;
use tokio::sync::mpsc::Sender;

use crate::case::{ACTIVE, CLOSE, Case, FILE, GET, NOTHING, OPEN, PUT, WAYS, check};
use crate::support::in_process::{AsyncHost, InProcess};
use crate::support::obedient_ftp::{Deed, ObedientFtp, Step};

/// What takes the bearer away.
const LOSSES: [World; 3] = [World::BearerLost, World::NetworkLost, World::NetworkDenied];

/// Opening, idle, before the data, in an upload, in a download, before the confirmation, closing.
#[test]
fn a_bearer_that_is_lost_at_any_step_is_error_8() {
    let mut cases = Vec::new();
    for world in LOSSES {
        cases.extend(WAYS.iter().map(|way| lost(world, way, Deed::Silence)));
        let ways: [(&[&str], &str); 4] =
            [(&[OPEN], PUT), (&[OPEN, ACTIVE], PUT), (&[OPEN], GET), (&[OPEN, ACTIVE], GET)];
        for (before, command) in ways {
            for bytes in [0, 5, FILE.len()] {
                let deed = Deed::Part { bytes, data: None, control: None };
                let mut case = lost(world, &(Step::Data, before, command), deed);
                case.sends = &FILE[..bytes];
                cases.push(case);
            }
        }
    }
    check(&cases);
}

/// A command's own result comes before the news, and the news before an error that has no command.
fn lost(world: World, way: &(Step, &'static [&'static str], &'static str), deed: Deed) -> Case {
    let number = if way.2 == CLOSE { 0 } else { -8 };
    let mut case = Case::new(way, deed, number, "CLOSED");
    case.world = Some(world);
    let place = if way.2 == NOTHING { 0 } else { 1 };
    case.heard.insert(place, "+PDP DEACT".to_owned());
    case
}

/// What the host or the world does, and the lines that the host hears of it.
enum Act {
    Host(&'static str, &'static [&'static str]),
    World(World, &'static [&'static str]),
}

/// Why there is no context, and what ends that.
const CAUSES: [(Act, Act); 6] = [
    (Act::World(World::NetworkLost, &[]), Act::World(World::NetworkBack, &[])),
    (Act::World(World::NetworkDenied, &[]), Act::World(World::NetworkBack, &[])),
    (
        Act::World(World::SimRemoved, &["+CPIN: NOT READY"]),
        Act::World(World::SimInserted, &["+CPIN: READY", "Call Ready"]),
    ),
    (Act::Host("AT+CGATT=0", &["OK"]), Act::Host("AT+CGATT=1", &["OK"])),
    (
        Act::Host("AT+CFUN=0", &["+CPIN: NOT READY", "OK"]),
        Act::Host("AT+CFUN=1", &["OK", "+CPIN: READY", "Call Ready"]),
    ),
    (
        Act::Host("AT+CFUN=4", &["OK"]),
        Act::Host("AT+CFUN=1", &["OK", "+CPIN: READY", "Call Ready"]),
    ),
];

/// The server serves one client: one that came too soon would be that one.
#[test]
fn a_context_that_does_not_come_up_is_error_5() {
    for (cause, cure) in &CAUSES {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = ObedientFtp::start(b"", []);
        let commands = runtime.block_on(async {
            let profile = Profile::default().instant();
            let module = InProcess::new(&profile, 1, server.addr(), Clock::start(1.0));
            let (line, world) = (module.lines[0], module.world.clone());
            module
                .run(async {
                    let mut host = AsyncHost::attach(line).await;
                    act(cause, &mut host, &world).await;
                    open(&mut host, "-5", "CLOSED").await;
                    assert_eq!(server.commands(), [""; 0]);
                    act(cure, &mut host, &world).await;
                    open(&mut host, "0", "OPENED").await;
                    server.commands()
                })
                .await
        });
        assert_eq!(commands, ["USER anonymous", "PASS anonymous@"]);
        // With it goes the client's connection, for which the server waits.
        drop(runtime);
        server.join();
    }
}

async fn act(act: &Act, host: &mut AsyncHost, world: &Sender<Order>) {
    let lines = match *act {
        Act::Host(command, lines) => {
            host.send(format!("{command}\r")).await;
            lines
        }
        Act::World(happening, lines) => {
            world.send(Order::World(happening)).await.unwrap();
            lines
        }
    };
    for line in lines {
        assert_eq!(host.line().await, *line);
    }
}

async fn open(host: &mut AsyncHost, number: &str, state: &str) {
    host.command(OPEN, "\r\nOK\r\n").await;
    host.expect(format!("\r\n+QFTPOPEN:{number}\r\n")).await;
    host.command("AT+QFTPSTAT", &format!("\r\n+QFTPSTAT: {state}\r\n\r\nOK\r\n")).await;
}
