//! `cancel-order`.

use crate::support::{KEY, basket, customer, place, shop, state, stored, stranger, writes};
use contracts::catalog::{StockRejected, StockReserved};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, only_for, problem, published};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn cancel(stage: &Stage, id: OrderId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("cancel-order").by(&customer()).at(id).key(key).send(body)
}

fn kinds(stage: &Stage) -> Vec<Value> {
    stage.settle().unwrap();
    published(stage).concat().iter().map(|event| event["type"].clone()).collect()
}

#[test]
fn only_customers_cancel_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("cancel-order").key(KEY).at(OrderId::from_bits(1)));
    assert!(stage.calls().is_empty());
}

#[test]
fn an_order_that_is_placed_or_reserved_is_cancelled_and_that_is_announced() {
    for reserved in [false, true] {
        let stage = shop(1);
        let id = place(&stage, 1);
        if reserved {
            assert!(stage.deliver("mark-reserved", &event(&stage, &StockReserved { order: id }, 1, 1)));
        }
        stage.pass(Duration::from_secs(60));
        // The key that placed the order is free here: a key is bound to its route.
        let answer = cancel(&stage, id, KEY, &json!({ "reason": "Заказала дважды 🙈" }));
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let expected = json!({ "id": id, "state": "cancelled", "cancelled_at": stage.now() });
        assert_eq!(answer.json(), expected);
        assert_eq!(state(&stage, id), "cancelled");
        let reason = stored(&stage, id).cancelled_by.unwrap().reason;
        assert_eq!(reason.as_deref(), Some("Заказала дважды 🙈"));
        assert_eq!(kinds(&stage), ["orders.order-placed.v1", "orders.order-cancelled.v1"]);
    }
}

#[test]
fn the_same_cancellation_again_gets_the_same_reply_and_announces_nothing() {
    let stage = shop(1);
    let id = place(&stage, 1);
    let first = cancel(&stage, id, KEY, &json!({ "reason": "Twice" }));
    stage.pass(Duration::from_secs(3600));
    let again = cancel(&stage, id, KEY, &json!({ "reason": "Twice" }));
    assert_eq!((again.status_code, &again.body), (200, &first.body));
    problem(&cancel(&stage, id, KEY, &json!({ "reason": "Thrice" })), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage), ["orders.order-placed.v1", "orders.order-cancelled.v1"]);
}

#[test]
fn a_key_is_bound_to_the_order_it_cancelled() {
    let stage = shop(2);
    let first = place(&stage, 1);
    let second = stage.ask("place-order").by(&customer()).key("the-key-of-another-order").send(&basket(2));
    let second: OrderId = second.json()["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(cancel(&stage, first, KEY, &json!({})).status_code, 200);
    assert_eq!(state(&stage, second), "placed");
    assert_eq!(cancel(&stage, second, KEY, &json!({ "reason": "Another" })).status_code, 200);
}

#[test]
fn an_order_that_has_ended_is_not_cancelled() {
    let stage = shop(1);
    let id = place(&stage, 1);
    assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
    let refused = problem(&cancel(&stage, id, "another-key-of-the-same", &json!({})), 409, "not-cancellable");
    assert_eq!(refused["state"], "cancelled");

    let stage = shop(1);
    let id = place(&stage, 1);
    let rejected = StockRejected { order: id, short: Vec::new() };
    assert!(stage.deliver("mark-rejected", &event(&stage, &rejected, 1, 1)));
    let refused = problem(&cancel(&stage, id, KEY, &json!({})), 409, "not-cancellable");
    assert_eq!(refused["state"], "rejected");
    assert_eq!(kinds(&stage), ["orders.order-placed.v1"]);
}

#[test]
fn what_is_not_the_callers_order_is_not_found() {
    let stage = shop(1);
    let id = place(&stage, 1);
    let theirs = stage.ask("cancel-order").by(&stranger()).at(id).key(KEY).send(&json!({}));
    let nobodys = cancel(&stage, OrderId::from_bits(7), KEY, &json!({}));
    problem(&theirs, 404, "not-found");
    problem(&nobodys, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the order exists");
    for path in [
        "",
        "1",
        "ord_",
        "ord_7",
        "acc_00000000000000000000000001",
        "ORD_00000000000000000000000001",
        "заказ",
        "../x",
    ] {
        let answer = stage.ask("cancel-order").by(&customer()).at(path).key(KEY).send(&json!({}));
        problem(&answer, 404, "not-found");
    }
    assert_eq!(state(&stage, id), "placed");
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.calls();
    for (body, field) in [
        (json!({ "reason": "" }), "reason"),
        (json!({ "reason": "я".repeat(501) }), "reason"),
        (json!({ "reason": 1 }), "reason"),
        (json!({ "reason": "a\u{7}" }), "reason"),
        (json!({ "refund": true }), "refund"),
        (json!(null), "."),
    ] {
        let refused = problem(&cancel(&stage, id, KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
    let keyless = stage.ask("cancel-order").by(&customer()).at(id).send(&json!({}));
    problem(&keyless, 400, "idempotency-key-missing");
    let text = stage.ask("cancel-order").by(&customer()).at(id).key(KEY).header("content-type", "text/plain");
    problem(&text.send(&json!({})), 415, "media-type");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn an_order_that_moved_in_between_is_decided_on_anew() {
    let stage = Arc::new(shop(1));
    let id = place(&stage, 1);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.function == "cancel-order" && writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(other.deliver("mark-reserved", &event(&other, &StockReserved { order: id }, 1, 1)));
        }
        Fate::Answered
    });
    assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
    stage.calm();
    let states: Vec<_> = stored(&stage, id).timeline.iter().map(|step| format!("{:?}", step.state)).collect();
    assert_eq!(states, ["Reserved", "Cancelled"]);
}

#[test]
fn of_two_cancellations_at_once_one_is_made_and_the_other_refused() {
    let stage = Arc::new(shop(1));
    let id = place(&stage, 1);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(cancel(&other, id, "the-key-of-the-faster-one", &json!({})).status_code, 200);
        }
        Fate::Answered
    });
    problem(&cancel(&stage, id, KEY, &json!({})), 409, "not-cancellable");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-placed.v1", "orders.order-cancelled.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = shop(1);
        let id = place(&stage, 1);
        let broken = AtomicUsize::new(0);
        stage.interfere(move |call| match writes(call) && broken.fetch_add(1, Ordering::Relaxed) == 0 {
            true => fate.clone(),
            false => Fate::Answered,
        });
        assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
        assert_eq!(kinds(&stage), ["orders.order-placed.v1", "orders.order-cancelled.v1"]);
    }
}
