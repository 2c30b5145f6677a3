//! `expire-order`.

use crate::domain::STATES;
use crate::support::{
    QUARTER, announced, basket, bring, customer, first_write, kinds, meanwhile, order_in, paid, place, place_this,
    reserved, reserved_order, shop, state, stored,
};
use contracts::orders::OrderReserved;
use kernel::OrderId;
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use orders::order::State;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn an_unpaid_order_expires_at_the_very_time_and_not_a_moment_before() {
    let stage = shop(1);
    let id = place(&stage, 1);
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    assert_eq!(kinds(&stage), ["orders.order-placed.v1", "orders.order-reserved.v1"]);
    assert_eq!(stage.cloud.plane().waiting(), 1, "the queue holds it back");
    stage.pass(QUARTER - MOMENT);
    assert!(kinds(&stage).is_empty());
    assert_eq!((state(&stage, id).as_str(), stage.cloud.plane().waiting()), ("reserved", 1));
    stage.pass(MOMENT);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-expiring.v1");
    assert_eq!(events[0]["data"], json!({ "order": id, "customer": customer().account }));
    assert_eq!((state(&stage, id).as_str(), stage.cloud.plane().waiting()), ("expiring", 0));
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert!(view["pay_until"].is_null(), "it is too late to pay");
}

#[test]
fn a_message_that_comes_too_early_comes_again() {
    let (stage, id) = order_in(State::Reserved, 1);
    let reserved = reserved_order(&stage, id);
    assert!(!stage.deliver("expire-order", &reserved));
    stage.pass(QUARTER - MOMENT);
    assert!(!stage.deliver("expire-order", &reserved));
    assert_eq!(state(&stage, id), "reserved");
    stage.pass(MOMENT);
    assert!(stage.deliver("expire-order", &reserved));
    assert!(stage.deliver("expire-order", &reserved), "a repeated event is dealt with");
    assert_eq!(kinds(&stage), ["orders.order-expiring.v1"]);
}

#[test]
fn an_order_that_is_paid_at_that_moment_stays_paid() {
    let (stage, id) = order_in(State::Reserved, 1);
    let stage = Arc::new(stage);
    stage.pass(QUARTER);
    meanwhile(&stage, move |stage| {
        assert!(stage.deliver("mark-paid", &paid(stage, id, stored(stage, id).total())))
    });
    assert!(stage.deliver("expire-order", &reserved_order(&stage, id)));
    stage.calm();
    assert_eq!(state(&stage, id), "paid");
    assert_eq!(kinds(&stage), ["orders.order-paid.v1"]);
}

#[test]
fn a_shorter_time_to_pay_ends_with_the_quarter_as_well() {
    let (stage, id) = order_in(State::Placed, 1);
    stage.set("UNPAID_MINUTES", "5");
    assert!(stage.deliver("mark-reserved", &reserved(&stage, id)));
    kinds(&stage);
    stage.pass(QUARTER - MOMENT);
    assert!(kinds(&stage).is_empty());
    stage.pass(MOMENT);
    assert_eq!(kinds(&stage), ["orders.order-expiring.v1"]);
}

#[test]
fn an_order_that_was_paid_or_has_ended_stays_as_it_is() {
    for from in STATES {
        if [State::Placed, State::Reserved, State::Rejected].contains(&from) {
            continue;
        }
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        stage.pass(QUARTER);
        assert!(kinds(&stage).is_empty(), "{from:?}");
        assert_eq!(stored(&stage, id), before);
    }
}

#[test]
fn of_many_orders_those_expire_whose_time_is_over() {
    let stage = shop(1);
    let orders: Vec<OrderId> = (0..12)
        .map(|n| {
            let id = place_this(&stage, &format!("the-key-of-order-{n:03}"), &basket(1));
            bring(&stage, id, State::Reserved);
            stage.settle().unwrap();
            id
        })
        .collect();
    // The last of them was reserved just now, and each of them ten seconds after the one before.
    stage.pass(QUARTER - Duration::from_secs(55));
    assert!(stage.deliver("mark-paid", &paid(&stage, orders[3], stored(&stage, orders[3]).total())));
    stage.settle().unwrap();
    let states: Vec<String> = orders.iter().map(|id| state(&stage, *id)).collect();
    let expected = |n| match n {
        3 => "paid",
        0..=5 => "expiring",
        _ => "reserved",
    };
    assert_eq!(states, (0..12).map(expected).collect::<Vec<_>>());
    assert_eq!(stage.cloud.plane().waiting(), 6);
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let (stage, id) = order_in(State::Reserved, 1);
    let (order, customer, total) = (OrderId::from_bits(9), customer().account, stored(&stage, id).total());
    let unknown = OrderReserved { order, customer, total, pay_until: stage.now() };
    assert!(!stage.deliver("expire-order", &event(&stage, &unknown, 1, 1)));
}

#[test]
fn a_lost_reply_of_the_table_moves_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, _) = order_in(State::Reserved, 1);
        stage.pass(QUARTER);
        first_write(&stage, fate);
        assert_eq!(kinds(&stage), ["orders.order-expiring.v1"]);
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Reserved, 1);
    stage.pass(QUARTER);
    reports_only_what_it_cannot_read(&stage, "expire-order", &reserved_order(&stage, id));
    assert_eq!(state(&stage, id), "expiring");
}
