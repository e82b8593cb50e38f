//! What an operator asks of a running module, and what the loop that owns it tells back.
//!
//! Knows neither HTTP nor signals: whoever holds the sending end is the operator.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::fault::{Rule, Standing};
use crate::modem::Snapshot;
use crate::world::World;

/// One thing asked. An answer that nobody waits for any more is dropped.
#[derive(Debug)]
pub enum Order {
    /// This befalls the module.
    World(World),
    /// One more rule of what goes wrong; one of the same name is replaced.
    AddRule(Box<Rule>),
    /// The rule of this name is no more. Was there one?
    RemoveRule(String, oneshot::Sender<bool>),
    /// Which rules are there, and how often has each taken hold?
    Rules(oneshot::Sender<Vec<Standing>>),
    /// How does it stand?
    Look(oneshot::Sender<Snapshot>),
    /// What has happened so far, as a transcript? `None` if none is kept.
    Transcript(oneshot::Sender<Option<String>>),
    /// From now on tell all that happens; entries for which there is no room are lost.
    Listen(mpsc::Sender<Arc<Entry>>),
}

/// Something that has happened, as an entry of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Entry {
    /// Counted from 1; a gap says that entries were lost on the way to whoever listens.
    pub number: u64,
    /// Module time in microseconds since power-on.
    pub time_us: u64,
    /// The entry, as transcripts write it.
    pub entry: String,
}
