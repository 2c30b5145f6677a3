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

/// Creates `name` and adds to `to`; what became of it.
fn add(stage: &local::stage::Stage, name: &str, to: &str, amount: i64, guards: (Option<i64>, Option<&str>)) -> String {
    let (least, absent) = guards;
    let wish_of =
        json!({ "do": "create-and-add", "name": name, "to": to, "amount": amount, "least": least, "absent": absent });
    wish(stage, wish_of)
}

#[test]
fn what_is_added_to_is_created_and_keeps_its_other_fields() {
    let stage = stage();
    assert_eq!(add(&stage, "one", "shelf", 5, (None, None)), "done");
    assert_eq!(thing(&stage, "shelf"), Some(("new".to_owned(), 5, 1)));
    assert_eq!(add(&stage, "two", "shelf", 2, (None, None)), "done");
    assert_eq!(thing(&stage, "shelf"), Some(("new".to_owned(), 7, 2)));
    assert_eq!(add(&stage, "three", "box", 2, (None, None)), "done");
    assert_eq!(thing(&stage, "box"), Some((String::new(), 12, 2)), "the note that it had stays");
    assert_eq!(add(&stage, "one", "shelf", 5, (None, None)), "refused: one/thing Some(10)");
    assert_eq!(thing(&stage, "shelf").unwrap().1, 7, "all or none");
}

#[test]
fn guards_decide_whether_anything_is_added() {
    let stage = stage();
    assert_eq!(add(&stage, "one", "box", -11, (Some(11), None)), "refused: box/thing Some(10)");
    assert_eq!(add(&stage, "one", "nowhere", -1, (Some(1), None)), "refused: nowhere/thing None");
    assert_eq!(add(&stage, "one", "box", 1, (None, Some("note"))), "refused: box/thing Some(10)");
    assert_eq!((thing(&stage, "one"), thing(&stage, "nowhere")), (None, None));
    assert_eq!(add(&stage, "one", "box", -10, (Some(10), Some("broken"))), "done");
    assert_eq!(add(&stage, "two", "empty", 0, (None, Some("broken"))), "done", "what is not there has no attribute");
    assert_eq!(thing(&stage, "box").unwrap().1, 0);
}
