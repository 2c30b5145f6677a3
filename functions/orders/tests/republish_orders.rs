//! `republish-orders`.

use crate::domain::{STATES, pounds};
use crate::support::{
    KEY, PRICE, QUARTER, announced, basket, bring, closed, customer, kinds, order_in, place_this, refunded, shop, sku,
    stored,
};
use kernel::OrderId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::published;
use orders::life::OVERDUE;
use orders::order::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Republishes everything; the answer.
fn republish(stage: &Stage) -> Value {
    let answer = stage.invoke("republish-orders", b"{}".to_vec()).unwrap();
    serde_json::from_slice(&answer).unwrap()
}

/// Events by id; each once.
fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

fn send(stage: &Stage, function: &'static str, id: OrderId, key: &str, body: &Value) {
    let answer = stage.ask(function).by(&customer()).at(id).key(key).send(body);
    assert!([200, 201].contains(&answer.status_code), "{}", answer.body);
}

/// A shop in which everything happened that can happen to an order, and what its relay said of it all.
fn history() -> (Stage, BTreeMap<String, Value>) {
    let stage = shop(674);
    let mut told = Vec::new();
    for (n, state) in STATES.into_iter().enumerate() {
        // Small and large orders by turns.
        let lines = if n % 2 == 0 { 2 } else { 674 };
        let id = place_this(&stage, &format!("the-key-of-order-{n:03}"), &basket(lines));
        bring(&stage, id, state);
        stage.pass(Duration::from_secs(1));
        told.extend(announced(&stage));
    }
    // Expired late, after it was told again twice; cancelled after it was paid; returned in parts, and refunded.
    let expired = place_this(&stage, "the-key-of-the-expired", &basket(1));
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-orders"));
    bring(&stage, expired, State::Expiring);
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-orders"));
    assert!(stage.deliver("mark-expired", &closed(&stage, expired)));
    told.extend(announced(&stage));

    let cancelled = place_this(&stage, "the-key-of-the-cancelled", &basket(60));
    bring(&stage, cancelled, State::Paid);
    send(&stage, "cancel-order", cancelled, KEY, &json!({ "reason": "Передумала" }));
    assert!(stage.deliver("mark-refunded", &refunded(&stage, cancelled, 1, pounds(60 * PRICE))));
    told.extend(announced(&stage));

    let returned = place_this(&stage, "the-key-of-the-returned", &basket(3));
    bring(&stage, returned, State::Delivered);
    for n in 0..3 {
        let body = json!({ "lines": [{ "sku": sku(n), "quantity": 1 }] });
        send(&stage, "return-order", returned, &format!("the-key-of-return-{n}"), &body);
        let refund = refunded(&stage, returned, 2 + n as u64, pounds(PRICE));
        assert!(stage.deliver("mark-refunded", &refund));
        stage.pass(Duration::from_secs(60));
    }
    told.extend(announced(&stage));
    // What was held back and is due by now.
    stage.pass(QUARTER);
    told.extend(announced(&stage));
    (stage, by_id(told))
}

#[test]
fn everything_that_was_ever_announced_is_announced_again_to_the_letter() {
    let (stage, told) = history();
    let kinds: BTreeSet<&str> = told.values().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 12, "every event of orders occurs: {kinds:?}");
    stage.pass(Duration::from_secs(86_400));
    let progress = republish(&stage);
    let again = by_id(published(&stage).concat());
    assert_eq!((&progress["events"], progress.get("next")), (&json!(told.len()), Some(&Value::Null)));
    for (id, event) in &told {
        assert_eq!(again.get(id), Some(event));
    }
    assert_eq!(again.len(), told.len());
    republish(&stage);
    assert_eq!(by_id(published(&stage).concat()), told, "as often as one likes");
}

#[test]
fn what_is_announced_again_changes_no_order() {
    let (stage, told) = history();
    let orders: Vec<OrderId> = told.values().map(|event| event["subject"].as_str().unwrap().parse().unwrap()).collect();
    let before: Vec<_> = orders.iter().map(|id| stored(&stage, *id)).collect();
    republish(&stage);
    stage.calls();
    stage.settle().unwrap();
    stage.pass(QUARTER);
    assert!(kinds(&stage).is_empty(), "this context's own consumers know it all");
    let after: Vec<_> = orders.iter().map(|id| stored(&stage, *id)).collect();
    assert_eq!(after, before);
}

#[test]
fn an_empty_table_announces_nothing() {
    let stage = shop(3);
    assert_eq!(republish(&stage), json!({ "events": 0, "next": null }));
    assert!(published(&stage).is_empty());
}

#[test]
fn a_topic_that_does_not_take_everything_is_asked_again() {
    let (stage, _) = order_in(State::Delivered, 1);
    stage.interfere(|call| if call.operation == "PublishBatch" { Fate::NeverSent } else { Fate::Answered });
    assert!(stage.invoke("republish-orders", b"{}".to_vec()).is_err());
    stage.calm();
    stage.calls();
    republish(&stage);
    let ids: Vec<Value> = published(&stage).concat().into_iter().map(|mut event| event["type"].take()).collect();
    let steps = ["placed", "reserved", "paid", "packed", "shipped", "delivered"];
    assert_eq!(ids, steps.map(|step| json!(format!("orders.order-{step}.v1"))), "in the order of the order's life");
}

#[test]
fn only_an_operators_question_is_understood() {
    let stage = shop(0);
    for payload in [
        &b""[..],
        b"[]",
        b"{\"from\": 1}",
        b"{\"to\": \"x\"}",
        b"{\"from\": \"not a place\"}",
    ] {
        assert!(stage.invoke("republish-orders", payload.to_vec()).is_err());
    }
    assert!(published(&stage).is_empty());
}
