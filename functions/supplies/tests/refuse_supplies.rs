//! `refuse-supplies`.

use crate::support::{
    KEY, NO_IDS, REFUSED, announced, depot, draw, interfere, issue, job, kinds, known_job, meanwhile, refuse,
    requested, shelves, supplier, worker, writes,
};
use kernel::{DrawId, Role};
use local::faults::Fate;
use local::testing::{only_for, problem};
use serde_json::json;
use std::sync::Arc;
use supplies::draw::State;

#[test]
fn only_suppliers_refuse() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    only_for(Role::Supplier, || stage.ask("refuse-supplies").at(id).key(KEY));
}

#[test]
fn a_refused_request_frees_its_job() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let answer = refuse(&stage, id, KEY);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "id": id, "state": "refused", "refused_at": stage.now() }));
    assert_eq!(known_job(&stage, 1).unwrap().draw, None);
    let data = json!({ "draw": id, "job": job(1), "worker": worker().account });
    assert_eq!(announced(&stage), [(REFUSED.to_owned(), data)]);
    let list = stage.ask("list-draws").by(&worker()).get().json();
    assert_eq!(list["items"][0]["reason"], "Нет", "the worker is told why");
}

#[test]
fn the_same_key_has_the_same_reply_and_another_finds_it_settled() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let first = refuse(&stage, id, KEY);
    // Another request has taken its place by now.
    let next = requested(&stage, 1, "another-key-of-the-worker");
    stage.pass(crate::support::HOUR);
    assert_eq!(refuse(&stage, id, KEY).body, first.body);
    assert_eq!(known_job(&stage, 1).unwrap().draw, Some(next), "a repetition does not free it again");
    let other = stage.ask("refuse-supplies").by(&supplier()).at(id).key(KEY).send(&json!({ "reason": "Да" }));
    problem(&other, 422, "idempotency-key-reused");
    assert_eq!(problem(&refuse(&stage, id, "another-key-of-staff"), 409, "draw-settled")["state"], "refused");
    assert_eq!(kinds(&stage), [REFUSED]);
}

#[test]
fn what_was_issued_stays_issued() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    assert_eq!(problem(&refuse(&stage, id, KEY), 409, "draw-settled")["state"], "issued");
    let stage = Arc::new(depot());
    let id = requested(&stage, 1, KEY);
    meanwhile(&stage, move |stage| assert_eq!(issue(stage, id).status_code, 200));
    problem(&refuse(&stage, id, KEY), 409, "draw-settled");
    assert_eq!((draw(&stage, id).state, shelves(&stage)), (State::Issued, (8, 7)));
}

#[test]
fn a_lost_reply_is_made_up_for() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = depot();
        let id = requested(&stage, 1, KEY);
        interfere(&stage, usize::MAX, fate, writes);
        problem(&refuse(&stage, id, KEY), 503, "try-again");
        stage.calm();
        assert_eq!(refuse(&stage, id, KEY).status_code, 200);
        assert_eq!((draw(&stage, id).state, known_job(&stage, 1).unwrap().draw), (State::Refused, None));
        assert_eq!(kinds(&stage), [REFUSED]);
    }
}

#[test]
fn bad_input_and_what_is_not_there() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    for body in [
        json!({}),
        json!({ "reason": "" }),
        json!({ "reason": "x".repeat(501) }),
        json!({ "reason": "a", "b": 1 }),
    ] {
        let answer = stage.ask("refuse-supplies").by(&supplier()).at(id).key(KEY).send(&body);
        problem(&answer, 400, "invalid-body");
    }
    problem(&refuse(&stage, DrawId::from_bits(99), KEY), 404, "not-found");
    for path in NO_IDS {
        let answer = stage.ask("refuse-supplies").by(&supplier()).at(path).key(KEY).send(&json!({ "reason": "a" }));
        problem(&answer, 404, "not-found");
    }
}
