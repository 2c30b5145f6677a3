//! `ship-order`: what it alone does. What it shares with its neighbours is in `fulfilment`.

use crate::support::{announced, customer, kinds, manager, meanwhile, order_in, stored, writes};
use kernel::OrderId;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use orders::order::State;
use serde_json::{Value, json};
use std::sync::Arc;

fn ship(stage: &Stage, id: OrderId, body: &Value) -> HttpResponse {
    stage.ask("ship-order").by(&manager()).at(id).send(body)
}

#[test]
fn the_customer_and_others_learn_the_tracking_number() {
    for (body, tracking) in [
        (json!({ "tracking": "RM123456785GB" }), json!("RM123456785GB")),
        (json!({ "tracking": "Почта № 7 📦" }), json!("Почта № 7 📦")),
        (json!({ "tracking": null }), Value::Null),
        (json!({}), Value::Null),
    ] {
        let (stage, id) = order_in(State::Packed, 1);
        assert_eq!(ship(&stage, id, &body).status_code, 200);
        let view = stage.ask("get-order").by(&customer()).at(id).get().json();
        assert_eq!(view["tracking"], tracking);
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["type"], "orders.order-shipped.v1");
        assert_eq!(events[0]["data"]["tracking"], tracking);
    }
}

#[test]
fn the_tracking_number_that_was_told_stays() {
    let (told, other, none) = (json!({ "tracking": "RM1" }), json!({ "tracking": "RM2" }), json!({}));
    for (first, others, kept) in [
        (&told, [&other, &none], json!("RM1")),
        (&none, [&told, &other], Value::Null),
    ] {
        let (stage, id) = order_in(State::Packed, 1);
        assert_eq!(ship(&stage, id, first).status_code, 200);
        kinds(&stage);
        for body in others {
            let refused = problem(&ship(&stage, id, body), 409, "tracked-otherwise");
            assert_eq!(refused["tracking"], kept);
        }
        assert_eq!(ship(&stage, id, first).status_code, 200);
        assert!(!stage.calls().iter().any(writes));
        assert_eq!(json!(stored(&stage, id).tracking), kept);
    }
}

#[test]
fn of_two_numbers_at_once_one_is_told_and_the_other_refused() {
    let (stage, id) = order_in(State::Packed, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert_eq!(ship(stage, id, &json!({ "tracking": "faster" })).status_code, 200);
    });
    let refused = problem(&ship(&stage, id, &json!({ "tracking": "slower" })), 409, "tracked-otherwise");
    assert_eq!(refused["tracking"], "faster");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-shipped.v1"]);
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let (stage, id) = order_in(State::Packed, 1);
    for (body, field) in [
        (json!({ "tracking": "" }), "tracking"),
        (json!({ "tracking": "x".repeat(65) }), "tracking"),
        (json!({ "tracking": "a\nb" }), "tracking"),
        (json!({ "tracking": 1 }), "tracking"),
        (json!({ "carrier": "Royal Mail" }), "carrier"),
        (json!([]), "."),
        (json!(null), "."),
    ] {
        let refused = problem(&ship(&stage, id, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
    problem(&stage.ask("ship-order").by(&manager()).at(id).get(), 400, "invalid-body");
    assert!(!stage.calls().iter().any(writes));
}
