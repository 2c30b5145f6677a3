//! `release-stock`.

use crate::support::{
    COMMITTED, REJECTED, RELEASED, RESERVED, all_stock_is, announced, announced_types, cancelled, counters, expired,
    order, paid, placed, reserve, returned, sell, shelves, state, stock, writes_made,
};
use catalog::reservation::State;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;

#[test]
fn what_was_set_aside_is_available_again_by_one_write_and_that_is_announced() {
    let stage = shelves(2, 10);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 3), (1, 10)])));
    announced(&stage);
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert_eq!(writes_made(&stage), 1);
    all_stock_is(&stage, 2, (10, 0));
    assert_eq!(state(&stage, 1), Some(State::Released));
    assert_eq!(announced(&stage), [(RELEASED.to_owned(), json!({ "order": order(1) }))]);
}

#[test]
fn another_orders_goods_stay_set_aside() {
    let stage = shelves(1, 10);
    for n in [1, 2] {
        assert!(stage.deliver("reserve-stock", &placed(&stage, n, &[(0, 4)])));
    }
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert_eq!(stock(&stage, 0), Some((6, 4)));
    assert_eq!(state(&stage, 2), Some(State::Reserved));
}

#[test]
fn a_repeated_event_gives_nothing_more_back() {
    let stage = shelves(1, 10);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 4)])));
    for _ in 0..3 {
        assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
        assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 4)])), "a late repetition takes nothing");
    }
    assert_eq!(stock(&stage, 0), Some((10, 0)));
    assert_eq!(announced_types(&stage), [RESERVED, RELEASED]);
}

#[test]
fn a_cancellation_that_overtakes_its_order_is_announced_once() {
    let stage = shelves(0, 0);
    for _ in 0..3 {
        assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    }
    assert_eq!(state(&stage, 1), Some(State::Released));
    assert_eq!(announced(&stage), [(RELEASED.to_owned(), json!({ "order": order(1) }))]);
}

#[test]
fn an_order_that_was_rejected_stays_rejected() {
    let stage = shelves(1, 1);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 2)])));
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert!(matches!(state(&stage, 1), Some(State::Rejected { .. })));
    assert_eq!(stock(&stage, 0), Some((1, 0)));
    assert_eq!(announced_types(&stage), [REJECTED]);
}

#[test]
fn an_order_that_was_not_paid_is_given_back_like_one_that_was_cancelled() {
    let stage = shelves(1, 10);
    reserve(&stage, 1, &[(0, 4)]);
    for event in [expired, cancelled, expired] {
        assert!(stage.deliver("release-stock", &event(&stage, 1)));
    }
    assert_eq!(stock(&stage, 0), Some((10, 0)));
    assert_eq!(announced_types(&stage), [RESERVED, RELEASED]);
}

#[test]
fn a_paid_order_that_is_cancelled_is_available_again() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 4)]);
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert_eq!(counters(&stage, 0), Some((10, 0, 0)));
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)), "a late repetition sells nothing");
    assert_eq!(counters(&stage, 0), Some((10, 0, 0)));
    assert_eq!(announced_types(&stage), [RESERVED, COMMITTED, RELEASED]);
}

#[test]
fn what_came_back_is_not_given_back_again() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 4)]);
    assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &[(0, 1)])));
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert_eq!(counters(&stage, 0), Some((7, 0, 3)), "an order that goods came back from was delivered");
    assert_eq!(state(&stage, 1), Some(State::Committed));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shelves(1, 10);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 4)])));
    reports_only_what_it_cannot_read(&stage, "release-stock", &cancelled(&stage, 1));
    assert_eq!(stock(&stage, 0), Some((10, 0)));
}
