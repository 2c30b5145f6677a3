//! `reserve-stock`.

use crate::support::{
    REJECTED, RELEASED, RESERVED, all_stock_is, announced, announced_types, before_write, cancelled, count, count_at,
    is_known, order, placed, placed_one_of_each, reservation, reserve, shelves, sku, state, stock, stock_at, writes,
    writes_made,
};
use catalog::reservation::{CHUNK, State};
use local::faults::Fate;
use local::outside::Answer;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn the_goods_of_an_order_are_set_aside_by_one_write_and_that_is_announced() {
    let stage = shelves(2, 10);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 3), (1, 10)])));
    assert_eq!(writes_made(&stage), 1);
    assert_eq!((stock(&stage, 0), stock(&stage, 1)), (Some((7, 3)), Some((0, 10))));
    assert_eq!(state(&stage, 1), Some(State::Reserved));
    assert_eq!(announced(&stage), [(RESERVED.to_owned(), json!({ "order": order(1) }))]);
}

#[test]
fn lines_of_one_sku_are_taken_together() {
    let stage = shelves(2, 5);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 2), (1, 1), (0, 3)])));
    assert_eq!((stock(&stage, 0), stock(&stage, 1)), (Some((0, 5)), Some((4, 1))));
    assert!(stage.deliver("reserve-stock", &placed(&stage, 2, &[(1, 2), (1, 3)])));
    assert_eq!(state(&stage, 2).map(|state| matches!(state, State::Rejected { .. })), Some(true));
}

#[test]
fn when_something_is_short_nothing_is_set_aside_and_the_shortage_is_announced() {
    let stage = shelves(3, 5);
    assert!(!is_known(&stage, 3));
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 5), (1, 6), (2, 9), (3, 1)])));
    all_stock_is(&stage, 3, (5, 0));
    let short = json!([
        { "sku": sku(1), "wanted": 6, "available": 5 },
        { "sku": sku(2), "wanted": 9, "available": 5 },
        { "sku": sku(3), "wanted": 1, "available": 0 },
    ]);
    assert_eq!(announced(&stage), [(REJECTED.to_owned(), json!({ "order": order(1), "short": short }))]);
    assert_eq!(stock(&stage, 3), None, "what was never counted is not invented");
}

#[test]
fn a_rejected_order_stays_rejected_when_goods_come() {
    let stage = shelves(1, 1);
    let event = placed(&stage, 1, &[(0, 2)]);
    assert!(stage.deliver("reserve-stock", &event));
    count(&stage, 0, 100);
    assert!(stage.deliver("reserve-stock", &event));
    assert_eq!(stock(&stage, 0), Some((100, 0)));
    assert_eq!(announced_types(&stage), [REJECTED]);
}

#[test]
fn a_repeated_event_takes_nothing_more() {
    for lines in [1, CHUNK + 1] {
        let stage = shelves(lines, 10);
        let event = placed_one_of_each(&stage, 1, lines);
        for _ in 0..5 {
            assert!(stage.deliver("reserve-stock", &event));
        }
        all_stock_is(&stage, lines, (9, 1));
        assert_eq!(announced_types(&stage), [RESERVED]);
    }
}

#[test]
fn the_last_one_goes_to_the_first_order() {
    let stage = shelves(1, 1);
    for n in 1..=3 {
        assert!(stage.deliver("reserve-stock", &placed(&stage, n, &[(0, 1)])));
    }
    assert_eq!(stock(&stage, 0), Some((0, 1)));
    assert_eq!(announced_types(&stage), [RESERVED, REJECTED, REJECTED]);
}

#[test]
fn orders_of_every_size_are_set_aside_whole_and_given_back_whole() {
    for lines in [1, 51, 98, 99, 100, 196, 197, 1000] {
        let stage = shelves(lines, 10);
        assert!(stage.deliver("reserve-stock", &placed_one_of_each(&stage, 1, lines)));
        assert_eq!(writes_made(&stage), lines.div_ceil(CHUNK), "{lines} lines");
        assert_eq!(state(&stage, 1), Some(State::Reserved), "{lines} lines");
        all_stock_is(&stage, lines, (9, 1));
        assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
        all_stock_is(&stage, lines, (10, 0));
        assert_eq!(announced_types(&stage), [RESERVED, RELEASED], "{lines} lines");
    }
}

