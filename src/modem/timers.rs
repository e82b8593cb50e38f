//! Time to come, in two kinds: what *will* happen, and deadlines that can be called off.

use std::collections::BTreeMap;

use crate::line::LineId;
use crate::time::SimTime;

/// What will happen, in order of time; at one time, in the order in which it was planned.
#[derive(Clone, Debug)]
pub struct Agenda<T> {
    entries: BTreeMap<(SimTime, u64), T>,
    planned: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), planned: 0 }
    }
}

impl<T> Agenda<T> {
    /// Plans `entry` for `due`.
    pub fn plan(&mut self, due: SimTime, entry: T) {
        self.entries.insert((due, self.planned), entry);
        self.planned += 1;
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// When the next entry is due.
    pub fn next_due(&self) -> Option<SimTime> {
        self.entries.first_key_value().map(|((due, _), _)| *due)
    }

    /// The next entry, if it is due at `now`.
    pub fn pop_due(&mut self, now: SimTime) -> Option<T> {
        self.next_due().filter(|&due| due <= now)?;
        self.entries.pop_first().map(|(_, entry)| entry)
    }

    /// Strikes what `keep` does not keep: its cause is gone.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.entries.retain(|_, entry| keep(entry));
    }
}

/// A deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The escape sequence of a line is complete, or its plus signs are data.
    Escape(LineId),
    /// `<time>` of `AT+QFTPPUT`.
    UploadLimit,
    /// The server has been silent for too long.
    SilenceLimit,
}

/// Deadlines, each set at most once.
#[derive(Clone, Debug, Default)]
pub struct TimerTable {
    deadlines: BTreeMap<Timer, SimTime>,
}

impl TimerTable {
    /// How many deadlines there are.
    pub fn len(&self) -> usize {
        self.deadlines.len()
    }

    /// Sets or moves a deadline.
    pub fn set(&mut self, timer: Timer, due: SimTime) {
        self.deadlines.insert(timer, due);
    }

    /// Calls a deadline off.
    pub fn clear(&mut self, timer: Timer) {
        self.deadlines.remove(&timer);
    }

    /// Sets a deadline unless it is set already.
    pub fn start(&mut self, timer: Timer, due: SimTime) {
        self.deadlines.entry(timer).or_insert(due);
    }

    /// The next deadline.
    pub fn next_due(&self) -> Option<SimTime> {
        self.deadlines.values().min().copied()
    }

    /// A deadline that has come by `now`, the earliest first; it is called off with that.
    pub fn pop_due(&mut self, now: SimTime) -> Option<Timer> {
        let (&timer, _) = self.deadlines.iter().min_by_key(|(_, due)| **due)?;
        self.deadlines.get(&timer).filter(|due| **due <= now)?;
        self.deadlines.remove(&timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn the_agenda_keeps_the_order_of_time_and_of_planning() {
        let mut agenda = Agenda::default();
        for (due, name) in [(20, "c"), (10, "a"), (10, "b")] {
            agenda.plan(at(due), name);
        }
        assert_eq!((agenda.next_due(), agenda.pop_due(at(9))), (Some(at(10)), None));
        assert_eq!((agenda.pop_due(at(10)), agenda.pop_due(at(10))), (Some("a"), Some("b")));
        agenda.retain(|name| *name != "c");
        assert_eq!(agenda.next_due(), None);
    }

    #[test]
    fn a_deadline_fires_once_unless_moved_or_called_off() {
        let mut timers = TimerTable::default();
        timers.set(Timer::UploadLimit, at(5));
        timers.set(Timer::SilenceLimit, at(3));
        timers.set(Timer::UploadLimit, at(7));
        timers.start(Timer::UploadLimit, at(1));
        assert_eq!((timers.next_due(), timers.pop_due(at(2))), (Some(at(3)), None));
        assert_eq!(timers.pop_due(at(9)), Some(Timer::SilenceLimit));
        timers.clear(Timer::UploadLimit);
        assert_eq!((timers.pop_due(at(9)), timers.next_due()), (None, None));
    }
}
