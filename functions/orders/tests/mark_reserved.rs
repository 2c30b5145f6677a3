//! `mark-reserved`.

use crate::support::{KEY, customer, place, shop, state, stored, writes};
use contracts::catalog::StockReserved;
use kernel::OrderId;
use local::faults::Fate;
use local::testing::{event, published, reports_only_what_it_cannot_read};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_placed_order_becomes_reserved_once_and_nobody_else_is_told() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.settle().unwrap();
    stage.calls();
    let reserved = event(&stage, &StockReserved { order: id }, 1, 1);
    assert!(stage.deliver("mark-reserved", &reserved));
    assert!(stage.deliver("mark-reserved", &reserved), "a repeated event is dealt with");
    assert_eq!(state(&stage, id), "reserved");
    assert_eq!(stored(&stage, id).timeline.len(), 1);
    stage.settle().unwrap();
    assert!(published(&stage).is_empty(), "an order that moved on drags no old outbox along");
}

#[test]
fn an_order_that_was_cancelled_first_stays_cancelled() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    assert!(stage.deliver("mark-reserved", &event(&stage, &StockReserved { order: id }, 1, 1)));
    assert_eq!(state(&stage, id), "cancelled");
    assert_eq!(stored(&stage, id).timeline.len(), 1);
}

#[test]
fn an_order_that_is_not_here_comes_again() {
    let stage = shop(1);
    let unknown = event(&stage, &StockReserved { order: OrderId::from_bits(9) }, 1, 1);
    assert!(!stage.deliver("mark-reserved", &unknown));
}

#[test]
fn a_lost_reply_of_the_table_moves_the_order_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = shop(1);
        let id = place(&stage, 1);
        let broken = AtomicUsize::new(0);
        stage.interfere(move |call| match writes(call) && broken.fetch_add(1, Ordering::Relaxed) == 0 {
            true => fate.clone(),
            false => Fate::Answered,
        });
        assert!(stage.deliver("mark-reserved", &event(&stage, &StockReserved { order: id }, 1, 1)));
        assert_eq!(stored(&stage, id).timeline.len(), 1);
    }
}

#[test]
fn a_large_order_keeps_its_lines_when_it_moves_on() {
    let stage = shop(120);
    let id = place(&stage, 120);
    assert!(stage.deliver("mark-reserved", &event(&stage, &StockReserved { order: id }, 1, 1)));
    let view = stage.ask("get-order").by(&customer()).at(id).get().json();
    assert_eq!(view["lines"].as_array().map(Vec::len), Some(120));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shop(1);
    let id = place(&stage, 1);
    let reserved = event(&stage, &StockReserved { order: id }, 1, 1);
    reports_only_what_it_cannot_read(&stage, "mark-reserved", &reserved);
    assert_eq!(state(&stage, id), "reserved");
}
