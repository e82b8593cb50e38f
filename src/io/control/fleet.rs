//! The modules of one program by number, each a loop of its own that is asked through its channel.
//!
//! Knows neither HTTP nor how a module is made: a [`Workshop`] makes it.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::warn;

use super::berth::Berth;
use super::views::{Create, LinePlace};
use crate::io::shell::Shell;
use crate::io::tap::{Tap, TapSettings, Traffic};
use crate::transcript::Heading;

/// Orders that wait for one module; who has more to ask waits.
const ORDERS: usize = 16;

/// Makes a module as it is asked for; called on the runtime that is to run it.
pub type Workshop = dyn Fn(&Create) -> Result<Made, NotMade> + Send + Sync;

/// A module that is ready to run.
pub struct Made {
    /// The loop.
    pub shell: Shell,
    /// What its transcript begins with.
    pub heading: Heading,
    /// Where its lines are, from 1 on.
    pub lines: Vec<LinePlace>,
}

/// Why there is no such module.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotMade {
    /// What was asked for makes no sense.
    #[error("{0}")]
    Asked(String),
    /// It cannot be had here and now.
    #[error("{0}")]
    Unavailable(String),
}

/// The modules.
pub struct Fleet {
    workshop: Box<Workshop>,
    show_secrets: bool,
    traffic: Traffic,
    harbour: Mutex<Harbour>,
}

#[derive(Default)]
struct Harbour {
    made: u64,
    modules: BTreeMap<u64, Moored>,
}

struct Moored {
    berth: Arc<Berth>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Fleet {
    /// No module yet.
    pub fn new(workshop: Box<Workshop>, show_secrets: bool) -> Self {
        let traffic = Traffic::default();
        Self { workshop, show_secrets, traffic, harbour: Mutex::default() }
    }

    /// Makes a module, and runs it from now on.
    ///
    /// # Errors
    /// As the workshop has it; nothing is left of it then.
    pub fn create(&self, wanted: &Create) -> Result<Arc<Berth>, NotMade> {
        let made = (self.workshop)(wanted)?;
        Ok(self.adopt(made, !wanted.no_transcript).0)
    }

    /// Runs a module from now on. What comes with it is ready when the module has ended by itself.
    pub fn adopt(
        &self,
        made: Made,
        keeps_transcript: bool,
    ) -> (Arc<Berth>, oneshot::Receiver<io::Error>) {
        let Made { shell, heading, lines } = made;
        let tap = TapSettings {
            show_secrets: self.show_secrets,
            transcript: keeps_transcript.then(|| heading.clone()),
            traffic: self.traffic.clone(),
        };
        let (orders, inbox) = mpsc::channel(ORDERS);
        let shell = shell.operated(inbox).tapped(Tap::new(&tap, lines.len()));
        let (stop, stopped) = oneshot::channel();
        let (broken, breaks) = oneshot::channel();
        let mut harbour = self.harbour();
        harbour.made += 1;
        let id = harbour.made;
        let task = tokio::spawn(async move {
            if let Err(error) = shell.run(stopped).await {
                warn!("module {id} has ended: {error}");
                // Most modules have nobody who waits for that.
                let _ = broken.send(error);
            }
        });
        let berth = Arc::new(Berth { id, heading, lines, orders });
        let moored = Moored { berth: Arc::clone(&berth), stop, task };
        harbour.modules.insert(id, moored);
        (berth, breaks)
    }

    /// The module of that number.
    pub fn module(&self, id: u64) -> Option<Arc<Berth>> {
        self.harbour().modules.get(&id).map(|moored| Arc::clone(&moored.berth))
    }

    /// All modules, in the order in which they were made.
    pub fn modules(&self) -> Vec<Arc<Berth>> {
        self.harbour().modules.values().map(|moored| Arc::clone(&moored.berth)).collect()
    }

    /// Ends a module, and waits until its lines are gone; `false` if there is none of that number.
    pub async fn remove(&self, id: u64) -> bool {
        let moored = self.harbour().modules.remove(&id);
        match moored {
            None => false,
            Some(moored) => {
                moored.end().await;
                true
            }
        }
    }

    /// Ends all modules at once, and waits until their lines are gone.
    pub async fn close(&self) {
        let modules = std::mem::take(&mut self.harbour().modules);
        let ends: Vec<_> = modules.into_values().map(Moored::stop).collect();
        for task in ends {
            // One that panicked has ended, too.
            let _ = task.await;
        }
    }

    /// What has passed so far.
    pub const fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// How many modules were made so far.
    pub fn made(&self) -> u64 {
        self.harbour().made
    }

    fn harbour(&self) -> MutexGuard<'_, Harbour> {
        // Nothing is left half done where it is locked.
        self.harbour.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Moored {
    fn stop(self) -> JoinHandle<()> {
        // One that has ended by itself does not hear it.
        let _ = self.stop.send(());
        self.task
    }

    async fn end(self) {
        // One that panicked has ended, too.
        let _ = self.stop().await;
    }
}
