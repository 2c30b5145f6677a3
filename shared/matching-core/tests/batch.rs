//! Micro-batches: what is committed holds, whatever comes, in whatever order.

use crate::world::{minute, pipeline, request, share, step, time, worker};
use kernel::{AccountId, RequestId, SlotId, Timestamp};
use matching_core::fit::fits;
use matching_core::pairs::MAX_VALUE;
use matching_core::replay::desk::Desk;
use matching_core::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn pair(request: u128, slot: u128, value: u64, depart_by: i64) -> Pair {
    Pair {
        request: RequestId::from_bits(request),
        worker: AccountId::from_bits(slot),
        slot: SlotId::from_bits(slot),
        score: Share::FULL,
        value,
        placed_at: minute(0),
        depart_by: minute(depart_by),
    }
}

const TIMING: Timing = Timing { tick_ms: 60_000, hold_ms: 3_600_000, offer_timeout_ms: 0 };

#[track_caller]
fn check(pairs: &[Pair], timing: Timing, now: i64, commits: &[Pair], held: &[Pair], look_again_at: Option<i64>) {
    let plan = plan(pairs, &timing, minute(now));
    assert_eq!(plan.commits, commits);
    assert_eq!(plan.held, held);
    assert_eq!(plan.look_again_at, look_again_at.map(minute));
}

#[test]
fn only_what_cannot_wait_is_committed() {
    let (soon, later) = (pair(1, 1, 5, 10), pair(2, 2, 5, 30));
    check(&[soon, later], TIMING, 9, &[], &[soon, later], Some(10));
    check(&[soon, later], TIMING, 10, &[soon], &[later], Some(30));
    check(&[later], TIMING, 31, &[], &[], None);
}

#[test]
fn an_offer_must_be_answered_in_time() {
    let timing = Timing { offer_timeout_ms: 5 * 60_000, ..TIMING };
    let one = pair(1, 1, 5, 10);
    check(&[one], timing, 4, &[], &[one], Some(5));
    check(&[one], timing, 5, &[one], &[], None);
}

#[test]
fn nobody_is_held_back_longer_than_allowed() {
    let one = pair(1, 1, 5, 30);
    check(&[one], Timing { hold_ms: 0, ..TIMING }, 0, &[one], &[], None);
    check(&[one], Timing { hold_ms: 7 * 60_000, ..TIMING }, 6, &[], &[one], Some(7));
    check(&[one], Timing { hold_ms: 7 * 60_000, ..TIMING }, 7, &[one], &[], None);
}

#[test]
fn the_rest_is_matched_anew_and_may_change() {
    // Request 1 could have slot 1 or 2; as long as it can wait, slot 1 stays open for request 2.
    let first = [pair(1, 1, 5, 30), pair(1, 2, 4, 30)];
    check(&first, TIMING, 0, &[], &[first[0]], Some(30));
    let second = [first[0], first[1], pair(2, 1, 5, 0)];
    check(&second, TIMING, 0, &[second[2]], &[second[1]], Some(30));
}

#[test]
fn of_equal_values_the_earliest_expiry_goes_first() {
    check(&[pair(1, 1, 5, 20), pair(2, 1, 5, 10)], TIMING, 0, &[], &[pair(2, 1, 5, 10)], Some(10));
    check(&[pair(2, 1, 5, 10), pair(1, 1, 5, 10)], TIMING, 0, &[], &[pair(1, 1, 5, 10)], Some(10));
}

#[test]
fn somebody_worth_nothing_is_matched_all_the_same() {
    check(&[pair(1, 1, 0, 0)], TIMING, 0, &[pair(1, 1, 0, 0)], &[], None);
    let all = [pair(1, 1, 0, 0), pair(2, 2, 0, 0), pair(1, 2, 0, 0)];
    assert_eq!(plan(&all, &TIMING, minute(0)).commits.len(), 2);
}

