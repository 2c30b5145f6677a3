//! Feasibility: whether a worker can do a request at all. Zone, skills, a free slot, and the way there in time.

use crate::request::{Level, Request, Skill};
use crate::worker::{MAX_SLOTS, Slot, Worker};
use kernel::{SlotId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a worker would do a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Fit {
    /// The slot it takes.
    pub slot: SlotId,
    /// When the slot ends: the worker's expiry.
    pub slot_until: Timestamp,
    /// When the job would begin.
    pub start: Timestamp,
    /// The last moment to set out and still be in time: the pair's expiry.
    pub depart_by: Timestamp,
    /// How far it is, in units of the plane.
    pub distance: u64,
}

/// Why a worker cannot do a request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Misfit {
    /// The request's window holds no moment, or is over.
    TooLate,
    /// The place is farther than the worker goes.
    OutsideZone,
    /// The worker lacks a skill, or does not master it well enough.
    MissingSkill {
        /// The first such skill.
        skill: Skill,
        /// How well it must be mastered.
        needed: Level,
    },
    /// No slot is free when the job may begin and long enough for it.
    NoFreeSlot,
    /// A slot is free, but the way is too long to be there in time.
    TooFarInTime,
}

/// The best slot of this worker for this request: the one in which the job begins first, then the one that ends first.
pub fn fit(request: &Request, worker: &Worker, now: Timestamp) -> Result<Fit, Misfit> {
    fits(request, worker, now).map(|all| all.first)
}

/// Every slot of this worker that the request fits into.
pub struct Fits {
    /// The best of them, as [`fit`] has it.
    pub first: Fit,
    /// The others, best first.
    pub others: Vec<Fit>,
}

/// Every slot of this worker that the request fits into, for a batch, in which another request may take the best.
pub fn fits(request: &Request, worker: &Worker, now: Timestamp) -> Result<Fits, Misfit> {
    if request.start.is_empty() || request.start.until <= now {
        return Err(Misfit::TooLate);
    }
    if !worker.place.reaches(request.place, worker.radius) {
        return Err(Misfit::OutsideZone);
    }
    for (skill, &needed) in &request.skills {
        if worker.skills.get(skill).is_none_or(|&level| level < needed) {
            return Err(Misfit::MissingSkill { skill: skill.clone(), needed });
        }
    }
    let way = Way::between(request, worker);
    let mut reason = Misfit::NoFreeSlot;
    let mut found = Vec::new();
    for slot in worker.slots.iter().take(MAX_SLOTS) {
        match in_slot(request, slot, way, now) {
            Ok(fit) => found.push(fit),
            Err(worse) => reason = reason.max(worse),
        }
    }
    found.sort_unstable_by_key(|fit| (fit.start, fit.slot_until, fit.slot));
    let mut found = found.into_iter();
    let first = found.next().ok_or(reason)?;
    Ok(Fits { first, others: found.collect() })
}

/// The way to a request.
#[derive(Clone, Copy)]
struct Way {
    distance: u64,
    millis: i64,
}

impl Way {
    fn between(request: &Request, worker: &Worker) -> Self {
        let distance = worker.place.distance(request.place);
        let millis = worker
            .speed
            .map_or(0, |units_an_hour| distance.saturating_mul(3_600_000).div_ceil(u64::from(units_an_hour.get())));
        Self { distance, millis: i64::try_from(millis).unwrap_or(i64::MAX) }
    }
}

