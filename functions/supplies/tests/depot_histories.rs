//! Random histories of a depot under faults: workers request, staff issue, refuse, receive and close, jobs end, supplies
//! are bought again; replies are lost and calls fail at any point, and everybody tries again. Whatever happens, what is
//! on the shelves is what was there, plus what came, less what was issued.

use crate::support::{
    ISSUED, REFUSED, cancelled, created, empty, interfere, job, kinds, known_job, need, shelve, sku, supplier, supply,
    worker,
};
use kernel::Principal;
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many there are at the beginning.
const FIRST: u32 = 10;
const JOBS: u128 = 6;

/// What somebody does.
#[derive(Clone, Debug)]
enum Act {
    Created(u128),
    Request(u128, u8),
    Issue(usize),
    Refuse(usize),
    Off(u128),
    Reorder,
    Receive(u32, u8),
    Close,
    Sweep,
}

fn act() -> impl Strategy<Value = Act> {
    let job = || 1..=JOBS;
    prop_oneof![
        3 => job().prop_map(Act::Created),
        6 => (job(), 0..3u8).prop_map(|(job, key)| Act::Request(job, key)),
        6 => (0..8usize).prop_map(Act::Issue),
        2 => (0..8usize).prop_map(Act::Refuse),
        1 => job().prop_map(Act::Off),
        2 => Just(Act::Reorder),
        4 => (1..30u32, 0..6u8).prop_map(|(quantity, key)| Act::Receive(quantity, key)),
        1 => Just(Act::Close),
        1 => Just(Act::Sweep),
    ]
}

fn fate() -> impl Strategy<Value = Option<(Fate, usize, usize)>> {
    let fate = prop_oneof![Just(Fate::ReplyLost), Just(Fate::NeverSent)];
    // Which of an invocation's calls it strikes first, and how many.
    prop::option::weighted(0.5, (fate, 0..4usize, prop_oneof![Just(1usize), Just(usize::MAX)]))
}

fn list(stage: &Stage, function: &'static str, by: &Principal) -> Vec<Value> {
    let answer = stage.ask(function).by(by).query("limit=100").get();
    answer.json()["items"].as_array().cloned().unwrap_or_default()
}

fn nth(list: &[Value], n: usize) -> Option<String> {
    let item = list.get(n.checked_rem(list.len())?)?;
    item["id"].as_str().map(str::to_owned)
}

/// Does it; what comes of it does not matter.
fn perform(stage: &Stage, act: &Act, draws: &[Value], purchases: &[Value]) {
    match act {
        Act::Created(n) => drop(stage.deliver("keep-job", &created(stage, *n))),
        Act::Request(n, key) => {
            let key = format!("the-request-number-{key}");
            drop(stage.ask("request-supplies").by(&worker()).at(job(*n)).key(&key).get());
        }
        Act::Issue(n) => {
            let Some(id) = nth(draws, *n) else { return };
            drop(stage.ask("issue-supplies").by(&supplier()).at(id).get());
        }
        Act::Refuse(n) => {
            let Some(id) = nth(draws, *n) else { return };
            let ask = stage.ask("refuse-supplies").by(&supplier()).at(id).key("the-key-of-a-refusal");
            drop(ask.send(&json!({ "reason": "no" })));
        }
        Act::Off(n) => drop(stage.deliver("lapse-draw", &cancelled(stage, *n))),
        Act::Reorder => drop(stage.start("reorder-supplies")),
        Act::Receive(quantity, key) => {
            let Some(id) = nth(purchases, 0) else { return };
            let key = format!("the-receipt-number-{key}");
            let ask = stage.ask("receive-purchase").by(&supplier()).at(id).key(&key);
            drop(ask.send(&json!({ "quantity": quantity })));
        }
        Act::Close => {
            let Some(id) = nth(purchases, 0) else { return };
            drop(stage.ask("close-purchase").by(&supplier()).at(id).get());
        }
        Act::Sweep => drop(stage.start("sweep-draws")),
    }
}

fn check(stage: &Stage, told: &[String]) {
    let (draws, purchases) = (list(stage, "list-draws", &worker()), list(stage, "list-purchases", &supplier()));
    let in_state = |state: &str| draws.iter().filter(|draw| draw["state"] == state).count();
    let issued = u32::try_from(in_state("issued")).unwrap();
    let received: u64 = purchases.iter().map(|purchase| purchase["received"].as_u64().unwrap()).sum();
    assert_eq!(
        u64::from(supply(stage, 0).on_hand),
        u64::from(FIRST) + received - u64::from(3 * issued),
        "{draws:?}"
    );
    let open = purchases.iter().filter(|purchase| purchase["state"] == "open").count();
    assert!(open <= 1, "{purchases:?}");
    assert_eq!(purchases.len(), supply(stage, 0).purchases as usize);
    for n in 1..=JOBS {
        let of_job = || draws.iter().filter(|draw| draw["job"] == json!(job(n)));
        let mine: Vec<&Value> = of_job().filter(|draw| draw["state"] != "refused").map(|draw| &draw["id"]).collect();
        let noted = known_job(stage, n).and_then(|job| job.draw).map(|draw| json!(draw));
        assert_eq!(mine, noted.iter().collect::<Vec<_>>(), "job {n}");
    }
    let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
    assert_eq!(count(ISSUED), in_state("issued"));
    assert_eq!(count(REFUSED), in_state("refused"));
    let open = list(stage, "list-open-draws", &supplier());
    assert_eq!(open.len(), in_state("requested"), "staff see what is open");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_shelves_hold_what_came_less_what_was_issued(
        acts in prop::collection::vec((act(), fate()), 1..40),
    ) {
        let stage = empty();
        shelve(&stage, 0, FIRST);
        need(&stage, &[3]);
        let mut told = kinds(&stage);
        for (act, fate) in &acts {
            let (draws, purchases) = (list(&stage, "list-draws", &worker()), list(&stage, "list-purchases", &supplier()));
            if let Some((fate, skip, times)) = fate {
                let (fate, seen, skip, times) = (fate.clone(), AtomicUsize::new(0), *skip, *times);
                stage.interfere(move |call| {
                    let n = seen.fetch_add(1, Ordering::Relaxed);
                    let strikes = call.service == Service::DynamoDb && n >= skip && n - skip < times;
                    if strikes { fate.clone() } else { Fate::Answered }
                });
            }
            perform(&stage, act, &draws, &purchases);
            stage.calm();
            // Who was told nothing does the same again, sometimes.
            if fate.is_some() {
                perform(&stage, act, &draws, &purchases);
            }
            told.extend(kinds(&stage));
            check(&stage, &told);
        }
        prop_assert_eq!(supply(&stage, 0).sku, sku(0));
    }
}

#[test]
fn a_call_that_fails_for_ever_leaves_nothing_half_done() {
    let stage = empty();
    shelve(&stage, 0, FIRST);
    need(&stage, &[3]);
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    for skip in 0..6 {
        let seen = AtomicUsize::new(0);
        interfere(&stage, usize::MAX, Fate::NeverSent, move |call| {
            call.service == Service::DynamoDb && seen.fetch_add(1, Ordering::Relaxed) >= skip
        });
        perform(&stage, &Act::Request(1, 0), &[], &[]);
        let draws = list(&stage, "list-draws", &worker());
        perform(&stage, &Act::Issue(0), &draws, &[]);
        stage.calm();
        let told: Vec<String> = list(&stage, "list-draws", &worker())
            .iter()
            .filter(|draw| draw["state"] == "issued")
            .map(|_| ISSUED.to_owned())
            .collect();
        check(&stage, &told);
    }
}
