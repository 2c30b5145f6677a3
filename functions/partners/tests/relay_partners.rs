//! What this context announces, and announces again.

use crate::support::*;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ids(events: &[Value]) -> BTreeSet<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn everything_is_announced_again_under_the_same_ids() {
    let (stage, id, _) = shop_with_endpoint();
    webhook(&stage, "hcb_1", &[row("A", "a@example.com", 1), row("B", "b@example.com", 1)]);
    stage.settle().unwrap();
    webhook(&stage, "hcb_2", &[row("A", "new@example.com", 2)]);
    answers(&stage, HOST, 410);
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    stage.settle().unwrap();
    assert_eq!(endpoint(&stage, id).state, partners::endpoint::State::Gone);
    let first = published(&stage).concat();
    let answer = stage.question("republish-partners", &json!({})).unwrap();
    assert_eq!(answer["next"], Value::Null);
    let again = published(&stage).concat();
    assert!(ids(&again).is_subset(&ids(&first)), "nothing is made up");
    let kinds: BTreeSet<&str> = again.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let all = [
        "partners.chunk-stored.v1",
        "partners.client-imported.v1",
        "partners.delivery-queued.v1",
        "partners.endpoint-disabled.v1",
    ];
    assert_eq!(kinds, all.into());
    for event in &again {
        assert!(first.contains(event), "the same as it was: {event}");
    }
    let clients: Vec<&Value> = again.iter().filter(|event| event["type"] == IMPORTED).collect();
    assert_eq!(clients.len(), 2, "the latest of each client");
}

#[test]
fn events_say_nothing_of_people_beyond_ids() {
    let (stage, ..) = shop_with_endpoint();
    webhook(&stage, "hcb_1", &[row("A", "a@example.com", 1)]);
    stage.settle().unwrap();
    let events = published(&stage).concat();
    assert!(!events.is_empty());
    for event in events {
        let text = event.to_string();
        assert!(!text.contains("example.com") && !text.contains("whsec_"), "{text}");
    }
}
