//! Random histories: clients request and cancel, workers come, go, withdraw, begin, accept and decline, managers match
//! by hand, the clock ticks; calls fail before and after their effect. Whatever happens, a slot is taken once, by the
//! request that says so, and what was announced adds up.

use crate::support::{
    HERE, MINUTE, announced, availability, begin, cancel, id_of, manager, north, place, policy, request, set, stored,
    town, withdraw, worker,
};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::raw_item;
use matching::request::Standing;
use matching::store::{request_key, worker_key};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

const WORKERS: u128 = 3;
const REQUESTS: u128 = 4;

#[derive(Clone, Debug)]
enum Act {
    Place(u128),
    Cancel(u128),
    Free(u128, u8),
    Withdraw,
    Begin,
    Rematch(u8, Option<u128>),
    Accept(u128),
    Decline(u128),
    Tick(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1..=REQUESTS).prop_map(Act::Place),
        1 => (1..=REQUESTS).prop_map(Act::Cancel),
        2 => (1..=WORKERS, 0..4u8).prop_map(|(n, hours)| Act::Free(n, hours)),
        2 => Just(Act::Withdraw),
        1 => Just(Act::Begin),
        2 => (0..3u8, prop::option::of(1..=WORKERS)).prop_map(|(key, n)| Act::Rematch(key, n)),
        3 => (1..=REQUESTS).prop_map(Act::Accept),
        2 => (1..=REQUESTS).prop_map(Act::Decline),
        3 => (1..12u32).prop_map(Act::Tick),
    ]
}

/// What becomes of calls: of each so many one fails, before or after its effect.
fn weather() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..12u8, 16)
}

fn perform(stage: &Stage, act: &Act) {
    match act {
        Act::Place(n) => drop(place(stage, *n)),
        Act::Cancel(n) => drop(cancel(stage, *n)),
        Act::Free(n, hours) => {
            let slots: Vec<(i64, i64)> = (0..i64::from(*hours)).map(|hour| (1 + hour, 2 + hour)).collect();
            set(stage, *n, &availability(north(100 * i32::try_from(*n).unwrap()), &slots));
        }
        Act::Withdraw | Act::Begin => {
            let Some((n, attempt)) = doer_of_first(stage) else {
                return;
            };
            match act {
                Act::Withdraw => drop(withdraw(stage, n, attempt)),
                _ => drop(begin(stage, n, attempt)),
            }
        }
        Act::Rematch(key, n) => {
            let body = n.map_or_else(|| json!({}), |n| json!({ "worker": id_of(n) }));
            let key = format!("a-key-that-is-long-{key}");
            stage.ask("rematch-request").by(&manager()).at(request(1)).key(&key).send(&body);
        }
        Act::Accept(n) | Act::Decline(n) => {
            if raw_item(stage, "matching", &request_key(request(*n))).is_none() {
                return;
            }
            let Standing::Offered { held, offer } = stored(stage, *n).standing else {
                return;
            };
            let function = if matches!(act, Act::Accept(_)) { "accept-offer" } else { "decline-offer" };
            let who = (1..=WORKERS).find(|n| id_of(*n) == held.worker).unwrap();
            stage.ask(function).by(&worker(who)).at(offer).get();
        }
        Act::Tick(minutes) => {
            stage.pass(MINUTE * *minutes);
            stage.start("match-waiting");
        }
    }
}

/// Who does request 1, and by which attempt.
fn doer_of_first(stage: &Stage) -> Option<(u128, u32)> {
    raw_item(stage, "matching", &request_key(request(1)))?;
    let stored = stored(stage, 1);
    let held = stored.held().filter(|_| matches!(stored.standing, Standing::Matched { .. }))?;
    Some(((1..=WORKERS).find(|n| id_of(*n) == held.worker)?, stored.attempt))
}

