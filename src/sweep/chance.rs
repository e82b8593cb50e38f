//! Several faults by chance for one run, the same ones for the same seed.
//!
//! Knows how many there are to choose from, and nothing else of them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Fewest and most faults of a run.
const FAULTS: (u64, u64) = (2, 5);

/// Indices of what run `number` of a sweep with this seed takes, in ascending order: `groups` has for
/// each thing that can be taken the group it belongs to, and of each group at most one is taken.
pub fn pick(seed: u64, number: u64, groups: &[usize]) -> Vec<usize> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(number);
    let mut below =
        |end: usize| usize::try_from(chance.next_u64() % (end as u64).max(1)).unwrap_or(0);
    let wanted = FAULTS.0 as usize + below((FAULTS.1 - FAULTS.0 + 1) as usize);
    let mut free: Vec<usize> = (0..groups.len()).collect();
    let mut picked = Vec::new();
    while picked.len() < wanted && !free.is_empty() {
        let index = free[below(free.len())];
        picked.push(index);
        free.retain(|other| groups[*other] != groups[index]);
    }
    picked.sort_unstable();
    picked
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_run_takes_two_to_five_of_different_groups() {
        let groups: Vec<usize> = (0..60).map(|index| index / 3).collect();
        let mut sizes = BTreeSet::new();
        for number in 1..=200 {
            let picked = pick(7, number, &groups);
            let of: BTreeSet<usize> = picked.iter().map(|index| groups[*index]).collect();
            assert_eq!(of.len(), picked.len());
            assert!(picked.is_sorted());
            sizes.insert(picked.len());
        }
        assert_eq!(sizes, BTreeSet::from([2, 3, 4, 5]));
    }

    #[test]
    fn the_same_seed_picks_the_same_and_another_run_something_else() {
        let groups: Vec<usize> = (0..60).collect();
        assert_eq!(pick(7, 1, &groups), pick(7, 1, &groups));
        assert_ne!(pick(7, 1, &groups), pick(7, 2, &groups));
        assert_ne!(pick(7, 1, &groups), pick(8, 1, &groups));
    }

    #[test]
    fn where_there_is_little_all_of_it_is_taken() {
        assert!(pick(7, 1, &[]).is_empty());
        assert_eq!(pick(7, 1, &[0, 0, 0]).len(), 1);
    }
}