#[test]
fn a_large_order_that_is_rejected_in_any_chunk_gives_everything_back() {
    for (lines, shortages) in [(CHUNK + 1, vec![0, CHUNK - 1, CHUNK]), (674, vec![337])] {
        let stage = shelves(lines, 10);
        for (n, missing) in (1..).zip(shortages) {
            count(&stage, missing, 0);
            assert!(stage.deliver("reserve-stock", &placed_one_of_each(&stage, n, lines)));
            count(&stage, missing, 10);
            all_stock_is(&stage, lines, (10, 0));
            let short = json!([{ "sku": sku(missing), "wanted": 1, "available": 0 }]);
            let expected = (REJECTED.to_owned(), json!({ "order": order(n), "short": short }));
            assert_eq!(announced(&stage), [expected], "line {missing} of {lines}");
        }
    }
}

#[test]
fn an_order_that_was_cancelled_first_takes_nothing() {
    for lines in [1, 250] {
        let stage = shelves(lines, 10);
        assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
        assert!(stage.deliver("reserve-stock", &placed_one_of_each(&stage, 1, lines)));
        all_stock_is(&stage, lines, (10, 0));
        assert_eq!(state(&stage, 1), Some(State::Released));
        assert_eq!(announced_types(&stage), [RELEASED]);
    }
}

#[test]
fn orders_that_meet_on_a_sku_are_tried_again() {
    let stage = shelves(1, 10);
    let conflicts = AtomicUsize::new(0);
    stage.interfere(move |call| match writes(call) && conflicts.fetch_add(1, Ordering::Relaxed) < 3 {
        true => Fate::Instead(conflict()),
        false => Fate::Answered,
    });
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 1)])));
    stage.calm();
    assert_eq!(stock(&stage, 0), Some((9, 1)));
    assert_eq!(announced_types(&stage), [RESERVED]);
}

#[test]
fn an_order_that_keeps_meeting_others_comes_again() {
    let stage = shelves(1, 10);
    let event = placed(&stage, 1, &[(0, 1)]);
    stage.interfere(|call| if writes(call) { Fate::Instead(conflict()) } else { Fate::Answered });
    assert!(!stage.deliver("reserve-stock", &event));
    assert_eq!((stock(&stage, 0), state(&stage, 1)), (Some((10, 0)), None));
    stage.calm();
    assert!(stage.deliver("reserve-stock", &event));
    assert_eq!(stock(&stage, 0), Some((9, 1)));
}

/// DynamoDB's answer when another transaction holds one of the items: it names no shortage.
fn conflict() -> Answer {
    let reasons = json!([{ "Code": "None" }, { "Code": "TransactionConflict", "Message": "Transaction is ongoing" }]);
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    Answer::new(400, body.to_string())
}

#[test]
fn goods_that_another_order_takes_in_between_are_short() {
    let stage = Arc::new(shelves(1, 1));
    before_write(&stage, "reserve-stock", 0, |stage| reserve(stage, 2, &[(0, 1)]));
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 1)])));
    stage.calm();
    assert_eq!(stock(&stage, 0), Some((0, 1)));
    assert_eq!((state(&stage, 2), announced_types(&stage).len()), (Some(State::Reserved), 2));
}

#[test]
fn of_fifty_who_want_the_last_one_at_the_same_time_one_gets_it() {
    // Each buyer's call is made from within the call of the one before.
    let buyers = std::thread::Builder::new().stack_size(256 << 20).spawn(fifty_want_the_last_one).unwrap();
    buyers.join().unwrap();
}

