//! Matching: who does which request. Pure: no AWS, no clock, no randomness; the same input gives the same decision,
//! in whatever order it comes.
//!
//! ```text
//! index of workers ──▶ shortlist ──▶ facts of 16 to 32 are read ──▶ decide      one request, on demand
//!  (cell and skill)    feasible, best by bound                 └──▶ pairs ──▶ plan   all that are open, at each tick
//! ```
//!
//! - A [`Pipeline`] is the manager's data: steps, order, weights, policy. It comes from a [`PipelineDraft`], which says
//!   of each wrong field what is wrong.
//! - [`shortlist()`] looks at a bounded number of workers, keeps who is feasible ([`fit`]) and of them the best by what
//!   they can score at most.
//! - [`decide()`] scores them and chooses, with every score and the reason why each other was not chosen.
//! - [`plan()`] matches all open requests at once: it splits them into what is connected, assigns exactly, and commits only
//!   what cannot wait for the next tick.
//! - [`replay`] runs all of this over real data and a simulated month, and holds it to its bars.
//!
//! Nothing here takes a slot: the caller does, by a conditional write, and drops what lost the race.

#![cfg_attr(not(test), deny(clippy::indexing_slicing, reason = "what comes from a table or a client must not panic"))]

pub mod assignment;
pub mod component;
pub mod decision;
pub mod directory;
pub mod draft;
pub mod fit;
pub mod pairs;
pub mod pipeline;
pub mod plan;
pub mod plane;
mod ranking;
pub mod replay;
pub mod request;
#[cfg(test)]
mod samples;
pub mod share;
pub mod shortlist;
pub mod step;
pub mod worker;

pub use decision::{Decision, Outcome, Verdict, decide};
pub use draft::{FieldProblem, PipelineDraft, PolicyDraft, Problems, StepDraft};
pub use fit::{Fit, Misfit};
pub use pairs::{Pair, pairs};
pub use pipeline::{Pipeline, Policy, Timing};
pub use plan::{Plan, plan};
pub use plane::{Cell, Grid, Point};
pub use ranking::Candidate;
pub use request::{Request, Skill, Window};
pub use share::Share;
pub use shortlist::{Shortlist, shortlist};
pub use worker::{Facts, Slot, Worker};
