//! `mark-rejected`.

use crate::support::{KEY, customer, place, shop, sku, state, stored};
use contracts::catalog::{Shortage, StockRejected, StockReserved};
use kernel::OrderId;
use local::testing::{event, published, reports_only_what_it_cannot_read};
use orders::order::State;
use serde_json::json;

fn rejection(order: OrderId) -> StockRejected {
    StockRejected {
        order,
        short: vec![Shortage { sku: sku(0), wanted: 1, available: 0 }],
    }
}

#[test]
fn a_placed_order_becomes_rejected_once_and_keeps_what_was_short() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.settle().unwrap();
    stage.calls();
    let rejected = event(&stage, &rejection(id), 1, 1);
    assert!(stage.deliver("mark-rejected", &rejected));
    assert!(stage.deliver("mark-rejected", &rejected), "a repeated event is dealt with");
    let timeline = stored(&stage, id).timeline;
    assert_eq!(timeline.len(), 1);
    assert_eq!((&timeline[0].state, &timeline[0].short), (&State::Rejected, &rejection(id).short));
    stage.settle().unwrap();
    assert!(published(&stage).is_empty());
}

#[test]
fn an_order_that_moved_on_stays_as_it_is() {
    let stage = shop(1);
    let id = place(&stage, 1);
    assert!(stage.deliver("mark-reserved", &event(&stage, &StockReserved { order: id }, 1, 1)));
    assert!(stage.deliver("mark-rejected", &event(&stage, &rejection(id), 1, 2)));
    assert_eq!(state(&stage, id), "reserved");

    stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    assert!(stage.deliver("mark-rejected", &event(&stage, &rejection(id), 1, 3)));
    assert_eq!(state(&stage, id), "cancelled");
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    assert!(!stage.deliver("mark-rejected", &event(&stage, &rejection(OrderId::from_bits(9)), 1, 1)));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shop(1);
    let id = place(&stage, 1);
    reports_only_what_it_cannot_read(&stage, "mark-rejected", &event(&stage, &rejection(id), 1, 1));
    assert_eq!(state(&stage, id), "rejected");
}
