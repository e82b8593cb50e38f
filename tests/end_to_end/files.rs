//! Files, and whether two of them are the same.

use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Bytes of every value in no order, always the same.
pub fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha8Rng::seed_from_u64(0x51_4D_4F_44).fill_bytes(&mut bytes);
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of a file of the server.
#[track_caller]
pub fn sha256_of(root: &Path, name: &str) -> String {
    sha256(&std::fs::read(root.join(name)).unwrap())
}