#[test]
fn what_is_not_connected_is_matched_apart() {
    let pairs = [
        pair(1, 1, 1, 9),
        pair(2, 1, 1, 9),
        pair(3, 3, 1, 9),
        pair(4, 5, 1, 9),
        pair(3, 5, 1, 9),
    ];
    assert_eq!(plan(&pairs, &TIMING, minute(0)).components, 2);
}

fn any_pair() -> impl Strategy<Value = Pair> {
    let value = prop_oneof![9 => 0..4_u64, 1 => any::<u64>()];
    (0..8_u128, 0..8_u128, 0..3_u128, value, share(), time(), time()).prop_map(
        |(request, slot, worker, value, score, placed_at, depart_by)| Pair {
            request: RequestId::from_bits(request),
            worker: AccountId::from_bits(worker),
            slot: SlotId::from_bits(slot),
            score,
            value,
            placed_at,
            depart_by,
        },
    )
}

fn timing() -> impl Strategy<Value = Timing> {
    let any = |most: i64| prop_oneof![9 => 0..most, 1 => any::<i64>()];
    (any(120_000), any(3_600_000), any(900_000)).prop_map(|(tick_ms, hold_ms, offer_timeout_ms)| Timing {
        tick_ms,
        hold_ms,
        offer_timeout_ms,
    })
}

/// What a pair counts.
fn counted(pair: &Pair) -> u128 {
    u128::from(pair.value.min(MAX_VALUE))
}

/// The greatest value, by trying everything.
fn brute_force(pairs: &[Pair], requests: &mut Vec<RequestId>, slots: &mut Vec<SlotId>) -> u128 {
    let Some((first, rest)) = pairs.split_first() else {
        return 0;
    };
    let without = brute_force(rest, requests, slots);
    if requests.contains(&first.request) || slots.contains(&first.slot) {
        return without;
    }
    requests.push(first.request);
    slots.push(first.slot);
    let with = counted(first) + brute_force(rest, requests, slots);
    requests.pop();
    slots.pop();
    without.max(with)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_plan_takes_nothing_twice_and_forgets_nothing(
        pairs in prop::collection::vec(any_pair(), 0..60), timing in timing(), now in time(),
    ) {
        let plan = plan(&pairs, &timing, now);
        let chosen: Vec<_> = plan.commits.iter().chain(&plan.held).collect();
        prop_assert_eq!(chosen.iter().map(|pair| pair.request).collect::<BTreeSet<_>>().len(), chosen.len());
        prop_assert_eq!(chosen.iter().map(|pair| pair.slot).collect::<BTreeSet<_>>().len(), chosen.len());
        prop_assert!(chosen.iter().all(|pair| pairs.contains(pair) && pair.depart_by >= now));
        // Whoever is left could only have had what somebody else has.
        let (requests, slots): (BTreeSet<_>, BTreeSet<_>) = chosen.iter().map(|pair| (pair.request, pair.slot)).unzip();
        let open = pairs.iter().filter(|pair| pair.depart_by >= now);
        prop_assert!(open.into_iter().all(|pair| requests.contains(&pair.request) || slots.contains(&pair.slot)));
        prop_assert_eq!(plan.look_again_at.is_some(), !plan.held.is_empty());
    }

    #[test]
    fn a_plan_is_worth_the_most(pairs in prop::collection::vec(any_pair(), 0..14), timing in timing(), now in time()) {
        let plan = plan(&pairs, &timing, now);
        let open: Vec<_> = pairs.iter().filter(|pair| pair.depart_by >= now).copied().collect();
        let value: u128 = plan.commits.iter().chain(&plan.held).map(counted).sum();
        prop_assert_eq!(value, brute_force(&open, &mut Vec::new(), &mut Vec::new()));
    }

    #[test]
    fn the_order_of_pairs_changes_nothing(
        (pairs, shuffled) in prop::collection::vec(any_pair(), 0..60).prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle())),
        timing in timing(), now in time(),
    ) {
        prop_assert_eq!(plan(&pairs, &timing, now), plan(&shuffled, &timing, now));
    }
}