/// Every slot that a worker says is taken is held by the request that took it, and the other way round.
fn slots_add_up(stage: &Stage) {
    let mut said = BTreeMap::new();
    for n in (1..=WORKERS).filter(|n| raw_item(stage, "matching", &worker_key(id_of(*n))).is_some()) {
        let member = crate::support::member(stage, n);
        for slot in &member.slots {
            if let Some(taken) = &slot.taken {
                assert_eq!(said.insert(taken.request, (n, slot.id, taken.attempt)), None, "a request holds one slot");
            }
        }
        assert!(member.slots.windows(2).all(|pair| pair[0].until <= pair[1].from), "slots do not overlap");
    }
    for n in (1..=REQUESTS).filter(|n| raw_item(stage, "matching", &request_key(request(*n))).is_some()) {
        let stored = stored(stage, n);
        let held = stored.held().map(|held| (held.worker, held.slot, stored.attempt));
        let taken = said.remove(&request(n)).map(|(n, slot, attempt)| (id_of(n), slot, attempt));
        assert_eq!(taken, held, "{}", request(n));
        let waits = matches!(stored.standing, Standing::Open | Standing::Offered { .. });
        assert_eq!((stored.due.is_some(), stored.waiting.is_some()), (waits, waits), "what waits has a deadline");
    }
    assert!(said.is_empty(), "{said:?}");
}

/// What was announced of each request: matches and offers end before others begin, and the last is what stands.
fn announcements_add_up(stage: &Stage, events: &[Value]) {
    for n in (1..=REQUESTS).filter(|n| raw_item(stage, "matching", &request_key(request(*n))).is_some()) {
        let (mut attempt, mut offer, mut seen) = (None, None, 0);
        let of = |event: &&Value| event["data"]["request"] == json!(request(n));
        let mut ordered: Vec<_> = events.iter().filter(of).collect();
        ordered.sort_by_key(|event| {
            let id = event["id"].as_str().unwrap();
            let index: u64 = id.rsplit('.').next().unwrap().parse().unwrap();
            (event["stateversion"].as_u64().unwrap(), index)
        });
        for event in ordered {
            let data = &event["data"];
            match event["type"].as_str().unwrap() {
                "matching.request-matched.v1" => {
                    assert_eq!((attempt.take(), offer.take()), (None, None), "the earlier one ended");
                    let number = data["attempt"].as_u64().unwrap();
                    assert!(number > seen, "attempts grow");
                    (attempt, seen) = (Some(number), number);
                }
                "matching.match-ended.v1" => assert_eq!(attempt.take(), data["attempt"].as_u64()),
                "matching.offer-made.v1" => {
                    assert_eq!((&attempt, offer.replace(data["offer"].clone())), (&None, None));
                }
                "matching.offer-ended.v1" => assert_eq!(offer.take().as_ref(), Some(&data["offer"])),
                _ => assert_eq!((&attempt, &offer), (&None, &None)),
            }
        }
        let stored = stored(stage, n);
        let matched = matches!(stored.standing, Standing::Matched { .. }).then(|| u64::from(stored.attempt));
        assert_eq!(attempt, matched, "{}", request(n));
        assert_eq!(offer.is_some(), matches!(stored.standing, Standing::Offered { .. }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn slots_and_announcements_add_up_whatever_happens(
        acts in prop::collection::vec((act(), weather()), 1..30),
        timeout in prop_oneof![Just(0), Just(300)],
        hold in prop_oneof![3 => Just(0), 1 => Just(120)],
    ) {
        let stage = town();
        for n in 1..=WORKERS {
            crate::support::hire(&stage, n);
        }
        set(&stage, 1, &availability(HERE, &[(1, 2), (2, 3)]));
        policy(&stage, &json!({ "offer_timeout_s": timeout, "hold_s": hold }));
        let mut events = Vec::new();
        for (act, weather) in acts {
            let calls = AtomicUsize::new(0);
            stage.interfere(move |_| match weather[calls.fetch_add(1, Ordering::Relaxed) % weather.len()] {
                0 => Fate::NeverSent,
                1 => Fate::ReplyLost,
                _ => Fate::Answered,
            });
            perform(&stage, &act);
            stage.calm();
            slots_add_up(&stage);
            events.extend(announced(&stage));
        }
        announcements_add_up(&stage, &events);
        // In the end everything that waits is matched or over.
        for _ in 0..20 {
            stage.pass(MINUTE * 16);
            prop_assert!(stage.start("match-waiting"));
            events.extend(announced(&stage));
        }
        slots_add_up(&stage);
        announcements_add_up(&stage, &events);
        for n in (1..=REQUESTS).filter(|n| raw_item(&stage, "matching", &request_key(request(*n))).is_some()) {
            let standing = stored(&stage, n).standing;
            prop_assert!(matches!(standing, Standing::Matched { .. } | Standing::Closed { .. }), "{:?}", standing);
        }
    }
}
