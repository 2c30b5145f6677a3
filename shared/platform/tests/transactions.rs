//! Transactions: guards, limits, refusals.

use crate::things::{ask, stage, thing, wish};
use local::testing::problem;
use serde_json::json;

#[test]
fn a_transaction_takes_a_hundred_actions_and_not_one_more() {
    let stage = stage();
    assert_eq!(wish(&stage, json!({ "do": "create-many", "count": 100 })), "done");
    let too_many = ask(&stage, &json!({ "do": "create-many", "count": 101 }));
    problem(&too_many, 500, "internal");
    assert!(
        stage.log().iter().any(|line| line.contains("a transaction of 101 actions")),
        "the log has the cause"
    );
    assert!(!too_many.body.contains("101"), "the caller has not: {}", too_many.body);
    assert_eq!(thing(&stage, "thing-100"), None);
}

#[test]
fn counters_are_not_moved_without_a_guard_against_moving_them_twice() {
    let stage = stage();
    for wish in [
        json!({ "do": "take", "from": "box", "amount": 1 }),
        json!({ "do": "nothing" }),
    ] {
        problem(&ask(&stage, &wish), 500, "internal");
        assert!(stage.log().iter().any(|line| line.contains("without a guard")));
    }
    assert!(stage.calls().is_empty(), "what is refused is not even sent");
}

#[test]
fn one_item_is_not_written_twice_in_a_transaction() {
    let stage = stage();
    problem(&ask(&stage, &json!({ "do": "create-twice", "name": "lamp" })), 500, "internal");
    assert_eq!(thing(&stage, "lamp"), None);
}

#[test]
fn a_counter_never_falls_below_zero_and_the_refusal_says_where_it_stands() {
    let stage = stage();
    let take = |amount: i64, from: &str| json!({ "do": "create-and-take", "name": format!("of-{amount}"), "note": "", "from": from, "amount": amount });
    assert_eq!(wish(&stage, take(11, "box")), "refused: box/thing Some(10)");
    assert_eq!(wish(&stage, take(1, "nowhere")), "refused: nowhere/thing None");
    assert_eq!((thing(&stage, "of-11"), thing(&stage, "of-1")), (None, None), "all or none");
    assert_eq!(wish(&stage, take(10, "box")), "done");
    assert_eq!(thing(&stage, "box").unwrap().1, 0);
    assert_eq!(wish(&stage, take(2, "box")), "refused: box/thing Some(0)");
}

#[test]
fn every_condition_that_fails_is_named() {
    let stage = stage();
    let take = json!({ "do": "create-and-take", "name": "lamp", "note": "", "from": "box", "amount": 10 });
    assert_eq!(wish(&stage, take.clone()), "done");
    assert_eq!(wish(&stage, take), "refused: lamp/thing Some(10), box/thing Some(0)");
}

#[test]
fn a_counter_that_moved_moved_the_version_too() {
    let stage = stage();
    wish(&stage, json!({ "do": "create-and-take", "name": "lamp", "note": "", "from": "box", "amount": 1 }));
    assert_eq!(thing(&stage, "box"), Some((String::new(), 9, 2)));
}
