//! `rematch-request`.

use crate::support::{
    ENDED, HOUR, KEY, MATCHED, announced, asked, at, begin, cancel, decision, doer, free, id_of, kinds, manager,
    meanwhile, north, place, request, stored, strike, taken, town, town_with, withdraw, writes,
};
use kernel::{RequestId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use matching::request::{MAX_ATTEMPTS, MAX_COMMANDS};
use matching::store::Means;
use serde_json::{Value, json};
use std::sync::Arc;

fn rematch(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("rematch-request").by(&manager()).at(request(1)).key(key).send(body)
}

/// Request 1 is worker 1's.
fn matched(workers: u128) -> Stage {
    let stage = town_with(workers);
    assert!(place(&stage, 1));
    assert_eq!(kinds(&stage), [MATCHED]);
    stage
}

#[test]
fn only_managers_match_by_hand() {
    let stage = town();
    only_for(Role::Manager, || stage.ask("rematch-request").at(request(1)).key(KEY));
    assert!(stage.calls().iter().all(|call| !writes(call)));
}

#[test]
fn a_worker_of_the_managers_choice_gets_it_in_one_step() {
    let stage = matched(3);
    stage.calls();
    let answer = rematch(&stage, KEY, &json!({ "worker": id_of(3), "reason": "Speaks Tatar" }));
    let body = json!({ "request": request(1), "attempt": 2, "worker": id_of(3), "from": at(1), "until": at(2) });
    assert_eq!((answer.status_code, answer.json()), (200, body), "{}", answer.body);
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1, "all of it in one transaction");
    let events = announced(&stage);
    let told: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(told, [ENDED, MATCHED]);
    assert_eq!((&events[0]["data"]["end"], &events[0]["data"]["attempt"]), (&json!("rematched"), &json!(1)));
    assert_eq!([1, 2, 3].map(|n| taken(&stage, n)), [0, 0, 1]);
    let decided = decision(&stage, 1, 2).unwrap();
    assert_eq!((decided.means, decided.attempt), (Means::ByHand(manager().account), Some(2)));
}

#[test]
fn anybody_else_is_the_best_but_the_present_one() {
    let stage = matched(3);
    assert_eq!(rematch(&stage, KEY, &json!({})).json()["worker"], json!(id_of(2)));
    assert_eq!([1, 2, 3].map(|n| taken(&stage, n)), [0, 1, 0]);
}

#[test]
fn the_same_key_again_gets_the_same_reply() {
    let stage = matched(3);
    let first = rematch(&stage, KEY, &json!({}));
    kinds(&stage);
    let another = rematch(&stage, "another-key-of-16", &json!({ "worker": id_of(3) }));
    assert_eq!(another.status_code, 200, "{}", another.body);
    kinds(&stage);
    let again = rematch(&stage, KEY, &json!({}));
    assert_eq!((again.status_code, again.body), (200, first.body), "although it was matched again since");
    problem(&rematch(&stage, KEY, &json!({ "worker": id_of(1) })), 422, "idempotency-key-reused");
    assert!(kinds(&stage).is_empty());
    assert_eq!(doer(&stage, 1), Some(id_of(3)));
    assert!(begin(&stage, 3, 3));
    assert_eq!(rematch(&stage, KEY, &json!({})).status_code, 200, "also when nothing can be changed any more");
}

#[test]
fn hard_constraints_hold_for_managers_too() {
    let stage = matched(1);
    free(&stage, 2, north(6_000), &[(1, 4)]);
    free(&stage, 3, north(10), &[(5, 8)]);
    for n in [2, 3, 4] {
        let refused = problem(&rematch(&stage, KEY, &json!({ "worker": id_of(n) })), 409, "not-feasible");
        assert_eq!(refused["worker"], json!(id_of(n)));
    }
    problem(&rematch(&stage, KEY, &json!({})), 409, "nobody-else");
    problem(&rematch(&stage, KEY, &json!({ "worker": id_of(1) })), 409, "same-worker");
    assert_eq!((doer(&stage, 1), kinds(&stage)), (Some(id_of(1)), Vec::new()), "it stays as it is");
}

