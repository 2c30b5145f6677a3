//! Kills at every boundary: whoever begins a piece of work anew is killed one boundary later than the one before.
//!
//! A piece of work is a message of a queue, or whatever else starts a function. A boundary is the moment before or after
//! a call that its invocation makes. The first invocation is killed before its first call, the second one after it, the
//! third before its second call, until one gets to the end of it.

use super::engine::Simulation;
use super::fates::Fault;
use super::tasks::Purpose;
use std::collections::BTreeMap;

/// Who was killed where.
#[derive(Default)]
pub(super) struct Boundaries {
    /// How many begin each piece of work at once; 0: nobody is killed.
    pub runners: usize,
    /// How many were killed.
    pub kills: u64,
    /// How often each piece of work was begun.
    begun: BTreeMap<String, u64>,
    /// At which boundary an invocation is killed, and how many calls it has made.
    tasks: BTreeMap<u64, (u64, u64)>,
}

impl Boundaries {
    /// An invocation begins.
    pub fn begins(&mut self, task: u64, function: &str, purpose: &Purpose) {
        if self.runners == 0 {
            return;
        }
        let work = match purpose {
            Purpose::Consume { messages, .. } => messages.first().map(|message| message.id),
            _ => None,
        };
        let begun = self.begun.entry(format!("{function} {work:?}")).or_default();
        self.tasks.insert(task, (*begun, 0));
        *begun += 1;
    }

    /// What becomes of its next call.
    pub fn next(&mut self, task: u64) -> Option<Fault> {
        let (boundary, calls) = self.tasks.get_mut(&task).filter(|_| self.runners > 0)?;
        let is_here = *boundary / 2 == *calls;
        *calls += 1;
        let fault = if *boundary % 2 == 0 { Fault::KilledBefore } else { Fault::KilledAfter };
        self.kills += u64::from(is_here);
        is_here.then_some(fault)
    }
}

impl Simulation {
    /// From now on so many runners begin each piece of work at once, and are killed at every boundary of it in turn. None:
    /// everybody is spared.
    pub fn kill_runners(&mut self, runners: usize) {
        self.boundaries.runners = runners;
        self.patience = u64::MAX;
    }

    /// How many were killed so far.
    pub fn kills(&self) -> u64 {
        self.boundaries.kills
    }
}
