//! `reserve-stock`, `release-stock`, `commit-stock` and `restock-return` when they are interrupted, repeated at the same
//! time, or meet half-way.

use crate::support::{
    COMMITTED, REJECTED, RELEASED, RESERVED, all_stock_is, announced_types, before_write, cancelled, count, counters,
    dies_before_write, expired, one_of_each, paid, placed_one_of_each, reserve, returned, sell, shelves, state, stock,
};
use catalog::reservation::{CHUNK, State};
use local::faults::Fate;
use local::stage::Stage;
use serde_json::Value;
use std::sync::Arc;

/// As few as make three chunks.
const LINES: usize = 2 * CHUNK + 1;

#[test]
fn a_reservation_that_dies_at_any_write_is_finished_by_the_next_delivery() {
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        for nth in 0..3 {
            let stage = shelves(LINES, 10);
            let event = placed_one_of_each(&stage, 1, LINES);
            dies_before_write(&stage, nth, last.clone());
            assert!(!stage.deliver("reserve-stock", &event), "write {nth}, {last:?}");
            stage.calm();
            assert!(stage.deliver("reserve-stock", &event));
            all_stock_is(&stage, LINES, (9, 1));
            assert_eq!(announced_types(&stage), [RESERVED], "write {nth}, {last:?}");
        }
    }
}

#[test]
fn a_rejection_that_dies_at_any_write_is_finished_by_the_next_delivery() {
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        // Two chunks taken, the third refused, the shortage noted, two given back.
        for nth in 0..6 {
            let stage = shelves(LINES, 10);
            count(&stage, LINES - 1, 0);
            let event = placed_one_of_each(&stage, 1, LINES);
            dies_before_write(&stage, nth, last.clone());
            assert!(!stage.deliver("reserve-stock", &event), "write {nth}, {last:?}");
            stage.calm();
            assert!(stage.deliver("reserve-stock", &event));
            all_stock_is(&stage, LINES - 1, (10, 0));
            assert_eq!(announced_types(&stage), [REJECTED], "write {nth}, {last:?}");
        }
    }
}

#[test]
fn a_release_that_dies_at_any_write_is_finished_by_the_next_delivery() {
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        for nth in 0..3 {
            let stage = shelves(LINES, 10);
            assert!(stage.deliver("reserve-stock", &placed_one_of_each(&stage, 1, LINES)));
            dies_before_write(&stage, nth, last.clone());
            assert!(!stage.deliver("release-stock", &cancelled(&stage, 1)), "write {nth}, {last:?}");
            stage.calm();
            assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
            all_stock_is(&stage, LINES, (10, 0));
            assert_eq!(announced_types(&stage), [RESERVED, RELEASED], "write {nth}, {last:?}");
        }
    }
}

#[test]
fn an_order_that_is_cancelled_half_way_gives_everything_back() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        before_write(&stage, "reserve-stock", nth, |stage| {
            assert!(stage.deliver("release-stock", &cancelled(stage, 1)));
        });
        assert!(stage.deliver("reserve-stock", &placed_one_of_each(&stage, 1, LINES)));
        stage.calm();
        all_stock_is(&stage, LINES, (10, 0));
        assert_eq!(state(&stage, 1), Some(State::Released));
        assert_eq!(announced_types(&stage), [RELEASED], "cancelled before write {nth}");
    }
}

#[test]
fn an_order_that_arrives_while_its_cancellation_is_noted_gives_everything_back() {
    let stage = Arc::new(shelves(LINES, 10));
    before_write(&stage, "release-stock", 0, |stage| {
        assert!(stage.deliver("reserve-stock", &placed_one_of_each(stage, 1, LINES)));
    });
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    stage.calm();
    all_stock_is(&stage, LINES, (10, 0));
    assert_eq!(state(&stage, 1), Some(State::Released));
}

#[test]
fn a_release_that_a_late_order_meets_half_way_takes_nothing() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        let event = placed_one_of_each(&stage, 1, LINES);
        assert!(stage.deliver("reserve-stock", &event));
        before_write(&stage, "release-stock", nth, move |stage| {
            assert!(stage.deliver("reserve-stock", &event));
        });
        assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
        stage.calm();
        all_stock_is(&stage, LINES, (10, 0));
        assert_eq!(announced_types(&stage), [RESERVED, RELEASED], "met before write {nth}");
    }
}

#[test]
fn two_deliveries_of_one_order_at_the_same_time_take_its_goods_once() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        let event = placed_one_of_each(&stage, 1, LINES);
        meets_itself(&stage, nth, &event);
        all_stock_is(&stage, LINES, (9, 1));
        assert_eq!(announced_types(&stage), [RESERVED], "met before write {nth}");
    }
}

#[test]
fn two_deliveries_of_an_order_that_is_short_at_the_same_time_end_in_one_rejection() {
    // The chunks before it are taken, it is refused, that is noted, and what was taken is given back.
    for (missing, writes) in [(0, 2), (CHUNK, 4), (LINES - 1, 6)] {
        for nth in 0..writes {
            let stage = Arc::new(shelves(LINES, 10));
            count(&stage, missing, 0);
            let event = placed_one_of_each(&stage, 1, LINES);
            meets_itself(&stage, nth, &event);
            let when = format!("product {missing} is short, met before write {nth}");
            assert!(matches!(state(&stage, 1), Some(State::Rejected { .. })), "{when}: {:?}", state(&stage, 1));
            for n in (0..LINES).filter(|n| *n != missing) {
                assert_eq!(stock(&stage, n), Some((10, 0)), "{when}: product {n}");
            }
            assert_eq!(announced_types(&stage), [REJECTED], "{when}");
        }
    }
}