#[test]
fn what_has_begun_or_ended_stays() {
    let stage = matched(2);
    begin(&stage, 1, 1);
    problem(&rematch(&stage, KEY, &json!({})), 409, "not-rematchable");
    let stage = matched(2);
    cancel(&stage, 1);
    problem(&rematch(&stage, KEY, &json!({})), 409, "not-rematchable");
    let missing = stage.ask("rematch-request").by(&manager()).at(RequestId::from_bits(9)).key(KEY).send(&json!({}));
    problem(&missing, 404, "not-found");
    assert_eq!(rematch(&stage, "short", &json!({})).status_code, 400);
    assert_eq!(rematch(&stage, KEY, &json!({ "colour": "red" })).status_code, 400);
}

#[test]
fn after_all_its_attempts_a_request_is_a_managers() {
    let stage = matched(2);
    let give = |n: u32, to: u128| rematch(&stage, &format!("the-key-of-attempt-{n}"), &json!({ "worker": id_of(to) }));
    for attempt in 2..=MAX_ATTEMPTS {
        let answer = give(attempt, 1 + u128::from((attempt + 1) % 2));
        assert_eq!((answer.status_code, &answer.json()["attempt"]), (200, &json!(attempt)), "{}", answer.body);
    }
    let last = doer(&stage, 1).unwrap();
    withdraw(&stage, if last == id_of(1) { 1 } else { 2 }, MAX_ATTEMPTS);
    assert_eq!(doer(&stage, 1), None, "nobody is looked for by itself any more");
    let answer = rematch(&stage, KEY, &json!({ "worker": last }));
    assert_eq!((answer.status_code, &answer.json()["attempt"]), (200, &json!(MAX_ATTEMPTS + 1)), "{}", answer.body);
    assert_eq!(doer(&stage, 1), Some(last));
    // Not without end either: each time stays on record.
    let (mut n, mut to) = (MAX_ATTEMPTS, last);
    let refused = loop {
        (n, to) = (n + 1, if to == id_of(1) { id_of(2) } else { id_of(1) });
        let answer = rematch(&stage, &format!("the-key-of-attempt-{n}"), &json!({ "worker": to }));
        if answer.status_code != 200 {
            break answer;
        }
    };
    problem(&refused, 409, "rematched-too-often");
    assert_eq!(stored(&stage, 1).commands.len(), MAX_COMMANDS);
}

#[test]
fn a_request_that_waits_can_be_given_to_who_withdrew() {
    let stage = matched(1);
    withdraw(&stage, 1, 1);
    kinds(&stage);
    assert_eq!(rematch(&stage, KEY, &json!({ "worker": id_of(1) })).status_code, 200);
    assert_eq!(kinds(&stage), [MATCHED]);
    stage.pass(HOUR);
    assert!(stage.start("match-waiting"));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_lost_reply_of_any_call_matches_once() {
    for call in 0..12 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = matched(2);
            strike(&stage, call, fate, |_| true);
            assert_eq!(rematch(&stage, KEY, &json!({})).status_code, 200, "call {call}");
            stage.calm();
            assert_eq!(kinds(&stage), [ENDED, MATCHED], "call {call}");
            assert_eq!([1, 2].map(|n| taken(&stage, n)), [0, 1]);
        }
    }
}

#[test]
fn of_a_rematch_and_anything_else_at_once_the_slots_stay_right() {
    type Act = fn(&Stage);
    let acts: [Act; 4] = [
        |stage| assert!(cancel(stage, 1)),
        |stage| assert!(withdraw(stage, 1, 1)),
        |stage| assert!(begin(stage, 1, 1)),
        |stage| assert!(stage.deliver("decide-request", &local::testing::event(stage, &asked(2), 1, 1))),
    ];
    for (number, act) in acts.into_iter().enumerate() {
        let stage = Arc::new(matched(2));
        meanwhile(&stage, 0, act);
        rematch(&stage, KEY, &json!({}));
        stage.calm();
        let held: usize = [1, 2]
            .iter()
            .filter_map(|n| local::testing::item(&stage, "matching", &matching::store::request_key(request(*n))))
            .filter(|request: &matching::request::Request| request.held().is_some())
            .count();
        assert_eq!(taken(&stage, 1) + taken(&stage, 2), held, "act {number}");
    }
}
