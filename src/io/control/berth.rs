//! One running module, as whoever asks it sees it.
//!
//! Knows neither the other modules nor HTTP: it is asked through its channel, and may have ended.

use std::sync::Arc;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::views::{LinePlace, Timing};
use crate::fault::{Rule, Standing};
use crate::io::operator::{Entry, Order};
use crate::modem::Snapshot;
use crate::transcript::Heading;
use crate::world::World;

/// Entries that wait for one listener, who loses what exceeds that.
const ENTRIES: usize = 4096;

/// A module.
#[derive(Debug)]
pub struct Berth {
    /// Its number, from 1 on.
    pub id: u64,
    /// What its transcript begins with.
    pub heading: Heading,
    /// Where its lines are, from 1 on.
    pub lines: Vec<LinePlace>,
    pub(super) orders: mpsc::Sender<Order>,
}

/// A module has ended, its line being beyond repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("module {0} has ended: a line of it broke")]
pub struct Ended(u64);

impl Berth {
    /// Whether modelled delay applies.
    pub const fn timing(&self) -> Timing {
        if self.heading.instant { Timing::Instant } else { Timing::Faithful }
    }

    /// How the module stands.
    ///
    /// # Errors
    /// It has ended.
    pub async fn look(&self) -> Result<Snapshot, Ended> {
        let (answer, snapshot) = oneshot::channel();
        self.order(Order::Look(answer)).await?;
        snapshot.await.map_err(|_| Ended(self.id))
    }

    /// This befalls it.
    ///
    /// # Errors
    /// It has ended.
    pub async fn befall(&self, world: World) -> Result<(), Ended> {
        self.order(Order::World(world)).await
    }

    /// One more rule; one of the same name is replaced.
    ///
    /// # Errors
    /// It has ended.
    pub async fn add_rule(&self, rule: Rule) -> Result<(), Ended> {
        self.order(Order::AddRule(Box::new(rule))).await
    }

    /// One rule less; `false` if there is none of that name.
    ///
    /// # Errors
    /// It has ended.
    pub async fn remove_rule(&self, name: &str) -> Result<bool, Ended> {
        let (answer, was_there) = oneshot::channel();
        self.order(Order::RemoveRule(name.to_owned(), answer)).await?;
        was_there.await.map_err(|_| Ended(self.id))
    }

    /// The rules in their order, and how often each has taken hold.
    ///
    /// # Errors
    /// It has ended.
    pub async fn rules(&self) -> Result<Vec<Standing>, Ended> {
        let (answer, rules) = oneshot::channel();
        self.order(Order::Rules(answer)).await?;
        rules.await.map_err(|_| Ended(self.id))
    }

    /// What has happened so far; `None` if no transcript is kept.
    ///
    /// # Errors
    /// It has ended.
    pub async fn transcript(&self) -> Result<Option<String>, Ended> {
        let (answer, text) = oneshot::channel();
        self.order(Order::Transcript(answer)).await?;
        text.await.map_err(|_| Ended(self.id))
    }

    /// All that happens from now on.
    ///
    /// # Errors
    /// It has ended.
    pub async fn listen(&self) -> Result<mpsc::Receiver<Arc<Entry>>, Ended> {
        let (listener, entries) = mpsc::channel(ENTRIES);
        self.order(Order::Listen(listener)).await?;
        Ok(entries)
    }

    /// The way in for other operators, such as a signal of the system.
    pub fn orders(&self) -> mpsc::Sender<Order> {
        self.orders.clone()
    }

    async fn order(&self, order: Order) -> Result<(), Ended> {
        self.orders.send(order).await.map_err(|_| Ended(self.id))
    }
}
