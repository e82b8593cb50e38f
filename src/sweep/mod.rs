//! A sweep: every fault at every point of a host program's own dialogue, and what becomes of it.
//!
//! Knows recordings, rules and verdicts; runs nothing. The program's `sweep` does, and asks here what
//! to try next and what to make of what it saw.
//!
//! # The way of a sweep
//!
//! ```text
//! clean run -> recording -> dialogue -> points
//!                                         |  x  catalogue, plan
//!                                         v
//!                         cells -> rules -> scenario -> a run each
//!                                                         |
//!             report: table, html, junit, json <- judge <-+
//!                                           chance, shrink: runs with several faults
//! ```

pub mod catalogue;
pub mod chance;
pub mod dialogue;
pub mod judge;
pub mod kind;
mod lines;
pub mod measures;
pub mod plan;
pub mod points;
pub mod report;
mod scenario;
pub mod selection;
pub mod shrink;
mod transfers;

pub use lines::masked;
pub use scenario::scenario;
