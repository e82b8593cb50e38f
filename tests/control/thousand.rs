//! Many modules in one process.

use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::http::Station;
use crate::support::host::Host;

/// Descriptors that are spoken for: three of each standard stream, the control API, its clients.
const SPARE: u64 = 64;

#[test]
fn a_thousand_modules_answer_each_for_itself() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
    // The program has a listener and a client of each; the test one host of each.
    let most = limit.maximum.map_or(1000, |most| (most.saturating_sub(SPARE) / 2).min(1000));
    let count = usize::try_from(most).unwrap();
    let station = Station::start(&[]);
    let begun = std::time::Instant::now();
    let mut hosts: Vec<(String, Host)> = (0..count).map(|_| station.create("{}")).collect();
    let each = begun.elapsed() / u32::try_from(count).unwrap();
    println!("{count} modules, {each:?} each");
    assert!(each < Duration::from_millis(100), "{each:?} for each of {count} modules");
    for (number, (_, host)) in hosts.iter_mut().enumerate() {
        // One setting differs, so that no module answers for another.
        host.command(
            &format!("ATS0={}", number % 256),
            &format!("ATS0={}\r\r\nOK\r\n", number % 256),
        );
    }
    for (number, (_, host)) in hosts.iter_mut().enumerate() {
        host.command("ATE0S0?", &format!("ATE0S0?\r\r\n{:03}\r\n\r\nOK\r\n", number % 256));
    }
    assert_eq!(station.get("/v1/modules").as_array().unwrap().len(), count);
    let metrics = station.ask("GET", "/metrics", None).body;
    for gauge in ["modules", "lines"] {
        assert!(metrics.contains(&format!("\nquasimodem_{gauge} {count}\n")), "{metrics}");
    }
}
