//! A micro-batch: all open requests are matched at once, and only what cannot wait is committed.
//!
//! What is decided late is decided better, because more is known; what is decided too late is lost. So at each tick the
//! best assignment of all open pairs is found, and of it those pairs are committed that would be lost by waiting: the
//! worker must set out (hence also: the request's or the worker's time ends) before an offer made at the next tick would
//! be answered, or the client has been held back as long as the policy allows. Everything else stays open and is matched
//! anew. Fixed windows, which commit everything at each tick, do worse than greed (see [`replay`](crate::replay)).

use crate::assignment::{Edge, assign};
use crate::component::components;
use crate::pairs::{MAX_VALUE, Pair};
use crate::pipeline::Timing;
use kernel::Timestamp;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The most pairs that one plan takes; from the pairs beyond those that expire last are left for the next tick.
pub const MAX_PAIRS: usize = 1 << 18;

/// Above the sum of all boni, so that they decide only between equal values: at most [`MAX_PAIRS`] pairs are chosen, and
/// each has a bonus of at most [`MAX_PAIRS`].
const ONE_VALUE: i128 = 1 << 40;

/// What is to be done now.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// To be written now, each under the condition that the slot is still free and the request still open.
    pub commits: Vec<Pair>,
    /// Best as things stand, and not yet binding.
    pub held: Vec<Pair>,
    /// The next tick at which a held pair must be committed. Until then nothing happens unless something arrives.
    pub look_again_at: Option<Timestamp>,
    /// Into how many components the pairs fell.
    pub components: usize,
}

/// The plan for these pairs. In whatever order they come, it is the same.
pub fn plan(pairs: &[Pair], timing: &Timing, now: Timestamp) -> Plan {
    let horizon = timing.horizon(now);
    let mut plan = Plan::default();
    for component in components(&open(pairs, now)) {
        plan.components = plan.components.saturating_add(1);
        for pair in best(component) {
            let due = due(&pair, timing);
            if due < horizon {
                plan.commits.push(pair);
            } else {
                let tick = last_tick_for(due, timing);
                plan.look_again_at = Some(plan.look_again_at.map_or(tick, |earlier| earlier.min(tick)));
                plan.held.push(pair);
            }
        }
    }
    plan
}

/// What can still be committed, in order of expiry. A request that is paired with a slot twice keeps the better pair.
fn open(pairs: &[Pair], now: Timestamp) -> Vec<Pair> {
    let mut open: Vec<_> = pairs.iter().filter(|pair| pair.depart_by >= now).copied().collect();
    open.sort_unstable_by_key(|pair| (Reverse(pair.value), pair.depart_by, pair.worker, pair.placed_at, pair.score));
    let mut seen = BTreeSet::new();
    open.retain(|pair| seen.insert((pair.request, pair.slot)));
    open.sort_unstable_by_key(|pair| (pair.depart_by, pair.request, pair.slot));
    open.truncate(MAX_PAIRS);
    open
}

/// The pairs of the best assignment. Of assignments of equal value that one is best whose pairs expire first: they come in
/// that order.
fn best(component: Vec<Pair>) -> Vec<Pair> {
    if component.len() == 1 {
        return component;
    }
    let edges: Vec<_> = component
        .iter()
        .rev()
        .zip(1_i128..)
        .map(|(pair, bonus)| Edge {
            row: pair.request,
            column: pair.slot,
            weight: i128::from(pair.value.min(MAX_VALUE)).saturating_mul(ONE_VALUE).saturating_add(bonus),
        })
        .collect();
    let chosen: BTreeSet<_> = assign(&edges).pairs.into_iter().collect();
    component.into_iter().filter(|pair| chosen.contains(&(pair.request, pair.slot))).collect()
}

/// When a pair must be committed at the latest.
fn due(pair: &Pair, timing: &Timing) -> Timestamp {
    let patience = pair.placed_at.as_millis().saturating_add(timing.hold_ms.max(0));
    pair.depart_by.min(Timestamp::from_millis(patience))
}

/// The tick at which what is due then is committed: the one before whose successor's offers come too late.
fn last_tick_for(due: Timestamp, timing: &Timing) -> Timestamp {
    let tick = timing.tick_ms.max(1);
    let answered = due.as_millis().saturating_sub(timing.offer_timeout_ms.max(0));
    Timestamp::from_millis(answered.div_euclid(tick).saturating_mul(tick))
}