fn fifty_want_the_last_one() {
    const BUYERS: u128 = 50;
    let stage = Arc::new(shelves(1, 1));
    // Each has seen that it has no reservation yet when the next one begins; then all of them write.
    let (other, begun) = (stage.clone(), AtomicUsize::new(1));
    stage.interfere(move |call| {
        let next = if writes(call) { begun.fetch_add(1, Ordering::Relaxed) as u128 + 1 } else { u128::MAX };
        if next <= BUYERS {
            assert!(other.deliver("reserve-stock", &placed(&other, next, &[(0, 1)])));
        }
        Fate::Answered
    });
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 1)])));
    stage.calm();
    let ended =
        |wanted: fn(&State) -> bool| (1..=BUYERS).filter(|n| state(&stage, *n).as_ref().is_some_and(wanted)).count();
    assert_eq!(ended(|state| *state == State::Reserved), 1);
    assert_eq!(ended(|state| matches!(state, State::Rejected { .. })), 49);
    assert_eq!(stock(&stage, 0), Some((0, 1)));
    let announced = announced_types(&stage);
    assert_eq!(announced.iter().filter(|kind| *kind == RESERVED).count(), 1);
    assert_eq!(announced.iter().filter(|kind| *kind == REJECTED).count(), 49);
}

#[test]
fn an_order_of_nothing_is_reserved_at_once() {
    let stage = shelves(1, 10);
    for _ in 0..2 {
        assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[])));
        assert_eq!(state(&stage, 1), Some(State::Reserved));
    }
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    assert_eq!(state(&stage, 1), Some(State::Released));
    assert_eq!(announced_types(&stage), [RESERVED, RELEASED]);
}

#[test]
fn each_sku_comes_from_the_first_location_that_has_enough() {
    let stage = shelves(3, 0);
    stage.set("STOCK_LOCATIONS", "main leeds paris");
    for (n, location, on_hand) in [
        (0, "main", 5),
        (0, "leeds", 5),
        (1, "main", 1),
        (1, "leeds", 2),
        (2, "paris", 9),
    ] {
        count_at(&stage, n, location, on_hand);
    }
    stage.calls();
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 5), (1, 2), (2, 1)])));
    assert_eq!(writes_made(&stage), 3, "asked at three locations");
    assert_eq!(state(&stage, 1), Some(State::Reserved));
    let at = |n, location| stock_at(&stage, n, location).map(|stock| (stock.available, stock.reserved));
    assert_eq!((at(0, "main"), at(0, "leeds")), (Some((0, 5)), Some((5, 0))));
    assert_eq!((at(1, "main"), at(1, "leeds")), (Some((1, 0)), Some((0, 2))));
    assert_eq!((at(2, "main"), at(2, "paris")), (Some((0, 0)), Some((8, 1))));

    stage.set("STOCK_LOCATIONS", "main");
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)), "it knows where the goods came from");
    assert_eq!((at(0, "main"), at(1, "leeds"), at(2, "paris")), (Some((5, 0)), Some((2, 0)), Some((9, 0))));
}

#[test]
fn what_no_location_has_enough_of_is_short_by_the_most_that_there_is() {
    let stage = shelves(2, 2);
    stage.set("STOCK_LOCATIONS", "main leeds");
    count_at(&stage, 0, "leeds", 3);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 4), (1, 1)])));
    let short = json!([{ "sku": sku(0), "wanted": 4, "available": 3 }]);
    let announced = announced(&stage);
    assert_eq!(announced, [(REJECTED.to_owned(), json!({ "order": order(1), "short": short }))]);
    all_stock_is(&stage, 2, (2, 0));
}

#[test]
fn the_usual_reservation_never_waits() {
    let stage = shelves(2, 10);
    reserve(&stage, 1, &[(0, 1), (1, 1)]);
    assert_eq!(reservation(&stage, 1).unwrap().waits, None, "it is in no index");
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shelves(1, 10);
    reports_only_what_it_cannot_read(&stage, "reserve-stock", &placed(&stage, 1, &[(0, 1)]));
    assert_eq!(stock(&stage, 0), Some((9, 1)));
}
