//! `mark-paid`.

use crate::domain::STATES;
use crate::support::{
    QUARTER, announced, closed, customer, first_write, kinds, meanwhile, order_in, paid, reserved, reserved_order,
    shop, state, stored,
};
use kernel::{Currency, Money, OrderId};
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use orders::order::State;
use serde_json::json;
use std::sync::Arc;

/// What the order of these tests costs.
fn total() -> Money {
    Money::new(255, Currency::GBP)
}

#[test]
fn a_reserved_or_expiring_order_becomes_paid_once() {
    for from in [State::Reserved, State::Expiring] {
        let (stage, id) = order_in(from, 1);
        let paid = paid(&stage, id, total());
        assert!(stage.deliver("mark-paid", &paid));
        assert!(stage.deliver("mark-paid", &paid), "a repeated event is dealt with");
        assert_eq!(state(&stage, id), "paid");
        let events = announced(&stage);
        assert_eq!(events.len(), 1, "from {from:?}");
        assert_eq!(events[0]["type"], "orders.order-paid.v1");
        let expected = json!({ "order": id, "customer": customer().account, "total": total() });
        assert_eq!(events[0]["data"], expected);
    }
}

#[test]
fn an_order_that_is_paid_or_has_ended_stays_as_it_is() {
    for from in STATES {
        if [State::Placed, State::Reserved, State::Expiring].contains(&from) {
            continue;
        }
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        assert!(stage.deliver("mark-paid", &paid(&stage, id, total())), "{from:?}");
        assert_eq!(stored(&stage, id), before);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn another_amount_than_the_total_pays_nothing() {
    let (stage, id) = order_in(State::Reserved, 1);
    for amount in [
        Money::new(254, Currency::GBP),
        Money::new(256, Currency::GBP),
        Money::new(0, Currency::GBP),
        Money::new(255, Currency::EUR),
    ] {
        assert!(stage.deliver("mark-paid", &paid(&stage, id, amount)), "payments gives it back");
        assert_eq!(state(&stage, id), "reserved", "{amount}");
    }
    assert!(stage.deliver("mark-paid", &paid(&stage, id, total())), "the right one still does");
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-paid.v1"]);
}

#[test]
fn a_payment_that_overtakes_the_reservation_comes_again() {
    let (stage, id) = order_in(State::Placed, 1);
    let paid = paid(&stage, id, total());
    assert!(!stage.deliver("mark-paid", &paid));
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert!(stage.deliver("mark-paid", &paid));
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-reserved.v1", "orders.order-paid.v1"]);
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-paid", &paid(&stage, OrderId::from_bits(9), total())));
}

#[test]
fn of_payment_and_expiry_at_once_the_payment_wins() {
    let (stage, id) = order_in(State::Reserved, 1);
    let stage = Arc::new(stage);
    stage.pass(QUARTER);
    meanwhile(&stage, move |stage| assert!(stage.deliver("expire-order", &reserved_order(stage, id))));
    assert!(stage.deliver("mark-paid", &paid(&stage, id, total())));
    stage.calm();
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-expiring.v1", "orders.order-paid.v1"]);

    let (stage, id) = order_in(State::Expiring, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert!(stage.deliver("mark-paid", &paid(stage, id, total()))));
    assert!(stage.deliver("mark-expired", &closed(&stage, id)));
    stage.calm();
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-paid.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_pays_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Reserved, 1);
        first_write(&stage, fate);
        assert!(stage.deliver("mark-paid", &paid(&stage, id, total())));
        assert_eq!(kinds(&stage), ["orders.order-paid.v1"]);
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Reserved, 1);
    reports_only_what_it_cannot_read(&stage, "mark-paid", &paid(&stage, id, total()));
    assert_eq!(state(&stage, id), "paid");
}
