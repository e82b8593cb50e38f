//! What the operator asks of the loop, done at its time like everything else.

use std::io;

use tracing::debug;

use super::Shell;
use crate::io::operator::Order;
use crate::modem::{Input, Snapshot};
use crate::time::SimTime;

impl Shell {
    pub(super) fn obey(&mut self, now: SimTime, order: Order) -> io::Result<()> {
        match order {
            Order::World(world) => {
                debug!("world: {world}");
                return self.feed(now, Input::World(world));
            }
            // Whoever asked may have gone: then nobody wants the answer.
            Order::Look(answer) => {
                self.catch_up(now)?;
                let snapshot = Snapshot { time_us: now.as_micros(), ..self.modem.snapshot() };
                let _ = answer.send(snapshot);
            }
            Order::AddRule(rule) => {
                debug!("rule {} is added", rule.name);
                return self.feed(now, Input::AddRule(rule));
            }
            Order::RemoveRule(name, answer) => {
                let is_there = self.modem.rules().any(|standing| standing.rule.name == name);
                let _ = answer.send(is_there);
                if is_there {
                    debug!("rule {name} is removed");
                    return self.feed(now, Input::RemoveRule(name));
                }
            }
            Order::Rules(answer) => {
                self.catch_up(now)?;
                let _ = answer.send(self.modem.rules().cloned().collect());
            }
            Order::Transcript(answer) => {
                self.catch_up(now)?;
                let text = self.tap.as_ref().and_then(|tap| tap.transcript(now));
                let _ = answer.send(text);
            }
            Order::Listen(listener) => {
                if let Some(tap) = &mut self.tap {
                    tap.listen(listener);
                }
            }
        }
        Ok(())
    }
}
