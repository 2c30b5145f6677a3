//! `commit-stock`.

use crate::support::{
    COMMITTED, REJECTED, RELEASED, RESERVED, announced, announced_types, cancelled, counters, one_of_each, order, paid,
    placed, reserve, shelves, state, writes_made,
};
use catalog::reservation::{CHUNK, State};
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;

#[test]
fn what_was_set_aside_is_gone_by_one_write_and_that_is_announced() {
    let stage = shelves(2, 10);
    reserve(&stage, 1, &[(0, 3), (1, 10)]);
    announced(&stage);
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
    assert_eq!(writes_made(&stage), 1);
    assert_eq!((counters(&stage, 0), counters(&stage, 1)), (Some((7, 0, 3)), Some((0, 0, 10))));
    assert_eq!(state(&stage, 1), Some(State::Committed));
    assert_eq!(announced(&stage), [(COMMITTED.to_owned(), json!({ "order": order(1) }))]);
}

#[test]
fn a_repeated_event_sells_nothing_more() {
    let stage = shelves(1, 10);
    reserve(&stage, 1, &[(0, 3)]);
    for _ in 0..3 {
        assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
        assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 3)])), "a late repetition takes nothing");
    }
    assert_eq!(counters(&stage, 0), Some((7, 0, 3)));
    assert_eq!(announced_types(&stage), [RESERVED, COMMITTED]);
}

#[test]
fn orders_of_every_size_are_sold_whole() {
    for lines in [0, 1, CHUNK, CHUNK + 1, 674] {
        let stage = shelves(lines, 10);
        reserve(&stage, 1, &one_of_each(lines));
        stage.calls();
        assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
        assert_eq!(writes_made(&stage), lines.div_ceil(CHUNK).max(1), "{lines} lines");
        for n in 0..lines {
            assert_eq!(counters(&stage, n), Some((9, 0, 1)), "{lines} lines");
        }
        assert_eq!(announced_types(&stage), [RESERVED, COMMITTED], "{lines} lines");
    }
}

#[test]
fn a_payment_that_overtakes_its_reservation_comes_again() {
    let stage = shelves(1, 10);
    assert!(!stage.deliver("commit-stock", &paid(&stage, 1)));
    reserve(&stage, 1, &[(0, 3)]);
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
    assert_eq!(counters(&stage, 0), Some((7, 0, 3)));
}

#[test]
fn what_has_ended_stays_ended() {
    let stage = shelves(1, 10);
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert!(stage.deliver("reserve-stock", &placed(&stage, 2, &[(0, 11)])));
    for n in [1, 2] {
        assert!(stage.deliver("commit-stock", &paid(&stage, n)));
    }
    assert_eq!(counters(&stage, 0), Some((10, 0, 0)));
    assert_eq!(announced_types(&stage), [RELEASED, REJECTED]);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shelves(1, 10);
    reserve(&stage, 1, &[(0, 4)]);
    reports_only_what_it_cannot_read(&stage, "commit-stock", &paid(&stage, 1));
    assert_eq!(counters(&stage, 0), Some((6, 0, 4)));
}
