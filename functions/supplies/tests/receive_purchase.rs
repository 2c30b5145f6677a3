//! `receive-purchase`.

use crate::support::{
    KEY, LOW, NO_IDS, ORDERED, RECEIVED, announced, empty, interfere, issue, kinds, meanwhile, need, purchase,
    requested, shelve, sku, supplier, supply, writes,
};
use kernel::{PurchaseId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::json;
use std::sync::Arc;
use supplies::purchase::{MAX_RECEIPTS, id_of};

/// A stage with an open purchase of 50.
pub fn bought() -> (Stage, PurchaseId) {
    let stage = empty();
    shelve(&stage, 0, 0);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(kinds(&stage), [LOW, ORDERED]);
    (stage, id_of(&sku(0), 1))
}

/// So many came.
pub fn receive(stage: &Stage, id: PurchaseId, key: &str, quantity: u32) -> HttpResponse {
    let ask = stage.ask("receive-purchase").by(&supplier()).at(id).key(key);
    ask.send(&json!({ "quantity": quantity }))
}

#[test]
fn only_suppliers_receive() {
    let (stage, id) = bought();
    only_for(Role::Supplier, || stage.ask("receive-purchase").at(id).key(KEY));
}

#[test]
fn a_purchase_comes_in_parts_until_it_is_complete() {
    let (stage, id) = bought();
    for (key, quantity, received, complete) in [
        ("the-key-of-part-one", 20, 20, false),
        ("the-key-of-part-two", 29, 49, false),
        ("the-key-of-part-three", 1, 50, true),
    ] {
        stage.pass(crate::support::HOUR);
        let answer = receive(&stage, id, key, quantity);
        let body = json!({
            "id": id, "sku": sku(0), "quantity": quantity, "received": received, "complete": complete,
            "received_at": stage.now(),
        });
        assert_eq!((answer.status_code, answer.json()), (201, body));
        assert_eq!(supply(&stage, 0).on_hand, received);
        let data = json!({
            "purchase": id, "lines": [{ "sku": sku(0), "quantity": quantity }], "complete": complete,
        });
        assert_eq!(announced(&stage), [(RECEIVED.to_owned(), data)]);
    }
    assert_eq!(
        problem(&receive(&stage, id, "the-key-of-part-four", 1), 409, "purchase-settled")["state"],
        "complete"
    );
}

#[test]
fn a_repetition_adds_nothing_and_says_the_same() {
    let (stage, id) = bought();
    let first = receive(&stage, id, "the-key-of-part-one", 20);
    receive(&stage, id, "the-key-of-part-two", 30);
    stage.pass(crate::support::HOUR);
    let again = receive(&stage, id, "the-key-of-part-one", 20);
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    assert_eq!(supply(&stage, 0).on_hand, 50);
    problem(&receive(&stage, id, "the-key-of-part-one", 21), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage), [RECEIVED, RECEIVED]);
}

#[test]
fn more_than_was_ordered_is_refused() {
    let (stage, id) = bought();
    assert_eq!(problem(&receive(&stage, id, KEY, 51), 409, "more-than-ordered")["left"], 50);
    assert_eq!(receive(&stage, id, KEY, 30).status_code, 201);
    assert_eq!(problem(&receive(&stage, id, "another-key-of-staff", 21), 409, "more-than-ordered")["left"], 20);
    assert_eq!((supply(&stage, 0).on_hand, purchase(&stage, id).received()), (30, 30));
}

#[test]
fn of_two_at_once_both_are_counted_if_there_is_room() {
    for (other, status, on_hand) in [(20, 201, 50), (21, 409, 21)] {
        let (stage, id) = bought();
        let stage = Arc::new(stage);
        meanwhile(&stage, move |stage| {
            assert_eq!(receive(stage, id, "the-key-that-was-faster", other).status_code, 201);
        });
        assert_eq!(receive(&stage, id, KEY, 30).status_code, status);
        assert_eq!(supply(&stage, 0).on_hand, on_hand);
    }
    // The same request, twice at once.
    let (stage, id) = bought();
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(receive(stage, id, KEY, 30).status_code, 201));
    assert_eq!(receive(&stage, id, KEY, 30).status_code, 201);
    assert_eq!(supply(&stage, 0).on_hand, 30);
}

#[test]
fn what_is_issued_at_that_moment_is_counted_too() {
    let (stage, id) = bought();
    need(&stage, &[10]);
    assert!(stage.deliver("keep-job", &crate::support::created(&stage, 1)));
    let draw = requested(&stage, 1, KEY);
    receive(&stage, id, "the-key-of-part-one", 10);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(issue(stage, draw).status_code, 200));
    assert_eq!(receive(&stage, id, KEY, 30).status_code, 201);
    assert_eq!(supply(&stage, 0).on_hand, 30);
}

#[test]
fn a_lost_reply_adds_nothing_twice() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = bought();
        interfere(&stage, 1, fate.clone(), writes);
        assert_eq!(receive(&stage, id, KEY, 30).status_code, 201);
        assert_eq!(supply(&stage, 0).on_hand, 30, "{fate:?}");
        let (stage, id) = bought();
        interfere(&stage, usize::MAX, fate, writes);
        problem(&receive(&stage, id, KEY, 30), 503, "try-again");
        stage.calm();
        assert_eq!(receive(&stage, id, KEY, 30).status_code, 201);
        assert_eq!((supply(&stage, 0).on_hand, kinds(&stage)), (30, vec![RECEIVED.to_owned()]));
    }
}

#[test]
fn it_comes_in_so_many_parts_at_most() {
    let stage = empty();
    let wish = json!({ "name": "Губка", "on_hand": 0, "reorder_point": 1, "order_quantity": 1000 });
    assert_eq!(stage.ask("set-supply").by(&supplier()).at(sku(0)).send(&wish).status_code, 200);
    assert!(stage.start("reorder-supplies"));
    let id = id_of(&sku(0), 1);
    for n in 0..MAX_RECEIPTS {
        assert_eq!(receive(&stage, id, &format!("the-key-of-part-{n:03}"), 1).status_code, 201);
    }
    problem(&receive(&stage, id, KEY, 1), 409, "too-many-parts");
    assert_eq!(receive(&stage, id, "the-key-of-part-000", 1).status_code, 201, "a repetition is still one");
}

#[test]
fn bad_input_and_what_is_not_there() {
    let (stage, id) = bought();
    for body in [
        json!({}),
        json!({ "quantity": 0 }),
        json!({ "quantity": -1 }),
        json!({ "quantity": 1, "sku": "a" }),
    ] {
        let answer = stage.ask("receive-purchase").by(&supplier()).at(id).key(KEY).send(&body);
        problem(&answer, 400, "invalid-body");
    }
    problem(&receive(&stage, PurchaseId::from_bits(99), KEY, 1), 404, "not-found");
    for path in NO_IDS {
        let answer = stage.ask("receive-purchase").by(&supplier()).at(path).key(KEY).send(&json!({ "quantity": 1 }));
        problem(&answer, 404, "not-found");
    }
}
