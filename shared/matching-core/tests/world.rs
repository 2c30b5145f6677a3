//! Workers, requests and pipelines for property tests: ordinary ones, which often fit, and hostile ones.

use kernel::{AccountId, RequestId, SlotId, Timestamp};
use matching_core::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

const BEGIN_MS: i64 = 1_799_020_800_000;

pub fn minute(minute: i64) -> Timestamp {
    Timestamp::from_millis(BEGIN_MS + minute * 60_000)
}

/// Mostly within two hours, sometimes anywhere.
pub fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        20 => (0..7_200_i64).prop_map(|second| Timestamp::from_millis(BEGIN_MS + second * 1000)),
        1 => any::<i64>().prop_map(Timestamp::from_millis),
    ]
}

/// Sometimes reversed.
pub fn window() -> impl Strategy<Value = Window> {
    let ordinary =
        (0..90_i64, 1..90_i64).prop_map(|(from, minutes)| Window { from: minute(from), until: minute(from + minutes) });
    prop_oneof![20 => ordinary, 1 => (time(), time()).prop_map(|(from, until)| Window { from, until })]
}

pub fn point() -> impl Strategy<Value = Point> {
    let ordinary = (0..3_000, 0..3_000).prop_map(|(x, y)| Point { x, y });
    prop_oneof![20 => ordinary, 1 => (any::<i32>(), any::<i32>()).prop_map(|(x, y)| Point { x, y })]
}

fn often<T: std::fmt::Debug + Clone>(
    ordinary: impl Strategy<Value = T>,
    hostile: impl Strategy<Value = T>,
) -> impl Strategy<Value = T> {
    prop_oneof![20 => ordinary, 1 => hostile]
}

fn skills() -> impl Strategy<Value = BTreeMap<Skill, u8>> {
    let skill = prop_oneof![Just("cats"), Just("dogs")].prop_map(|name| Skill::new(name).unwrap());
    prop::collection::btree_map(skill, often(0..6_u8, any::<u8>()), 0..3)
}

pub fn share() -> impl Strategy<Value = Share> {
    // Few values, so that scores are often equal.
    (0..5_u64).prop_map(|quarters| Share::of(quarters, 4))
}

prop_compose! {
    pub fn request(ids: u128)(
        id in 0..ids, place in point(), start in window(), duration_s in often(0..3_600_u32, any::<u32>()),
        skills in skills(), worth in often(0..5_u32, any::<u32>()), placed_at in time(),
    ) -> Request {
        let (id, client) = (RequestId::from_bits(id), AccountId::from_bits(7));
        Request { id, client, place, start, duration_s, skills, worth, placed_at }
    }
}

prop_compose! {
    /// Slots carry their worker's number, as the slots of different workers are different.
    pub fn worker(ids: u128)(
        id in 0..ids, place in point(), radius in often(0..4_000_u32, any::<u32>()),
        speed in often(1_000..20_000_u32, any::<u32>()), skills in skills(), rating in share(),
        slots in prop::collection::vec((0..4_u128, window()), 0..4),
    ) -> Worker {
        let slots = slots.into_iter().map(|(number, window)| Slot { id: SlotId::from_bits(id * 100 + number), window });
        Worker { id: AccountId::from_bits(id), place, radius, speed: NonZeroU32::new(speed), skills, rating, slots: slots.collect() }
    }
}

prop_compose! {
    pub fn facts()(
        jobs_of_day in often(0..5_u32, any::<u32>()), jobs_of_period in often(0..5_u32, any::<u32>()),
        past_result in prop::option::of(share()),
    ) -> Facts {
        Facts { jobs_of_day, jobs_of_period, past_result }
    }
}

pub fn candidates(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    let one = (worker(20), facts()).prop_map(|(worker, facts)| Candidate { worker, facts });
    prop::collection::vec(one, 0..most)
}

pub fn step(name: &str, weight: i64) -> StepDraft {
    let parameter = match name {
        "distance" => Some(("reach", 3_000)),
        "load" => Some(("full", 4)),
        "past-result" => Some(("unknown_ppm", 500_000)),
        _ => None,
    };
    let parameters = parameter.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    StepDraft { step: name.to_owned(), weight, at_least_ppm: 0, parameters }
}

/// Any pipeline that a manager could have written.
pub fn pipeline() -> impl Strategy<Value = Pipeline> {
    let names = ["distance", "rating", "skill-level", "past-result", "load", "fairness"];
    let steps = Just(names.to_vec()).prop_shuffle().prop_flat_map(|names| (Just(names), 1..=6_usize)).prop_flat_map(
        |(names, count)| {
            let steps: Vec<_> = names
                .into_iter()
                .take(count)
                .map(|name| {
                    (1..4_i64, prop_oneof![3 => Just(0), 1 => 0..1_000_001_i64])
                        .prop_map(move |(weight, at_least_ppm)| StepDraft { at_least_ppm, ..step(name, weight) })
                })
                .collect();
            steps
        },
    );
    let policy = (0..4_i64, 1..20_i64, 0..600_i64, 0..60_i64).prop_map(|(reserve, tick_s, hold_s, offer_timeout_s)| {
        PolicyDraft {
            reservation_ppm: reserve * 300_000,
            tick_s,
            hold_s,
            offer_timeout_s,
            ..PolicyDraft::default()
        }
    });
    (steps, policy).prop_map(|(steps, policy)| Pipeline::first(&PipelineDraft { steps, policy }).unwrap())
}
