//! `copy-service-request`.

use crate::support::{
    KEY, STATES, Said, announced, cancel, client, first_write, hours, kinds, manager, meanwhile, request_in, say,
    stored, stranger, windows,
};
use kernel::{RequestId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use services::request::State;
use std::sync::Arc;
use std::time::Duration;

/// The day after tomorrow.
fn new_time(stage: &Stage) -> Value {
    json!({ "from": hours(stage, 48), "until": hours(stage, 50) })
}

fn copy(stage: &Stage, id: RequestId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("copy-service-request").by(&client()).at(id).key(key).send(body)
}

/// Copies a missed request.
fn copied(stage: &Stage, id: RequestId, key: &str) -> RequestId {
    let answer = copy(stage, id, key, &new_time(stage));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn only_customers_copy() {
    let (stage, id) = request_in(State::NoShow);
    only_for(Role::Customer, || stage.ask("copy-service-request").key(KEY).at(id));
}

#[test]
fn a_missed_request_is_made_again_at_another_time_on_its_own_terms() {
    let (stage, id) = request_in(State::NoShow);
    let missed = stored(&stage, id);
    let mut dearer = windows();
    dearer["price"]["amount_minor"] = json!(99_000);
    dearer["offered"] = json!(false);
    let changed = stage.ask("set-service").by(&manager()).at(missed.order.service).send(&dearer);
    assert_eq!(changed.status_code, 200);
    kinds(&stage);
    let time = new_time(&stage);
    let copy = copied(&stage, id, KEY);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "services.service-requested.v1");
    let data = &events[0]["data"];
    assert_eq!((&data["request"], &data["price"]), (&json!(copy), &json!(missed.order.price)));
    assert_eq!((&data["from"], &data["until"]), (&time["from"], &time["until"]));
    let new = stored(&stage, copy);
    assert_eq!((new.order, new.visit, new.place), (missed.order, missed.visit, missed.place));
    assert_eq!((new.copy_of, stored(&stage, id).copied_as), (Some(id), Some(copy)));
    assert_eq!(stored(&stage, id).state, State::NoShow);
}

#[test]
fn the_same_copy_again_gets_the_same_reply() {
    let (stage, id) = request_in(State::NoShow);
    let time = new_time(&stage);
    let first = copy(&stage, id, KEY, &time);
    stage.pass(Duration::from_secs(90 * 86_400));
    let again = copy(&stage, id, KEY, &time);
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    assert_eq!(again.headers["location"], first.headers["location"]);
    problem(&copy(&stage, id, KEY, &new_time(&stage)), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
}

#[test]
fn one_copy_is_open_at_a_time() {
    let (stage, id) = request_in(State::NoShow);
    let first = copied(&stage, id, KEY);
    let refused = problem(&copy(&stage, id, "the-key-of-the-second", &new_time(&stage)), 409, "copied-already");
    assert_eq!(refused["copy"], json!(first));
    cancel(&stage, first);
    let second = copied(&stage, id, "the-key-of-the-second");
    assert_eq!(stored(&stage, id).copied_as, Some(second));
    assert_eq!(copied(&stage, id, KEY), first, "the first request stays answered");
    assert_eq!(kinds(&stage).iter().filter(|kind| *kind == "services.service-requested.v1").count(), 2);
}

#[test]
fn a_copy_that_was_missed_is_copied_itself() {
    let (stage, id) = request_in(State::NoShow);
    let first = copied(&stage, id, KEY);
    assert!(say(&stage, first, Said::Missed(1)));
    let second = copied(&stage, first, KEY);
    assert_eq!(stored(&stage, second).copy_of, Some(first));
}

#[test]
fn what_was_not_missed_is_not_copied() {
    for state in STATES.into_iter().filter(|state| *state != State::NoShow) {
        let (stage, id) = request_in(state);
        let refused = problem(&copy(&stage, id, KEY, &new_time(&stage)), 409, "not-missed");
        assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn somebody_elses_request_and_a_time_that_does_not_fit_are_refused() {
    let (stage, id) = request_in(State::NoShow);
    let theirs = stage.ask("copy-service-request").by(&stranger()).at(id).key(KEY).send(&new_time(&stage));
    problem(&theirs, 404, "not-found");
    problem(&copy(&stage, RequestId::from_bits(7), KEY, &new_time(&stage)), 404, "not-found");
    let past = json!({ "from": stage.now(), "until": hours(&stage, 2) });
    problem(&copy(&stage, id, KEY, &past), 422, "window-unfit");
    problem(&copy(&stage, id, KEY, &json!({ "from": hours(&stage, 2) })), 400, "invalid-body");
    assert_eq!(stored(&stage, id).copied_as, None);
}

#[test]
fn of_two_copies_at_once_one_is_made() {
    let (stage, id) = request_in(State::NoShow);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        copied(stage, id, "the-key-of-the-faster-one");
    });
    problem(&copy(&stage, id, KEY, &new_time(&stage)), 409, "copied-already");
    stage.calm();
    assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
}

#[test]
fn of_one_copy_sent_twice_at_once_both_get_the_same_reply() {
    let (stage, id) = request_in(State::NoShow);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        copied(stage, id, KEY);
    });
    let second = copied(&stage, id, KEY);
    stage.calm();
    assert_eq!(stored(&stage, id).copied_as, Some(second));
    assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_makes_one_copy() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = request_in(State::NoShow);
        first_write(&stage, fate);
        copied(&stage, id, KEY);
        assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
    }
}
