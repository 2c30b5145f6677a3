//! `sweep-reservations`.

use crate::support::{
    COMMITTED, REJECTED, RELEASED, RESERVED, announced, announced_types, cancelled, counters, dies_before_write,
    one_of_each, order, paid, placed_one_of_each, reserve, shelves, state, writes,
};
use catalog::reservation::{CHUNK, State};
use local::faults::Fate;
use local::stage::Stage;
use serde_json::{Value, json};
use std::time::Duration;

/// As few as make three chunks.
const LINES: usize = 2 * CHUNK + 1;
const PATIENCE: Duration = Duration::from_secs(2 * 3600);

/// The process of a function dies after two steps, and its event is lost.
fn dies_half_way(stage: &Stage, function: &str, event: &Value) {
    dies_before_write(stage, 2, Fate::NeverSent);
    assert!(!stage.deliver(function, event));
    stage.calm();
    announced(stage);
}

fn all_counters_are(stage: &Stage, expected: (u32, u32, u64)) {
    for n in 0..LINES {
        assert_eq!(counters(stage, n), Some(expected), "product {n}");
    }
}

#[test]
fn an_order_that_was_not_set_aside_whole_is_given_back_and_rejected() {
    let stage = shelves(LINES, 10);
    let event = placed_one_of_each(&stage, 1, LINES);
    dies_half_way(&stage, "reserve-stock", &event);
    assert_eq!(state(&stage, 1), Some(State::Reserving { taken: 2 }));
    stage.pass(PATIENCE);
    assert!(stage.start("sweep-reservations"));
    all_counters_are(&stage, (10, 0, 0));
    let rejected = (REJECTED.to_owned(), json!({ "order": order(1), "short": [] }));
    assert_eq!(announced(&stage), [rejected], "nothing was short");
    assert!(stage.deliver("reserve-stock", &event), "redriven after that, it takes nothing");
    all_counters_are(&stage, (10, 0, 0));
}

#[test]
fn what_is_being_given_back_or_sold_goes_on() {
    for (function, event, expected, end) in [
        ("release-stock", cancelled as fn(&Stage, u128) -> Value, (10, 0, 0), RELEASED),
        ("commit-stock", paid, (9, 0, 1), COMMITTED),
    ] {
        let stage = shelves(LINES, 10);
        reserve(&stage, 1, &one_of_each(LINES));
        dies_half_way(&stage, function, &event(&stage, 1));
        stage.pass(PATIENCE);
        assert!(stage.start("sweep-reservations"));
        all_counters_are(&stage, expected);
        assert_eq!(announced_types(&stage), [end]);
    }
}

#[test]
fn what_may_still_be_delivered_again_is_left_alone() {
    let stage = shelves(LINES, 10);
    let event = placed_one_of_each(&stage, 1, LINES);
    dies_half_way(&stage, "reserve-stock", &event);
    stage.pass(PATIENCE - Duration::from_secs(1));
    assert!(stage.start("sweep-reservations"));
    assert!(!stage.calls().iter().any(writes));
    assert!(stage.deliver("reserve-stock", &event));
    stage.pass(PATIENCE);
    assert!(stage.start("sweep-reservations"));
    all_counters_are(&stage, (9, 1, 0));
    assert_eq!(announced_types(&stage), [RESERVED], "reserved, it waits for the payment and not for us");
}

#[test]
fn a_start_that_comes_twice_or_dies_changes_nothing_more() {
    let stage = shelves(LINES, 10);
    dies_half_way(&stage, "reserve-stock", &placed_one_of_each(&stage, 1, LINES));
    stage.pass(PATIENCE);
    dies_before_write(&stage, 1, Fate::ReplyLost);
    assert!(!stage.start("sweep-reservations"));
    stage.calm();
    for _ in 0..2 {
        assert!(stage.start("sweep-reservations"));
    }
    all_counters_are(&stage, (10, 0, 0));
    assert_eq!(announced_types(&stage), [REJECTED]);
}

#[test]
fn with_nothing_to_do_it_costs_one_read() {
    let stage = shelves(1, 10);
    reserve(&stage, 1, &[(0, 1)]);
    stage.pass(PATIENCE);
    stage.calls();
    assert!(stage.start("sweep-reservations"));
    assert_eq!(stage.calls().len(), 1);
}