fn in_slot(request: &Request, slot: &Slot, way: Way, now: Timestamp) -> Result<Fit, Misfit> {
    if slot.window.is_empty() {
        return Err(Misfit::NoFreeSlot);
    }
    let (from, until) = (slot.window.from.as_millis(), slot.window.until.as_millis());
    // The job takes at least the moment in which it begins, so it cannot begin at the slot's end.
    let duration = i64::from(request.duration_s).saturating_mul(1000).max(1);
    let last_start = until.saturating_sub(duration).min(request.start.until.as_millis().saturating_sub(1));
    let may_start = request.start.from.as_millis().max(from).max(now.as_millis());
    if may_start > last_start {
        return Err(Misfit::NoFreeSlot);
    }
    let sets_out = from.max(now.as_millis());
    let start = may_start.max(sets_out.saturating_add(way.millis));
    if start > last_start {
        return Err(Misfit::TooFarInTime);
    }
    Ok(Fit {
        slot: slot.id,
        slot_until: slot.window.until,
        start: Timestamp::from_millis(start),
        depart_by: Timestamp::from_millis(last_start.saturating_sub(way.millis)),
        distance: way.distance,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{at, request, slot, worker};
    use std::num::NonZeroU32;

    #[track_caller]
    fn check(change: impl FnOnce(&mut Request, &mut Worker), now: u32, expected: Result<(u32, u32), Misfit>) {
        let (mut request, mut worker) = (request(1), worker(1));
        change(&mut request, &mut worker);
        let fit = fit(&request, &worker, at(now));
        let expected = expected.map(|(start, depart_by)| (at(start), at(depart_by)));
        assert_eq!(fit.map(|fit| (fit.start, fit.depart_by)), expected);
    }

    fn skill(name: &str) -> Skill {
        Skill::new(name).unwrap()
    }

    // The sample request may begin from minute 0 to minute 60 and takes 30 minutes; the sample worker stands there and is
    // free in the minutes 0 to 120.

    #[test]
    fn the_job_begins_as_soon_as_both_can() {
        check(|_, _| (), 10, Ok((10, 60)));
        check(|_, _| (), 60, Ok((60, 60)));
    }

    #[test]
    fn a_window_that_is_over_or_reversed_is_too_late() {
        check(|_, _| (), 61, Err(Misfit::TooLate));
        check(|request, _| request.start.until = request.start.from, 0, Err(Misfit::TooLate));
    }

    #[test]
    fn slots_must_hold_the_job() {
        check(|_, worker| worker.slots = vec![slot(1, 0, 29)], 0, Err(Misfit::NoFreeSlot));
        check(|_, worker| worker.slots = vec![slot(1, 0, 30)], 0, Ok((0, 0)));
        check(|_, worker| worker.slots = vec![slot(1, 61, 120)], 0, Err(Misfit::NoFreeSlot));
        check(|_, worker| worker.slots = vec![slot(1, 120, 0)], 0, Err(Misfit::NoFreeSlot));
        check(|_, worker| worker.slots.clear(), 0, Err(Misfit::NoFreeSlot));
    }

    #[test]
    fn the_way_counts_from_the_slots_beginning() {
        let away = |request: &mut Request, worker: &mut Worker| {
            request.place.x = 5_000;
            worker.speed = NonZeroU32::new(15_000);
            worker.slots = vec![slot(1, 10, 80)];
        };
        // 5 km at 15 km/h are 20 minutes; the job must begin at minute 50 at the latest to end in the slot.
        check(away, 0, Ok((30, 30)));
        check(away, 30, Ok((50, 30)));
        check(away, 31, Err(Misfit::TooFarInTime));
    }

    #[test]
    fn skills_and_zone_are_hard() {
        let needs = |level| {
            move |request: &mut Request, _: &mut Worker| {
                request.skills.insert(skill("cats"), level);
            }
        };
        check(needs(3), 0, Err(Misfit::MissingSkill { skill: skill("cats"), needed: 3 }));
        check(
            |request, worker| {
                request.skills.insert(skill("cats"), 3);
                worker.skills.insert(skill("cats"), 2);
            },
            0,
            Err(Misfit::MissingSkill { skill: skill("cats"), needed: 3 }),
        );
        check(|request, _| request.place.x = 10_001, 0, Err(Misfit::OutsideZone));
    }

    #[test]
    fn of_several_slots_the_first_is_taken() {
        let mut worker = worker(1);
        worker.slots = vec![slot(3, 20, 90), slot(2, 10, 200), slot(1, 10, 90)];
        let all = fits(&request(1), &worker, at(0)).ok().unwrap();
        assert_eq!(all.first.slot, SlotId::from_bits(1));
        assert_eq!(all.others.iter().map(|fit| fit.slot).collect::<Vec<_>>(), [2, 3].map(SlotId::from_bits));
    }
}
