//! `mark-reserved`.

use crate::domain::STATES;
use crate::support::{
    KEY, QUARTER, announced, basket, closed, customer, first_write, kinds, order_in, paid, place, product, reserved,
    shop, state, stored,
};
use kernel::OrderId;
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use orders::order::State;
use serde_json::json;
use std::time::Duration;

#[test]
fn a_placed_order_becomes_reserved_once_and_tells_until_when_it_is_to_be_paid() {
    let (stage, id) = order_in(State::Placed, 1);
    stage.pass(Duration::from_secs(2));
    let reserved = reserved(&stage, id);
    assert!(stage.deliver("mark-reserved", &reserved));
    let until = stage.now().after(QUARTER);
    stage.pass(Duration::from_secs(5));
    assert!(stage.deliver("mark-reserved", &reserved), "a repeated event is dealt with");
    let order = stored(&stage, id);
    assert_eq!((order.state, order.timeline.len(), order.pay_until), (State::Reserved, 1, Some(until)));
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert_eq!(view["pay_until"], json!(until));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-reserved.v1");
    let total = json!({ "amount_minor": 255, "currency": "GBP" });
    let expected = json!({ "order": id, "customer": customer().account, "total": total, "pay_until": until });
    assert_eq!(events[0]["data"], expected);
}

#[test]
fn the_time_to_pay_is_the_deployments() {
    let (stage, id) = order_in(State::Placed, 1);
    stage.set("UNPAID_MINUTES", "5");
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert_eq!(stored(&stage, id).pay_until, Some(stage.now().after(Duration::from_secs(300))));
}

#[test]
fn an_order_that_moved_on_or_was_cancelled_first_stays_as_it_is() {
    for from in STATES.into_iter().filter(|from| *from != State::Placed) {
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        assert!(stage.deliver("mark-reserved", &reserved(&stage, id)), "{from:?}");
        assert_eq!(stored(&stage, id), before);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-reserved", &reserved(&stage, OrderId::from_bits(9))));
}

#[test]
fn an_order_that_costs_nothing_is_paid_at_once() {
    let stage = shop(0);
    assert!(stage.deliver("keep-price", &event(&stage, &product(0, 0), 1, 1)));
    let mut body = basket(1);
    body["expected_total"]["amount_minor"] = json!(0);
    let placed = stage.ask("place-order").by(&customer()).key(KEY).send(&body).json();
    let id: OrderId = placed["id"].as_str().unwrap().parse().unwrap();
    kinds(&stage);
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-reserved.v1", "orders.order-paid.v1"]);
    stage.pass(QUARTER);
    assert!(kinds(&stage).is_empty(), "nothing of it expires");
    assert!(stage.deliver("mark-paid", &paid(&stage, id, stored(&stage, id).total())));
    assert!(stage.deliver("mark-expired", &closed(&stage, id)));
    assert_eq!(state(&stage, id), "paid");
}

#[test]
fn a_lost_reply_of_the_table_moves_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Placed, 1);
        first_write(&stage, fate);
        assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
        assert_eq!(stored(&stage, id).timeline.len(), 1);
        assert_eq!(kinds(&stage), ["orders.order-reserved.v1"]);
    }
}

#[test]
fn a_large_order_keeps_its_lines_when_it_moves_on() {
    let stage = shop(120);
    let id = place(&stage, 120);
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert_eq!(view["lines"].as_array().map(Vec::len), Some(120));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Placed, 1);
    reports_only_what_it_cannot_read(&stage, "mark-reserved", &reserved(&stage, id));
    assert_eq!(state(&stage, id), "reserved");
}
