//! Whether a paced line takes the time of its bits.
//!
//! Knows no floor: what a transfer is held to is what its bytes take on a wire, ten bits each.

use super::host::Host;
use super::process::Program;
use super::table::Table;

/// Bits of a byte in the frame 8N1.
const FRAME: usize = 10;
/// Seconds that a transfer is to take.
const LENGTH: usize = 10;
/// How many times as fast the module's clock goes in the last figures. There is no target for them:
/// a wire takes 50 ms ahead, and at 100 times that is less than a program sleeps.
const SCALES: [usize; 2] = [10, 100];

/// Downloads at three speeds, and uploads in fast motion, each through the whole program.
///
/// A line over TCP has the speed of `AT+IPR`, and that ends at 115200 for these models; beyond, the
/// module follows the speed of its host's terminal.
pub fn uart(table: &mut Table) {
    let server = Program::bare("server", None);
    for (rate, by_terminal) in [(9600, false), (115_200, false), (460_800, true)] {
        let modem = if by_terminal {
            Program::paced_modem(0, &["--pty", "tty"])
        } else {
            Program::paced_modem(rate, &["--tcp", "0"])
        };
        let (mut host, line) = if by_terminal {
            (Host::on_pty_at(&modem.pty(), Some(rate)), "a PTY")
        } else {
            (Host::on_tcp(modem.address()), "TCP")
        };
        host.log_in(server.address());
        let size = bytes(rate, LENGTH);
        let took = host.get(&size.to_string(), size).as_secs_f64();
        let name = format!("GET of {size} bytes over {line} at {rate} bit/s, paced");
        table.within(&name, took, LENGTH as f64, 0.01);
    }
    for scale in SCALES {
        let (rate, scale_text) = (115_200, scale.to_string());
        let modem = Program::paced_modem(rate, &["--tcp", "0", "--time-scale", &scale_text]);
        let mut host = Host::on_tcp(modem.address());
        host.log_in(server.address());
        let size = bytes(rate, LENGTH * scale);
        let took = host.put("up", size).as_secs_f64();
        let name = format!("PUT of {size} bytes over TCP at {rate} bit/s, {scale} times as fast");
        table.shown(&name, "s", took, Some(LENGTH as f64));
    }
}

/// How many bytes pass in so many seconds.
const fn bytes(rate: u32, seconds: usize) -> usize {
    rate as usize * seconds / FRAME
}