/// Delivers an order, and again before the `nth` write of the first delivery.
fn meets_itself(stage: &Arc<Stage>, nth: usize, event: &Value) {
    let again = event.clone();
    before_write(stage, "reserve-stock", nth, move |stage| assert!(stage.deliver("reserve-stock", &again)));
    assert!(stage.deliver("reserve-stock", event));
    stage.calm();
}

#[test]
fn goods_that_come_in_between_two_deliveries_are_never_taken_for_a_rejected_order() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        let missing = nth * CHUNK;
        count(&stage, missing, 0);
        let event = placed_one_of_each(&stage, 1, LINES);
        let again = event.clone();
        before_write(&stage, "reserve-stock", nth, move |stage| {
            assert!(stage.deliver("reserve-stock", &again));
            count(stage, missing, 10);
        });
        assert!(stage.deliver("reserve-stock", &event));
        stage.calm();
        all_stock_is(&stage, LINES, (10, 0));
        assert_eq!(announced_types(&stage), [REJECTED], "chunk {nth}");
    }
}

#[test]
fn a_commitment_that_dies_at_any_write_is_finished_by_the_next_delivery() {
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        for nth in 0..3 {
            let stage = shelves(LINES, 10);
            reserve(&stage, 1, &one_of_each(LINES));
            dies_before_write(&stage, nth, last.clone());
            assert!(!stage.deliver("commit-stock", &paid(&stage, 1)), "write {nth}, {last:?}");
            stage.calm();
            assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
            all_counters_are(&stage, (9, 0, 1));
            assert_eq!(announced_types(&stage), [RESERVED, COMMITTED], "write {nth}, {last:?}");
        }
    }
}

#[test]
fn two_deliveries_of_a_payment_at_the_same_time_sell_its_goods_once() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        reserve(&stage, 1, &one_of_each(LINES));
        // So that more of the same goods are set aside than this order's.
        reserve(&stage, 2, &one_of_each(LINES));
        let event = paid(&stage, 1);
        let again = event.clone();
        before_write(&stage, "commit-stock", nth, move |stage| assert!(stage.deliver("commit-stock", &again)));
        assert!(stage.deliver("commit-stock", &event));
        stage.calm();
        all_counters_are(&stage, (8, 1, 1));
    }
}

#[test]
fn a_return_that_dies_at_any_write_is_finished_by_the_next_delivery() {
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        for nth in 0..3 {
            let stage = shelves(LINES, 10);
            sell(&stage, 1, &one_of_each(LINES));
            let event = returned(&stage, 1, 1, &one_of_each(LINES));
            dies_before_write(&stage, nth, last.clone());
            assert!(!stage.deliver("restock-return", &event), "write {nth}, {last:?}");
            stage.calm();
            for _ in 0..2 {
                assert!(stage.deliver("restock-return", &event));
                all_counters_are(&stage, (10, 0, 0));
            }
        }
    }
}

#[test]
fn two_deliveries_of_a_return_at_the_same_time_put_its_goods_back_once() {
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        sell(&stage, 1, &one_of_each(LINES));
        let event = returned(&stage, 1, 1, &one_of_each(LINES));
        let again = event.clone();
        before_write(&stage, "restock-return", nth, move |stage| assert!(stage.deliver("restock-return", &again)));
        assert!(stage.deliver("restock-return", &event));
        stage.calm();
        all_counters_are(&stage, (10, 0, 0));
    }
}

#[test]
fn a_payment_and_an_end_that_cross_end_released() {
    // The three steps of a commitment, and the three of a release.
    for (first, then, payment_first) in [
        ("commit-stock", "release-stock", true),
        ("release-stock", "commit-stock", false),
    ] {
        for nth in 0..3 {
            for ended in [cancelled, expired] {
                let stage = Arc::new(shelves(LINES, 10));
                reserve(&stage, 1, &one_of_each(LINES));
                let (mut now, mut meanwhile) = (ended(&stage, 1), paid(&stage, 1));
                if payment_first {
                    std::mem::swap(&mut now, &mut meanwhile);
                }
                before_write(&stage, first, nth, move |stage| assert!(stage.deliver(then, &meanwhile)));
                assert!(stage.deliver(first, &now));
                stage.calm();
                let when = format!("{then} before write {nth} of {first}");
                assert_eq!(state(&stage, 1), Some(State::Released), "{when}");
                all_counters_are(&stage, (10, 0, 0));
                assert_eq!(announced_types(&stage).last().map(String::as_str), Some(RELEASED), "{when}");
            }
        }
    }
}

#[test]
fn a_return_and_a_cancellation_that_cross_put_everything_back_once() {
    // Orders do not let this happen; the shelves stay right even so.
    for nth in 0..3 {
        let stage = Arc::new(shelves(LINES, 10));
        sell(&stage, 1, &one_of_each(LINES));
        before_write(&stage, "restock-return", nth, |stage| {
            assert!(stage.deliver("release-stock", &cancelled(stage, 1)));
        });
        assert!(stage.deliver("restock-return", &returned(&stage, 1, 1, &one_of_each(LINES))));
        stage.calm();
        all_counters_are(&stage, (10, 0, 0));
        let expected = if nth == 0 { State::Released } else { State::Committed };
        assert_eq!(state(&stage, 1), Some(expected), "cancelled before write {nth}");
    }
}

/// Checks that all products stand at these counters.
fn all_counters_are(stage: &Stage, expected: (u32, u32, u64)) {
    for n in 0..LINES {
        assert_eq!(counters(stage, n), Some(expected), "product {n}");
    }
}
