//! `relay-notifications` and `republish-notifications`.

use crate::support::*;
use contracts::orders::OrderPaid;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn everything_is_announced_again_under_its_ids_and_nothing_is_sent_again() {
    let stage = stage();
    for n in 1..=3 {
        tell(&stage, &step(&stage, &OrderPaid { order: order(n), customer: MARIA, total: pounds(1) }, 6));
    }
    let ids = |events: Vec<Value>| -> BTreeSet<(String, String)> {
        events.iter().map(|event| (event["id"].to_string(), event["type"].to_string())).collect()
    };
    let first = ids(published(&stage).concat());
    assert_eq!(first.len(), 6);
    let done = stage.question("republish-notifications", &json!({})).unwrap();
    assert_eq!((&done["events"], &done["next"]), (&json!(6), &Value::Null));
    assert_eq!(ids(published(&stage).concat()), first);
    stage.settle().unwrap();
    assert_eq!(sent(&stage).len(), 3);
}
