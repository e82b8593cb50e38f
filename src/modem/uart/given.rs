//! What was given to the wire and not taken yet: bytes as they are on the wire, and how many of the
//! module's own they stand for.

use std::collections::VecDeque;

/// First given, first taken.
#[derive(Clone, Debug, Default)]
pub struct Given {
    portions: VecDeque<Portion>,
}

#[derive(Clone, Copy, Debug)]
struct Portion {
    on_wire: usize,
    own: usize,
}

impl Portion {
    /// Byte for byte.
    const fn is_plain(self) -> bool {
        self.on_wire == self.own
    }
}

impl Given {
    /// So many bytes (1 and more) stand for so many of the module's own.
    pub fn give(&mut self, on_wire: usize, own: usize) {
        let portion = Portion { on_wire, own };
        match self.portions.back_mut() {
            Some(last) if last.is_plain() && portion.is_plain() => {
                last.on_wire += on_wire;
                last.own += own;
            }
            _ => self.portions.push_back(portion),
        }
    }

    /// So many were taken; how many of the module's own with them. What does not stand byte for
    /// byte counts when the last of it is taken.
    pub fn take(&mut self, mut count: usize) -> usize {
        let mut own = 0;
        while let Some(portion) = self.portions.front_mut().filter(|_| count > 0) {
            let part = portion.on_wire.min(count);
            count -= part;
            if portion.is_plain() {
                own += part;
                portion.own -= part;
            }
            portion.on_wire -= part;
            if portion.on_wire == 0 {
                own += portion.own;
                self.portions.pop_front();
            }
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_own_byte_is_taken_once() {
        let mut given = Given::default();
        for (on_wire, own) in [(3, 3), (4, 4), (5, 2), (1, 0), (2, 2)] {
            given.give(on_wire, own);
        }
        let own: Vec<usize> = [2, 6, 3, 1, 1, 1, 9].map(|count| given.take(count)).into();
        assert_eq!(own, [2, 5, 0, 2, 0, 1, 1]);
        assert_eq!(given.take(5), 0);
    }
}
