//! `match-waiting` and `list-waiting`: what waits, one by one and in batches.

use crate::support::{
    HERE, HOUR, MATCHED, MINUTE, UNMATCHED, WAITING, announced, asked, at, availability, client, decision, doer, free,
    id_of, kinds, manager, north, place, policy, request, set, stored, taken, town, town_with, writes,
};
use kernel::{Place, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, only_for};
use matching::store::Means;
use serde_json::json;
use std::time::Duration;

fn tick(stage: &Stage, after: Duration) {
    stage.pass(after);
    assert!(stage.start("match-waiting"), "{:?}", stage.log().last());
}

/// A request at a place of its own.
fn place_at(stage: &Stage, n: u128, place: Place) {
    let mut asked = asked(n);
    asked.place = place;
    assert!(stage.deliver("decide-request", &event(stage, &asked, 1, 1)));
}

#[test]
fn what_waits_is_looked_at_again_until_somebody_is_free() {
    let stage = town();
    place(&stage, 1);
    assert_eq!(kinds(&stage), [WAITING]);
    tick(&stage, MINUTE);
    assert!(kinds(&stage).is_empty(), "said once a wait");
    assert!(stage.start("match-waiting"), "not due yet");
    free(&stage, 1, HERE, &[(1, 4)]);
    tick(&stage, MINUTE);
    assert_eq!((kinds(&stage), doer(&stage, 1)), (vec![MATCHED.to_owned()], Some(id_of(1))));
    tick(&stage, HOUR);
    assert!(kinds(&stage).is_empty());
}

#[test]
fn the_longer_it_waits_the_rarer_it_is_looked_at_and_its_window_ends_in_time() {
    let stage = town();
    place(&stage, 1);
    let mut looks = 0;
    while stored(&stage, 1).due.is_some_and(|due| due < at(3)) {
        tick(&stage, MINUTE);
        looks += 1;
        assert!(looks < 200);
    }
    assert_eq!(stored(&stage, 1).due, Some(at(3)), "the window's end");
    kinds(&stage);
    while stage.now() < at(3) {
        tick(&stage, MINUTE);
    }
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["type"], &events[0]["data"]),
        (&json!(UNMATCHED), &json!({ "request": request(1), "client": client() }),)
    );
    tick(&stage, HOUR);
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, 1).due, None);
}

#[test]
fn one_that_fails_does_not_keep_the_others() {
    let stage = town();
    for n in 1..=3 {
        place(&stage, n);
    }
    for n in 1..=3 {
        free(&stage, n, HERE, &[(1, 4)]);
    }
    kinds(&stage);
    stage.pass(MINUTE);
    let second = request(2).to_string();
    stage.interfere(move |call| match writes(call) && String::from_utf8_lossy(&call.body).contains(&second) {
        true => Fate::NeverSent,
        false => Fate::Answered,
    });
    assert!(!stage.start("match-waiting"), "it says that one failed");
    stage.calm();
    assert_eq!(kinds(&stage), [MATCHED, MATCHED]);
    tick(&stage, MINUTE);
    assert_eq!(kinds(&stage), [MATCHED]);
}

#[test]
fn more_than_a_page_is_looked_at() {
    let stage = town();
    for n in 1..=60 {
        place(&stage, n);
    }
    kinds(&stage);
    stage.pass(HOUR * 3);
    assert!(stage.start("match-waiting"));
    assert_eq!(kinds(&stage).len(), 60);
}

