//! The shortlist: of the workers listed in the request's cell, the few whose facts are worth reading.
//!
//! It looks at a page of [`look_at`](crate::Policy::look_at) entries, and at further ones only while nobody is feasible,
//! and keeps [`candidates`](crate::Policy::candidates): a decision costs the same among a hundred workers and among a
//! million.

use crate::fit::{Fit, Misfit, fit};
use crate::pipeline::Pipeline;
use crate::request::Request;
use crate::share::Share;
use crate::worker::Worker;
use kernel::{AccountId, Timestamp};
use std::cmp::Reverse;
use std::iter::Peekable;

/// Who is to be scored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shortlist<'a> {
    /// The feasible workers, best bound first.
    pub best: Vec<Listed<'a>>,
    /// Who is not feasible, and why.
    pub misfits: Vec<(AccountId, Misfit)>,
    /// How many entries were looked at.
    pub looked_at: usize,
    /// Whether entries remain that were not looked at. If nobody is feasible, the next attempt goes on with them:
    /// somebody is always found in the end, if anybody is feasible.
    pub more: bool,
}

/// A feasible worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed<'a> {
    /// The worker.
    pub worker: &'a Worker,
    /// How the worker would do the request.
    pub fit: Fit,
    /// The most that the worker can score.
    pub bound: Share,
}

/// How many pages one decision looks at, at most.
pub const MAX_PAGES: usize = 4;

/// The shortlist from these entries, which come in the index's order: the better standing first. What is not looked at
/// stays in `entries`.
pub fn shortlist<'a>(
    request: &Request,
    entries: &mut Peekable<impl Iterator<Item = &'a Worker>>,
    pipeline: &Pipeline,
    now: Timestamp,
) -> Shortlist<'a> {
    let limit = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let mut list = Shortlist {
        best: Vec::new(),
        misfits: Vec::new(),
        looked_at: 0,
        more: false,
    };
    for _ in 0..MAX_PAGES {
        for worker in entries.by_ref().take(limit(pipeline.policy().look_at)) {
            list.looked_at = list.looked_at.saturating_add(1);
            match fit(request, worker, now) {
                Ok(fit) => list.best.push(Listed { worker, fit, bound: pipeline.bound(request, worker, &fit) }),
                Err(misfit) => list.misfits.push((worker.id, misfit)),
            }
        }
        list.more = entries.peek().is_some();
        if !list.best.is_empty() || !list.more {
            break;
        }
    }
    list.best.sort_by_key(|one| (Reverse(one.bound), one.fit.slot_until, one.worker.id));
    list.best.truncate(limit(pipeline.policy().candidates));
    list
}
