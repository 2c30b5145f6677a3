//! What is due: in order, page by page, and no more than is wanted.

use crate::things::{stage, wish};
use kernel::Timestamp;
use serde_json::json;

/// More than two pages.
const THINGS: i64 = 230;

#[test]
fn what_is_due_comes_in_order_whatever_the_pages() {
    let stage = stage();
    let moment = |n: i64| Timestamp::from_millis(1_000_000 + n);
    // The first thing waits longest.
    let until: Vec<Timestamp> = (0..THINGS).map(|n| moment(THINGS - n)).collect();
    assert_eq!(wish(&stage, json!({ "do": "wait", "until": until })), "created");
    stage.settle().unwrap();
    let due = |by: Timestamp, most: Option<usize>| -> Vec<i64> {
        let due = wish(&stage, json!({ "do": "due", "by": by, "most": most }));
        due.split_whitespace().map(|name| name.parse().unwrap()).collect()
    };
    let last_first: Vec<i64> = (0..THINGS).rev().collect();
    assert_eq!(due(moment(THINGS), None), last_first);
    assert_eq!(due(moment(THINGS), Some(150)), last_first[..150]);
    assert_eq!(due(moment(101), None), last_first[..101], "the moment itself is included");
    assert_eq!(due(moment(101), Some(0)), [0; 0]);
    assert_eq!(due(moment(0), None), [0; 0]);
}