#[test]
fn managers_see_what_waits() {
    let stage = town();
    only_for(Role::Manager, || stage.ask("list-waiting"));
    for n in 1..=3 {
        place(&stage, n);
        stage.pass(Duration::from_secs(1));
    }
    let list = |query: &str| stage.ask("list-waiting").by(&manager()).query(query).get().json();
    let first = list("limit=2");
    let shown: Vec<_> = first["items"].as_array().unwrap().iter().map(|one| one["request"].clone()).collect();
    assert_eq!(shown, [json!(request(1)), json!(request(2))]);
    let next = list(&format!("limit=2&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!(next["items"][0]["request"], json!(request(3)));
    assert_eq!((&first["items"][0]["until"], &first["items"][0]["attempts"]), (&json!(at(3)), &json!(0)));
    free(&stage, 1, HERE, &[(1, 4)]);
    tick(&stage, MINUTE);
    assert_eq!(list("")["items"].as_array().unwrap().len(), 2, "one was matched");
}

#[test]
fn in_a_batch_two_requests_get_what_is_best_for_both() {
    // Only worker 1 reaches request 1; both reach request 2, and worker 1 is the nearer. On demand request 2, which came
    // first, would take worker 1, and nobody would do request 1.
    let stage = town();
    policy(&stage, &json!({ "hold_s": 120 }));
    free(&stage, 1, north(0), &[(1, 4)]);
    free(&stage, 2, north(-4_000), &[(1, 4)]);
    place_at(&stage, 2, north(500));
    place_at(&stage, 1, north(4_500));
    assert!(kinds(&stage).is_empty(), "held back");
    tick(&stage, MINUTE);
    assert!(kinds(&stage).is_empty(), "for longer than this");
    tick(&stage, MINUTE);
    assert_eq!(kinds(&stage), [MATCHED, MATCHED]);
    assert_eq!((doer(&stage, 1), doer(&stage, 2)), (Some(id_of(1)), Some(id_of(2))));
    assert_eq!(decision(&stage, 1, 1).unwrap().means, Means::Batch);
}

#[test]
fn a_batch_lets_what_nobody_can_do_wait_and_end() {
    let stage = town();
    policy(&stage, &json!({ "hold_s": 120 }));
    place(&stage, 1);
    tick(&stage, MINUTE);
    assert_eq!(kinds(&stage), [WAITING]);
    tick(&stage, HOUR * 3);
    assert_eq!(kinds(&stage), [UNMATCHED]);
}

#[test]
fn a_batch_whose_slot_was_taken_meanwhile_takes_another() {
    let stage = std::sync::Arc::new(town_with(2));
    policy(&stage, &json!({ "hold_s": 60 }));
    place(&stage, 1);
    crate::support::meanwhile(&stage, 0, |stage| {
        assert_eq!(set(stage, 1, &availability(north(100), &[])).status_code, 200);
    });
    tick(&stage, MINUTE);
    stage.calm();
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (Some(id_of(2)), 0));
}

#[test]
fn two_runs_at_once_match_once() {
    let stage = std::sync::Arc::new(town());
    place(&stage, 1);
    free(&stage, 1, HERE, &[(1, 4)]);
    kinds(&stage);
    stage.pass(MINUTE);
    crate::support::meanwhile(&stage, 0, |stage| assert!(stage.start("match-waiting")));
    assert!(stage.start("match-waiting"));
    stage.calm();
    assert_eq!(kinds(&stage), [MATCHED]);
}

#[test]
fn what_is_cancelled_while_it_is_matched_takes_no_slot() {
    let stage = std::sync::Arc::new(town());
    place(&stage, 1);
    free(&stage, 1, HERE, &[(1, 4)]);
    stage.pass(MINUTE);
    crate::support::meanwhile(&stage, 0, |stage| assert!(crate::support::cancel(stage, 1)));
    assert!(stage.start("match-waiting"));
    stage.calm();
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (None, 0));
    assert!(!kinds(&stage).contains(&MATCHED.to_owned()));
}

#[test]
fn whoever_is_feasible_is_found_in_the_end_however_many_are_not() {
    // More than a search looks at are free, but not then; they stand before the one who is.
    let stage = town();
    policy(&stage, &json!({ "look_at": 16 }));
    for n in 1..=40 {
        free(&stage, n, north(10), &[(5, 8)]);
    }
    free(&stage, 41, north(20), &[(1, 4)]);
    place(&stage, 1);
    assert_eq!((kinds(&stage), doer(&stage, 1)), (vec![WAITING.to_owned()], None));
    assert!(stored(&stage, 1).rest.is_some());
    tick(&stage, MINUTE);
    assert_eq!((kinds(&stage), doer(&stage, 1)), (vec![MATCHED.to_owned()], Some(id_of(41))));
}

#[test]
fn a_search_that_came_to_the_end_begins_anew() {
    let stage = town();
    policy(&stage, &json!({ "look_at": 16 }));
    for n in 1..=40 {
        free(&stage, n, north(10), &[(5, 8)]);
    }
    place(&stage, 1);
    tick(&stage, MINUTE);
    assert!(stored(&stage, 1).rest.is_none());
    set(&stage, 1, &availability(HERE, &[(1, 4)]));
    tick(&stage, MINUTE);
    assert_eq!(doer(&stage, 1), Some(id_of(1)));
}
