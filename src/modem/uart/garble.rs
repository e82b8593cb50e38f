//! What is read where the two sides of a wire are not set to the same speed and frame.
//!
//! An approximation. A receiver that is faster finds several start bits in one character, at most
//! five in eight data bits, and one that is slower takes several characters for one: so there are
//! as many bytes as the ratio of the speeds says. Their values would follow from the bits; here
//! they are drawn from the seed, each with its highest bit set, so that garbage is never taken for
//! a command, for plus signs or for flow control.

use crate::line::LineSpeed;

/// Most that is read for one byte that was sent: the start bits that eight data bits can feign.
const MOST: u64 = 5;

/// The noise on one wire.
#[derive(Clone, Debug)]
pub struct Garble {
    state: u64,
    /// Of the next byte, in parts of the sender's speed.
    fraction: u64,
}

impl Garble {
    /// Noise as the seed has it.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, fraction: 0 }
    }

    /// What is read at one speed of what was sent at another.
    pub fn read(&mut self, sent: &[u8], from: LineSpeed, to: LineSpeed) -> Vec<u8> {
        let whole = u64::from(from.baud.get());
        let part = u64::from(to.baud.get()).min(MOST * whole);
        let mut read = Vec::new();
        self.fraction %= whole;
        for byte in sent {
            self.fraction += part;
            while self.fraction >= whole {
                self.fraction -= whole;
                read.push(self.draw(*byte) | 0x80);
            }
        }
        read
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), stirred with what was sent.
    fn draw(&mut self, byte: u8) -> u8 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(byte));
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 56) as u8
    }
}

/// Whether each side reads what the other sends: the same data bits and parity, and speeds less
/// than 3 % apart, beyond which the last bit of a character is sampled in its neighbour. How many
/// stop bits are sent a receiver does not mind.
pub fn agree(these: LineSpeed, those: LineSpeed) -> bool {
    let (this, that) = (u64::from(these.baud.get()), u64::from(those.baud.get()));
    these.data_bits == those.data_bits
        && these.parity == those.parity
        && this.abs_diff(that) * 100 <= this.max(that) * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(text: &str) -> LineSpeed {
        text.parse().unwrap()
    }

    #[test]
    fn there_are_as_many_bytes_as_the_speeds_say_and_none_means_anything() {
        for (from, to, count) in [
            ("115200 8N1", "9600 8N1", 100),
            ("9600 8N1", "19200 8N1", 2400),
            ("9600 8N1", "115200 8N1", 6000),
            ("9600 7E1", "9600 8N1", 1200),
        ] {
            let mut garble = Garble::new(1);
            let read: Vec<u8> = (0..120)
                .flat_map(|_| garble.read(b"AT\r\nATI\r\n\x11", speed(from), speed(to)))
                .collect();
            assert_eq!(read.len(), count, "{from} {to}");
            assert!(read.iter().all(|byte| *byte >= 0x80));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_garbage() {
        let read =
            |seed| Garble::new(seed).read(&[b'A'; 16], speed("9600 8N1"), speed("19200 8N1"));
        assert_eq!(read(1), read(1));
        assert_ne!(read(1), read(2));
    }

    #[test]
    fn sides_agree_within_3_percent_and_whatever_the_stop_bits() {
        let agree = |this: &str, that: &str| agree(speed(this), speed(that));
        assert!(agree("115200 8N1", "115200 8N2") && agree("100 8N1", "97 8N1"));
        assert!(!agree("100 8N1", "96 8N1") && !agree("9600 8N1", "9600 7N1"));
        assert!(!agree("9600 7E1", "9600 7O1"));
    }
}
