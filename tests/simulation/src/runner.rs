//! Runs histories: one seed, or many on all cores.

use crate::bugs::Bug;
use crate::shop::Shop;
use local::simulation::{Faults, Outcome, Random, Simulation};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The history of one seed. Every eighth shop is large enough for orders that are reserved in chunks.
pub fn run(seed: u64, steps: u64, keep_trace: bool, bug: Option<&Bug>) -> Outcome {
    let contexts = bug.map_or_else(crate::contexts, |bug| (bug.contexts)());
    let simulation = Simulation::new(seed, contexts, keep_trace, |inner| match bug {
        Some(bug) => (bug.plant)(inner),
        None => inner,
    });
    match simulation {
        Ok(mut simulation) => {
            let mut shop = Shop::new(seed.is_multiple_of(8));
            shop.open(&mut simulation, &mut Random::new(seed));
            simulation.run(&mut shop, steps, Faults::USUAL)
        }
        Err(reason) => Outcome {
            violations: vec![reason],
            trace: local::simulation::Trace::new(false),
            steps: 0,
            overlapping: 0,
        },
    }
}

/// What many histories came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Seeds that were run.
    pub seeds: u64,
    /// Steps of all of them.
    pub steps: u64,
    /// Steps at which more than one invocation was under way.
    pub overlapping: u64,
    /// The lowest seeds with violations, and the violations.
    pub failed: Vec<(u64, Vec<String>)>,
}

/// Runs the seeds `first..first + count`, one history a thread.
pub fn run_many(first: u64, count: u64, steps: u64, bug: Option<&Bug>) -> Summary {
    let next = AtomicU64::new(0);
    let summary = Mutex::new(Summary::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let outcome = run(first + n, steps, false, bug);
                    let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
                    summary.seeds += 1;
                    summary.steps += outcome.steps;
                    summary.overlapping += outcome.overlapping;
                    if !outcome.violations.is_empty() {
                        summary.failed.push((first + n, outcome.violations));
                    }
                }
            });
        }
    });
    let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.failed.sort();
    summary
}

/// How many seeds it takes to catch a bug; `None`: not within `count`.
pub fn seeds_to_catch(bug: &Bug, count: u64, steps: u64) -> Option<u64> {
    (0..count)
        .find(|seed| !run(*seed, steps, false, Some(bug)).violations.is_empty())
        .map(|seed| seed + 1)
}
