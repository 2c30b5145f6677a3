//! `mark-refunded`.

use crate::domain::{STATES, pounds};
use crate::support::{announced, customer, first_write, kinds, meanwhile, order_in, refunded, shop, stored};
use kernel::{Currency, Money, OrderId};
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use orders::order::State;
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_refund_is_kept_and_announced_once_in_whatever_state() {
    for from in STATES {
        let (stage, id) = order_in(from, 1);
        let refund = refunded(&stage, id, 1, pounds(100));
        assert!(stage.deliver("mark-refunded", &refund));
        assert!(stage.deliver("mark-refunded", &refund), "a repeated event is dealt with");
        let order = stored(&stage, id);
        assert_eq!((order.state, order.refunded()), (from, pounds(100)));
        let events = announced(&stage);
        assert_eq!(events.len(), 1, "{from:?}");
        assert_eq!(events[0]["type"], "orders.order-refunded.v1");
        let expected = json!({ "order": id, "customer": customer().account, "amount": pounds(100) });
        assert_eq!(events[0]["data"], expected);
    }
}

#[test]
fn each_refund_counts() {
    let (stage, id) = order_in(State::Delivered, 1);
    for n in 1..=3 {
        assert!(stage.deliver("mark-refunded", &refunded(&stage, id, n, pounds(50))));
    }
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 2, pounds(50))), "late and known");
    assert_eq!(announced(&stage).len(), 3);
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert_eq!(view["refunded"], json!(pounds(150)));
}

#[test]
fn two_refunds_at_once_both_count() {
    let (stage, id) = order_in(State::Delivered, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert!(stage.deliver("mark-refunded", &refunded(stage, id, 2, pounds(50))));
    });
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(100))));
    stage.calm();
    assert_eq!(stored(&stage, id).refunded(), pounds(150));
    assert_eq!(kinds(&stage).len(), 2);
}

#[test]
fn a_refund_that_does_not_add_up_is_for_people_to_look_into() {
    let (stage, id) = order_in(State::Delivered, 1);
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(100))));
    kinds(&stage);
    for amount in [Money::new(100, Currency::EUR), pounds(i64::MAX)] {
        assert!(!stage.deliver("mark-refunded", &refunded(&stage, id, 2, amount)));
    }
    assert!(stage.log().last().unwrap().contains("\"retryable\":false"), "it ends among the dead letters");
    assert_eq!(stored(&stage, id).refunded(), pounds(100));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-refunded", &refunded(&stage, OrderId::from_bits(9), 1, pounds(1))));
}

#[test]
fn a_lost_reply_of_the_table_refunds_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Delivered, 1);
        first_write(&stage, fate);
        assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(100))));
        assert_eq!(stored(&stage, id).refunded(), pounds(100));
        assert_eq!(kinds(&stage), ["orders.order-refunded.v1"]);
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Delivered, 1);
    reports_only_what_it_cannot_read(&stage, "mark-refunded", &refunded(&stage, id, 1, pounds(100)));
    assert_eq!(stored(&stage, id).refunded(), pounds(100));
}
