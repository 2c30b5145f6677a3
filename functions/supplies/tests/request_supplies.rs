//! `request-supplies`.

use crate::support::{
    KEY, NO_IDS, announced, cancelled, created, depot, draw, empty, interfere, issue, job, known_job, meanwhile, need,
    refuse, request, requested, shelve, shelves, sku, stranger, worker, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::testing::{only_for, problem};
use serde_json::{Value, json};
use std::sync::Arc;
use supplies::draw::State;

#[test]
fn only_workers_request_supplies() {
    let stage = empty();
    only_for(Role::Worker, || stage.ask("request-supplies").at(job(1)).key(KEY));
}

#[test]
fn what_the_job_needs_is_requested_and_nothing_is_taken_yet() {
    let stage = depot();
    let answer = request(&stage, 1, KEY);
    let lines = json!([{ "sku": sku(0), "quantity": 2 }, { "sku": sku(1), "quantity": 3 }]);
    let expected = json!({
        "id": answer.json()["id"], "job": job(1), "lines": lines, "state": "requested", "requested_at": stage.now(),
    });
    assert_eq!((answer.status_code, answer.json()), (201, expected));
    assert_eq!(shelves(&stage), (10, 10));
    assert!(announced(&stage).is_empty());
}

#[test]
fn a_repeated_request_has_the_same_reply_whatever_happened_since() {
    let stage = depot();
    let first = request(&stage, 1, KEY);
    let id = first.json()["id"].as_str().unwrap().parse().unwrap();
    let again = || {
        let answer = request(&stage, 1, KEY);
        assert_eq!((answer.status_code, &answer.body), (201, &first.body));
    };
    again();
    assert_eq!(issue(&stage, id).status_code, 200);
    stage.pass(crate::support::HOUR);
    again();
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    again();
    let other = stage.ask("request-supplies").by(&worker()).at(job(1)).key(KEY).send(&json!({ "more": 1 }));
    problem(&other, 422, "idempotency-key-reused");
}

#[test]
fn a_job_has_one_request_at_a_time() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let refused = problem(&request(&stage, 1, "another-key-of-the-worker"), 409, "already-requested");
    assert_eq!(refused["draw"], json!(id));
    assert_eq!(issue(&stage, id).status_code, 200);
    problem(&request(&stage, 1, "another-key-of-the-worker"), 409, "already-requested");
}

#[test]
fn after_a_refusal_the_worker_may_request_again() {
    let stage = depot();
    let first = requested(&stage, 1, KEY);
    assert_eq!(refuse(&stage, first, KEY).status_code, 200);
    assert_eq!(requested(&stage, 1, KEY), first, "the old key is the old request");
    let second = requested(&stage, 1, "another-key-of-the-worker");
    assert_ne!(second, first);
    assert_eq!(known_job(&stage, 1).unwrap().draw, Some(second));
}

#[test]
fn another_workers_job_is_not_there_and_an_unknown_one_not_yet() {
    let stage = depot();
    let theirs = stage.ask("request-supplies").by(&stranger()).at(job(1)).key(KEY).get();
    problem(&theirs, 404, "not-found");
    let unheard = request(&stage, 2, KEY);
    problem(&unheard, 503, "try-again");
    assert!(unheard.headers.contains_key("retry-after"));
    assert!(stage.deliver("keep-job", &created(&stage, 2)));
    requested(&stage, 2, KEY);
    for path in NO_IDS {
        let answer = stage.ask("request-supplies").by(&worker()).at(path).key(KEY).get();
        problem(&answer, 404, "not-found");
    }
    problem(&stage.ask("request-supplies").by(&worker()).at(job(1)).get(), 400, "idempotency-key-missing");
}

#[test]
fn nothing_is_requested_for_a_job_that_needs_nothing_or_does_not_take_place() {
    let stage = empty();
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    problem(&request(&stage, 1, KEY), 409, "nothing-needed");
    let stage = depot();
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    problem(&request(&stage, 1, KEY), 409, "job-ended");
}

#[test]
fn what_a_job_needs_is_settled_when_it_is_heard_of() {
    let stage = depot();
    shelve(&stage, 2, 0);
    need(&stage, &[9, 9, 9]);
    let id = requested(&stage, 1, KEY);
    let quantities: Vec<u32> = draw(&stage, id).lines.iter().map(|line| line.quantity).collect();
    assert_eq!(quantities, [2, 3]);
}

#[test]
fn of_two_at_once_one_is_taken() {
    let stage = Arc::new(depot());
    meanwhile(&stage, |stage| {
        requested(stage, 1, "the-key-that-was-faster");
    });
    problem(&request(&stage, 1, KEY), 409, "already-requested");
    stage.calm();
    // The same request, twice at once.
    let stage = Arc::new(depot());
    meanwhile(&stage, |stage| {
        requested(stage, 1, KEY);
    });
    let id = requested(&stage, 1, KEY);
    assert_eq!(draw(&stage, id).state, State::Requested);
}

#[test]
fn a_job_that_ends_at_that_moment_has_no_request() {
    let stage = Arc::new(depot());
    meanwhile(&stage, |stage| assert!(stage.deliver("lapse-draw", &cancelled(stage, 1))));
    problem(&request(&stage, 1, KEY), 409, "job-ended");
    assert_eq!(known_job(&stage, 1).unwrap().draw, None);
}

#[test]
fn a_lost_reply_of_the_table_makes_no_second_request() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = depot();
        interfere(&stage, 1, fate.clone(), writes);
        let id = requested(&stage, 1, KEY);
        assert_eq!(known_job(&stage, 1).unwrap().draw, Some(id), "{fate:?}");
        // Every reply of this call is lost; the same request finds what it did.
        let stage = depot();
        interfere(&stage, usize::MAX, fate, writes);
        problem(&request(&stage, 1, KEY), 503, "try-again");
        stage.calm();
        let id = requested(&stage, 1, KEY);
        assert_eq!(known_job(&stage, 1).unwrap().draw, Some(id));
    }
}

#[test]
fn the_reply_names_the_list_where_the_request_is_found() {
    let stage = depot();
    let answer = request(&stage, 1, KEY);
    assert_eq!(answer.headers["location"], "/v1/draws");
    let list: Value = stage.ask("list-draws").by(&worker()).get().json();
    assert_eq!(list["items"][0]["id"], answer.json()["id"]);
}
