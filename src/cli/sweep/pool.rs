//! Many runs on a few threads, with progress on standard error, until all are done or somebody stops them.
//!
//! Does not know what a run is.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, interval_at};

/// How often progress is told where there is no terminal: the log of a CI system is alive.
const NEWS: Duration = Duration::from_secs(30);

use crate::cli::signals::Signals;
use crate::cli::{Refusal, runtime};

/// Runs `work` on each of `tasks`, `jobs` at a time; what each came to, in the order of the tasks.
/// `None` where it was stopped before.
///
/// `tell` puts what a task came to into a word for the progress bar. `stop` is set to `true` on
/// SIGINT and SIGTERM.
///
/// # Errors
/// The first refusal of `work`; runs that have not begun are then left out.
pub(super) fn run_all<T: Sync, R: Send>(
    tasks: &[T],
    jobs: usize,
    stop: &watch::Sender<bool>,
    work: impl Fn(&T) -> Result<Option<R>, Refusal> + Sync,
    tell: impl Fn(&R) -> String,
) -> Result<Vec<Option<R>>, Refusal> {
    let bar = progress(tasks.len());
    let mut results: Vec<Option<R>> = tasks.iter().map(|_| None).collect();
    let begun = AtomicUsize::new(0);
    let next = || {
        let index = begun.fetch_add(1, Ordering::Relaxed);
        tasks.get(index).map(|task| (index, task))
    };
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let runtime = runtime()?;
    let mut refusal = None;
    thread::scope(|scope| {
        for _ in 0..jobs.min(tasks.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, task)) = next().filter(|_| !*stop.borrow()) {
                    // Nobody receives any more only after a refusal.
                    if sender.send((index, work(task))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        runtime.block_on(async {
            let mut signals = match Signals::listen() {
                Ok(signals) => signals,
                Err(error) => {
                    refusal = Some(error);
                    stop.send_replace(true);
                    return;
                }
            };
            let mut news = interval_at(Instant::now() + NEWS, NEWS);
            loop {
                tokio::select! {
                    _ = news.tick(), if !io::stderr().is_terminal() => {
                        eprintln!("{} of {} runs", bar.position(), tasks.len());
                    }
                    () = signals.asked_to_end() => { stop.send_replace(true); }
                    result = receiver.recv() => match result {
                        None => return,
                        Some((_, Err(error))) => {
                            refusal.get_or_insert(error);
                            stop.send_replace(true);
                        }
                        Some((index, Ok(result))) => {
                            bar.inc(1);
                            if let Some(result) = &result {
                                bar.set_message(tell(result));
                            }
                            results[index] = result;
                        }
                    }
                }
            }
        });
    });
    bar.finish_and_clear();
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(results),
    }
}

/// A bar on standard error, where that is a terminal.
fn progress(length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len}, {eta} to go  {msg}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}
