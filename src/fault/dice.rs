//! Chance in faults: seeded, and apart from that of the timing, which faults must not disturb.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::Amount;

/// A generator of its own.
#[derive(Clone, Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// As `seed` has it. A stream beside that of the delays, which begins with the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(1);
        Self(generator)
    }

    /// `true` with this probability, 0 to 1.
    pub(crate) fn falls(&mut self, probability: f64) -> bool {
        // 53 bits are what a float holds.
        let drawn = (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < probability
    }

    /// Another byte than `byte`: one bit of it flipped, or anything.
    pub(crate) fn corrupt(&mut self, byte: u8, amount: Amount) -> u8 {
        let drawn = self.0.next_u32().to_le_bytes()[0];
        match amount {
            Amount::Bits(_) => byte ^ (1 << (drawn & 7)),
            Amount::Bytes(_) => byte.wrapping_add(drawn % 255 + 1),
        }
    }
}
