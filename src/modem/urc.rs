//! What a line is told late, and when: results that needed the network, and unsolicited ones
//! (27.007 9.2).
//!
//! Knows neither states of a line nor what has left it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::time::SimTime;

/// How long answers may go before a late result for want of silence; then it comes right behind
/// one, or a host that polls without pause would never see it.
const PATIENCE: Duration = Duration::from_secs(5);

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
#[derive(Clone, Debug)]
pub struct UrcQueue {
    waiting: VecDeque<Late>,
    /// Silence before each.
    gap: Duration,
    /// Since when answers have gone before the next.
    passed_over: Option<SimTime>,
}

impl UrcQueue {
    /// Nothing waits; each comes behind so much silence.
    pub const fn new(gap: Duration) -> Self {
        Self { waiting: VecDeque::new(), gap, passed_over: None }
    }

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

    /// When the next may be told on a line that had output `last`, as far as that is for the queue
    /// to say.
    pub fn due(&self, last: SimTime) -> Option<SimTime> {
        self.front()?;
        let polite = last + self.gap;
        let due = self.passed_over.map_or(polite, |since| polite.min(since + PATIENCE));
        Some(due.max(last))
    }

    /// Takes the next.
    pub fn pop(&mut self) -> Option<Late> {
        self.passed_over = None;
        self.waiting.pop_front()
    }

    /// An answer goes before all that wait, on a line that had output `last`.
    pub fn pass_over(&mut self, now: SimTime, last: SimTime) {
        if self.waiting.is_empty() || now.since(last) >= self.gap {
            self.passed_over = None;
        } else {
            self.passed_over.get_or_insert(now);
        }
    }

    /// It was for other reasons that nothing was told.
    pub fn excuse(&mut self) {
        self.passed_over = None;
    }

    /// Nothing waits any more.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.passed_over = None;
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
        let mut queue = UrcQueue::new(Duration::from_millis(50));
        let end = Late::Final(b"end".to_vec());
        for late in [text(1), text(2), end.clone()] {
            queue.push(late);
        }
        let told: Vec<Late> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(told, [end, text(1), text(2)]);
    }

    #[test]
    fn a_full_queue_loses_its_oldest_text_and_nothing_that_moves_the_line() {
        let mut queue = UrcQueue::new(Duration::from_millis(50));
        queue.push(Late::Connect);
        (0..200).for_each(|number| queue.push(text(number)));
        let told: Vec<Late> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!((told.len(), &told[0]), (BOUND, &Late::Connect));
        assert_eq!((&told[1], &told[BOUND - 1]), (&text(137), &text(199)));
    }

    #[test]
    fn silence_goes_before_each_but_not_for_ever() {
        let at = |millis| SimTime::ZERO + Duration::from_millis(millis);
        let mut queue = UrcQueue::new(Duration::from_millis(50));
        assert_eq!(queue.due(at(0)), None);
        queue.push(text(1));
        assert_eq!(queue.due(at(0)), Some(at(50)));
        // A host that asks every 20 ms has its answers, until the result has waited for 5 s.
        for millis in (20..=5_040).step_by(20) {
            queue.pass_over(at(millis), at(millis - 20));
        }
        assert_eq!(queue.due(at(5_000)), Some(at(5_020)));
        assert_eq!(queue.due(at(5_040)), Some(at(5_040)));
        queue.excuse();
        assert_eq!(queue.due(at(5_040)), Some(at(5_090)));
    }
}
