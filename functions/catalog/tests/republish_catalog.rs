//! `republish-catalog`.

use crate::support::{announced, cancelled, one_of_each, paid, product, reserve, sell, set, shelves};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};

/// Asks until there is nothing left to publish; everything that was.
fn republish(stage: &Stage) -> Vec<Value> {
    let (mut events, mut question) = (Vec::new(), json!({}));
    loop {
        let answer = stage.question("republish-catalog", &question).unwrap();
        events.extend(published(stage).concat());
        match &answer["next"] {
            Value::Null => return events,
            next => question = json!({ "from": next }),
        }
    }
}

#[test]
fn what_was_announced_of_each_item_last_is_published_again_to_the_letter() {
    let stage = shelves(300, 10);
    set(&stage, 0, &product(300));
    set(&stage, 7, &product(400));
    sell(&stage, 1, &[(0, 1)]);
    reserve(&stage, 2, &one_of_each(250));
    assert!(stage.deliver("release-stock", &cancelled(&stage, 2)));
    assert!(stage.deliver("commit-stock", &paid(&stage, 2)));
    stage.settle().unwrap();
    let first = published(&stage).concat();
    let events = republish(&stage);
    assert_eq!(events.len(), 4, "two products and two reservations");
    let last = |subject: &Value| first.iter().rev().find(|event| event["subject"] == *subject);
    for event in events.iter().filter(|event| last(&event["subject"]).is_some()) {
        assert_eq!(Some(event), last(&event["subject"]));
    }
    announced(&stage);
    assert_eq!(republish(&stage), events, "again, it is the same");
}
