//! What a line is told late: results that needed the network, and unsolicited ones (27.007 9.2).

use std::collections::VecDeque;

/// Most late results that wait for one line. A host that never lets the module speak loses the
/// oldest text, but nothing that moves the line; no real host has been seen near this.
const BOUND: usize = 64;

/// One late result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Late {
    /// A line of text.
    Text(Vec<u8>),
    /// The same, and RI has announced it already.
    Announced(Vec<u8>),
    /// `CONNECT`; the line enters data state with it.
    Connect,
    /// A line of text with which the line leaves data state: the result of a download.
    Final(Vec<u8>),
}

/// First come, first told; but the result that ends data state comes before what waits for its end.
#[derive(Clone, Debug, Default)]
pub struct UrcQueue {
    waiting: VecDeque<Late>,
}

impl UrcQueue {
    /// Waits for its turn.
    pub fn push(&mut self, late: Late) {
        if self.waiting.len() == BOUND
            && let Some(oldest) = self
                .waiting
                .iter()
                .position(|late| matches!(late, Late::Text(_) | Late::Announced(_)))
        {
            self.waiting.remove(oldest);
        }
        match late {
            Late::Final(_) => self.waiting.push_front(late),
            Late::Text(_) | Late::Announced(_) | Late::Connect => self.waiting.push_back(late),
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Who is next.
    pub fn front(&self) -> Option<&Late> {
        self.waiting.front()
    }

    /// Takes the next.
    pub fn pop(&mut self) -> Option<Late> {
        self.waiting.pop_front()
    }

    /// The transfer failed before its `CONNECT` was told: now it must not be.
    pub fn withdraw_connect(&mut self) {
        self.waiting.retain(|late| *late != Late::Connect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: u8) -> Late {
        Late::Text(vec![number])
    }

    #[test]
    fn the_end_of_a_download_comes_before_what_waits_for_it() {
        let mut queue = UrcQueue::default();
        let end = Late::Final(b"end".to_vec());
        for late in [text(1), text(2), end.clone()] {
            queue.push(late);
        }
        let told: Vec<Late> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(told, [end, text(1), text(2)]);
    }

    #[test]
    fn a_full_queue_loses_its_oldest_text_and_nothing_that_moves_the_line() {
        let mut queue = UrcQueue::default();
        queue.push(Late::Connect);
        (0..200).for_each(|number| queue.push(text(number)));
        let told: Vec<Late> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!((told.len(), &told[0]), (BOUND, &Late::Connect));
        assert_eq!((&told[1], &told[BOUND - 1]), (&text(137), &text(199)));
    }
}
