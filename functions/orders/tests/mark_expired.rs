//! `mark-expired`.

use crate::domain::STATES;
use crate::support::{announced, closed, customer, first_write, kinds, order_in, paid, shop, state, stored};
use kernel::OrderId;
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use orders::order::State;
use serde_json::json;

#[test]
fn an_expiring_order_becomes_expired_once() {
    let (stage, id) = order_in(State::Expiring, 1);
    let closed = closed(&stage, id);
    assert!(stage.deliver("mark-expired", &closed));
    assert!(stage.deliver("mark-expired", &closed), "a repeated event is dealt with");
    assert_eq!(state(&stage, id), "expired");
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-expired.v1");
    assert_eq!(events[0]["data"], json!({ "order": id, "customer": customer().account }));
}

#[test]
fn an_order_that_is_not_expiring_stays_as_it_is() {
    for from in STATES.into_iter().filter(|from| *from != State::Expiring) {
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        assert!(stage.deliver("mark-expired", &closed(&stage, id)), "{from:?}");
        assert_eq!(stored(&stage, id), before);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn a_payment_after_the_end_does_not_bring_the_order_back() {
    let (stage, id) = order_in(State::Expired, 1);
    assert!(stage.deliver("mark-paid", &paid(&stage, id, stored(&stage, id).total())));
    assert_eq!(state(&stage, id), "expired");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-expired", &closed(&stage, OrderId::from_bits(9))));
}

#[test]
fn a_lost_reply_of_the_table_ends_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Expiring, 1);
        first_write(&stage, fate);
        assert!(stage.deliver("mark-expired", &closed(&stage, id)));
        assert_eq!(kinds(&stage), ["orders.order-expired.v1"]);
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Expiring, 1);
    reports_only_what_it_cannot_read(&stage, "mark-expired", &closed(&stage, id));
    assert_eq!(state(&stage, id), "expired");
}
