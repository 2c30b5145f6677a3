//! `cancel-service-request`.

use crate::support::{
    KEY, NO_REQUESTS, STATES, Said, announced, client, first_write, kinds, meanwhile, request_in, say, stored,
    stranger, writes,
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

fn cancel(stage: &Stage, id: RequestId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("cancel-service-request").by(&client()).at(id).key(key).send(body)
}

#[test]
fn only_customers_cancel() {
    let (stage, id) = request_in(State::Requested);
    stage.calls();
    only_for(Role::Customer, || stage.ask("cancel-service-request").key(KEY).at(id));
}

#[test]
fn while_nobody_has_the_job_it_is_cancelled_at_once_and_free() {
    let (stage, id) = request_in(State::Requested);
    let answer = cancel(&stage, id, KEY, &json!({ "reason": "Уезжаем 🚆" }));
    assert_eq!(answer.json(), json!({ "id": id, "state": "cancelled", "cancelled_at": stage.now() }));
    let events = announced(&stage);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["type"], "services.request-cancelled.v1");
    assert_eq!(events[0]["data"], json!({ "request": id, "client": client().account }), "no match: nothing to pay");
    assert_eq!(events[1]["type"], "services.request-ended.v1");
    assert_eq!(events[1]["data"], json!({ "request": id, "client": client().account, "end": "cancelled" }));
}

#[test]
fn when_a_worker_has_the_job_jobs_says_what_came_first() {
    for (said, state, end) in [
        (Said::Cancelled(1), State::Cancelled, Some("cancelled")),
        (Said::Released, State::Cancelled, Some("cancelled")),
        (Said::Started(1), State::InProgress, None),
        (Said::Completed(1), State::Completed, Some("completed")),
        (Said::Failed(1), State::Failed, Some("failed")),
        (Said::Missed(1), State::NoShow, Some("no-show")),
    ] {
        let (stage, id) = request_in(State::Matched);
        let answer = cancel(&stage, id, KEY, &json!({}));
        assert_eq!(answer.json()["state"], "cancelling");
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["data"], json!({ "request": id, "client": client().account, "attempt": 1 }));
        for _ in 0..2 {
            assert!(say(&stage, id, said));
        }
        assert_eq!(stored(&stage, id).state, state, "{said:?}");
        let ends: Vec<Value> = announced(&stage).into_iter().map(|mut event| event["data"]["end"].take()).collect();
        assert_eq!(ends, end.map(Value::from).into_iter().collect::<Vec<_>>(), "{said:?}");
    }
}

#[test]
fn a_match_that_ends_or_follows_does_not_end_a_cancellation() {
    use contracts::matching::MatchEnd;
    for said in [
        Said::MatchEnded(1, MatchEnd::ClientCancelled),
        Said::MatchEnded(1, MatchEnd::Rematched),
        Said::Withdrawn(1),
        Said::Matched(2),
        Said::Unmatched,
        Said::Waiting,
    ] {
        let (stage, id) = request_in(State::Cancelling);
        assert!(say(&stage, id, said));
        assert_eq!(stored(&stage, id).state, State::Cancelling, "{said:?}");
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn the_same_cancellation_again_gets_the_same_reply_and_announces_nothing() {
    for from in [State::Requested, State::Matched] {
        let (stage, id) = request_in(from);
        let first = cancel(&stage, id, KEY, &json!({ "reason": "Twice" }));
        kinds(&stage);
        stage.pass(Duration::from_secs(3600));
        assert!(say(&stage, id, Said::Cancelled(1)));
        kinds(&stage);
        let again = cancel(&stage, id, KEY, &json!({ "reason": "Twice" }));
        assert_eq!((again.status_code, &again.body), (200, &first.body));
        problem(&cancel(&stage, id, KEY, &json!({ "reason": "Thrice" })), 422, "idempotency-key-reused");
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn what_has_begun_or_ended_is_not_cancelled() {
    for state in STATES {
        if [State::Requested, State::Matched].contains(&state) {
            continue;
        }
        let (stage, id) = request_in(state);
        stage.calls();
        let refused = problem(&cancel(&stage, id, "another-key-than-before", &json!({})), 409, "not-cancellable");
        assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
        assert!(!stage.calls().iter().any(writes));
    }
}

#[test]
fn what_is_not_the_callers_request_is_not_found() {
    let (stage, id) = request_in(State::Requested);
    let theirs = stage.ask("cancel-service-request").by(&stranger()).at(id).key(KEY).send(&json!({}));
    let nobodys = cancel(&stage, RequestId::from_bits(7), KEY, &json!({}));
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the request exists");
    for path in NO_REQUESTS {
        let answer = stage.ask("cancel-service-request").by(&client()).at(path).key(KEY).send(&json!({}));
        problem(&answer, 404, "not-found");
    }
    assert_eq!(stored(&stage, id).state, State::Requested);
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let (stage, id) = request_in(State::Requested);
    for (body, field) in [
        (json!({ "reason": "" }), "reason"),
        (json!({ "reason": "я".repeat(501) }), "reason"),
        (json!({ "refund": true }), "refund"),
    ] {
        let refused = problem(&cancel(&stage, id, KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{refused}");
    }
    let keyless = stage.ask("cancel-service-request").by(&client()).at(id).send(&json!({}));
    problem(&keyless, 400, "idempotency-key-missing");
}

#[test]
fn a_request_that_moved_in_between_is_decided_on_anew() {
    let (stage, id) = request_in(State::Requested);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert!(say(stage, id, Said::Matched(1))));
    assert_eq!(cancel(&stage, id, KEY, &json!({})).json()["state"], "cancelling");
    stage.calm();
    assert_eq!(kinds(&stage), ["services.request-cancelled.v1"]);

    let (stage, id) = request_in(State::Matched);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert!(say(stage, id, Said::Started(1))));
    problem(&cancel(&stage, id, KEY, &json!({})), 409, "not-cancellable");
    stage.calm();
    assert!(kinds(&stage).is_empty());
}

#[test]
fn of_two_cancellations_at_once_one_is_made() {
    let (stage, id) = request_in(State::Matched);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert_eq!(cancel(stage, id, "the-key-of-the-faster-one", &json!({})).status_code, 200);
    });
    problem(&cancel(&stage, id, KEY, &json!({})), 409, "not-cancellable");
    stage.calm();
    assert_eq!(kinds(&stage), ["services.request-cancelled.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_client() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = request_in(State::Matched);
        first_write(&stage, fate);
        assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
        assert_eq!(kinds(&stage), ["services.request-cancelled.v1"]);
    }
}
