//! `mark-rejected`.

use crate::domain::STATES;
use crate::support::{announced, customer, first_write, kinds, order_in, rejected, shop, sku, state, stored};
use kernel::OrderId;
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use orders::order::State;
use serde_json::json;

#[test]
fn a_placed_order_becomes_rejected_once_and_keeps_what_was_short() {
    let (stage, id) = order_in(State::Placed, 1);
    let rejected = rejected(&stage, id);
    assert!(stage.deliver("mark-rejected", &rejected));
    assert!(stage.deliver("mark-rejected", &rejected), "a repeated event is dealt with");
    let timeline = stored(&stage, id).timeline;
    assert_eq!((timeline.len(), timeline[0].state), (1, State::Rejected));
    let short = json!([{ "sku": sku(0), "wanted": 1, "available": 0 }]);
    assert_eq!(serde_json::to_value(&timeline[0].short).unwrap(), short);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-rejected.v1");
    assert_eq!(events[0]["data"], json!({ "order": id, "customer": customer().account }));
}

#[test]
fn an_order_that_moved_on_stays_as_it_is() {
    for from in STATES.into_iter().filter(|from| *from != State::Placed) {
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        assert!(stage.deliver("mark-rejected", &rejected(&stage, id)), "{from:?}");
        assert_eq!(stored(&stage, id), before);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-rejected", &rejected(&stage, OrderId::from_bits(9))));
}

#[test]
fn a_lost_reply_of_the_table_moves_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = order_in(State::Placed, 1);
        first_write(&stage, fate);
        assert!(stage.deliver("mark-rejected", &rejected(&stage, id)));
        assert_eq!(kinds(&stage), ["orders.order-rejected.v1"]);
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let (stage, id) = order_in(State::Placed, 1);
    reports_only_what_it_cannot_read(&stage, "mark-rejected", &rejected(&stage, id));
    assert_eq!(state(&stage, id), "rejected");
}