/// What may happen at a desk.
#[derive(Clone, Debug)]
enum Happening {
    Arrive(Worker),
    Place(Request),
    Cancel(RequestId),
    Look(u32),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => worker(12).prop_map(Happening::Arrive),
        3 => request(30).prop_map(Happening::Place),
        1 => (0..30_u128).prop_map(|id| Happening::Cancel(RequestId::from_bits(id))),
        3 => (0..900_u32).prop_map(Happening::Look),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_no_slot_is_taken_twice_and_no_request_decided_twice(
        happenings in prop::collection::vec(happening(), 0..60), pipeline in pipeline(),
    ) {
        let mut desk = Desk::new(&pipeline, Grid::with_side(2_000));
        let (mut workers, mut requests) = (BTreeMap::new(), BTreeMap::new());
        let (mut decided, mut taken) = (BTreeSet::new(), BTreeSet::new());
        let mut now = minute(0);
        for happening in happenings {
            match happening {
                Happening::Arrive(mut worker) => {
                    // A taken slot is not free any more: that is what the conditional write is for.
                    worker.slots.retain(|slot| !taken.contains(&slot.id));
                    worker.slots.sort_by_key(|slot| slot.id);
                    worker.slots.dedup_by_key(|slot| slot.id);
                    if desk.arrive(worker.clone()).is_ok() {
                        workers.insert(worker.id, worker);
                    }
                }
                Happening::Place(request) if !decided.contains(&request.id) => {
                    requests.insert(request.id, request.clone());
                    desk.place(request);
                }
                Happening::Place(_) => (),
                Happening::Cancel(request) => {
                    requests.remove(&request);
                    desk.cancel(request);
                }
                Happening::Look(seconds) => {
                    now = Timestamp::from_millis(now.as_millis() + i64::from(seconds) * 1000);
                    for pair in desk.look(now).unwrap().commits {
                        prop_assert!(decided.insert(pair.request), "a request was decided twice");
                        prop_assert!(taken.insert(pair.slot), "a slot was taken twice");
                        let feasible = fits(&requests[&pair.request], &workers[&pair.worker], now).ok();
                        let slots = feasible.iter().flat_map(|all| std::iter::once(&all.first).chain(&all.others));
                        prop_assert!(slots.into_iter().any(|fit| fit.slot == pair.slot), "not feasible");
                    }
                }
            }
        }
    }
}

#[test]
fn a_worker_who_moves_is_found_where_he_is_now() {
    let pipeline = Pipeline::first(&PipelineDraft {
        steps: vec![step("rating", 1)],
        policy: PolicyDraft::default(),
    })
    .unwrap();
    let mut desk = Desk::new(&pipeline, Grid::with_side(1_000));
    let slot = Slot {
        id: SlotId::from_bits(1),
        window: Window { from: minute(0), until: minute(60) },
    };
    let mut worker = Worker {
        id: AccountId::from_bits(1),
        place: Point::default(),
        radius: 100,
        speed: None,
        skills: BTreeMap::new(),
        rating: Share::FULL,
        slots: vec![slot],
    };
    desk.arrive(worker.clone()).unwrap();
    worker.place = Point { x: 50_000, y: 0 };
    desk.arrive(worker.clone()).unwrap();
    let request = |id, x| Request {
        id: RequestId::from_bits(id),
        client: AccountId::from_bits(9),
        place: Point { x, y: 0 },
        start: slot.window,
        duration_s: 60,
        skills: BTreeMap::new(),
        worth: 1,
        placed_at: minute(0),
    };
    desk.place(request(1, 0));
    assert_eq!(desk.look(minute(0)).unwrap().commits, []);
    desk.place(request(2, 50_000));
    assert_eq!(desk.look(minute(0)).unwrap().commits.len(), 1);
}
