//! `cancel-order`.

use crate::domain::STATES;
use crate::support::{
    KEY, NO_ORDERS, announced, basket, customer, first_write, kinds, meanwhile, order_in, paid, place, place_this,
    reserved, shop, state, stored, stranger, writes,
};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use orders::order::State;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn cancel(stage: &Stage, id: OrderId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("cancel-order").by(&customer()).at(id).key(key).send(body)
}

#[test]
fn only_customers_cancel_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("cancel-order").key(KEY).at(OrderId::from_bits(1)));
    assert!(stage.calls().is_empty());
}

#[test]
fn an_order_is_cancelled_until_it_is_packed_and_that_is_announced() {
    for state in [State::Placed, State::Reserved, State::Expiring, State::Paid] {
        let (stage, id) = order_in(state, 1);
        stage.pass(Duration::from_secs(60));
        // The key that placed the order is free here: a key is bound to its route.
        let answer = cancel(&stage, id, KEY, &json!({ "reason": "Заказала дважды 🙈" }));
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let expected = json!({ "id": id, "state": "cancelled", "cancelled_at": stage.now() });
        assert_eq!(answer.json(), expected);
        let order = stored(&stage, id);
        assert_eq!((order.state, order.timeline.last().unwrap().at), (State::Cancelled, stage.now()));
        assert_eq!(order.cancelled_by.unwrap().reason.as_deref(), Some("Заказала дважды 🙈"));
        let events = announced(&stage);
        assert_eq!(events.len(), 1, "from {state:?}");
        assert_eq!(events[0]["type"], "orders.order-cancelled.v1");
        assert_eq!(events[0]["data"], json!({ "order": id, "customer": customer().account }));
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
    let second = place_this(&stage, "the-key-of-another-order", &basket(2));
    assert_eq!(cancel(&stage, first, KEY, &json!({})).status_code, 200);
    assert_eq!(state(&stage, second), "placed");
    assert_eq!(cancel(&stage, second, KEY, &json!({ "reason": "Another" })).status_code, 200);
}

#[test]
fn an_order_that_is_packed_or_has_ended_is_not_cancelled() {
    for state in STATES {
        if [State::Placed, State::Reserved, State::Expiring, State::Paid].contains(&state) {
            continue;
        }
        let (stage, id) = order_in(state, 1);
        stage.calls();
        let refused = problem(&cancel(&stage, id, "another-key-than-before", &json!({})), 409, "not-cancellable");
        assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
        assert!(!stage.calls().iter().any(writes));
    }
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
    for path in NO_ORDERS {
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
    let (stage, id) = order_in(State::Placed, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert!(stage.deliver("mark-reserved", &reserved(stage, id))));
    assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
    stage.calm();
    let states: Vec<_> = stored(&stage, id).timeline.iter().map(|step| step.state).collect();
    assert_eq!(states, [State::Reserved, State::Cancelled]);
}

#[test]
fn a_payment_at_the_same_moment_does_not_undo_the_cancellation() {
    let (stage, id) = order_in(State::Reserved, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(cancel(stage, id, KEY, &json!({})).status_code, 200));
    let total = stored(&stage, id).total();
    assert!(stage.deliver("mark-paid", &paid(&stage, id, total)));
    stage.calm();
    assert_eq!(state(&stage, id), "cancelled");
    assert_eq!(kinds(&stage), ["orders.order-cancelled.v1"]);
}

#[test]
fn of_two_cancellations_at_once_one_is_made_and_the_other_refused() {
    let (stage, id) = order_in(State::Placed, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert_eq!(cancel(stage, id, "the-key-of-the-faster-one", &json!({})).status_code, 200);
    });
    problem(&cancel(&stage, id, KEY, &json!({})), 409, "not-cancellable");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-cancelled.v1"]);
}

#[test]
fn of_one_cancellation_sent_twice_at_once_both_get_the_same_reply() {
    let (stage, id) = order_in(State::Placed, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(cancel(stage, id, KEY, &json!({})).status_code, 200));
    let second = cancel(&stage, id, KEY, &json!({}));
    stage.calm();
    assert_eq!((second.status_code, second.body), (200, cancel(&stage, id, KEY, &json!({})).body));
    assert_eq!(kinds(&stage), ["orders.order-cancelled.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Placed, 1);
        first_write(&stage, fate);
        assert_eq!(cancel(&stage, id, KEY, &json!({})).status_code, 200);
        assert_eq!(kinds(&stage), ["orders.order-cancelled.v1"]);
    }
}
