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
fn products_as_they_are_and_all_of_each_reservation_are_published_again_to_the_letter() {
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
    let of = |events: &[Value], subject: &str| -> Vec<Value> {
        events
            .iter()
            .filter(|event| event["subject"].as_str().is_some_and(|of| of.starts_with(subject)))
            .cloned()
            .collect()
    };
    // A reservation's steps are all of them news; of a product the newest state is.
    let steps = of(&first, "ord_");
    assert!(steps.len() > 2 && steps.iter().all(|step| events.contains(step)), "{steps:?}");
    assert_eq!(events.len(), 2 + steps.len(), "two products and every step");
    let newest = |event: &Value| first.iter().rev().find(|known| known["subject"] == event["subject"]);
    for product in events.iter().filter(|event| !steps.contains(event)) {
        assert!(newest(product).is_none_or(|known| known == product));
    }
    announced(&stage);
    assert_eq!(republish(&stage), events, "again, it is the same");
}
