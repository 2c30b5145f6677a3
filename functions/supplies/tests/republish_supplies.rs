//! `relay-supplies` and `republish-supplies`.

use crate::support::{
    CLOSED, HOUR, ISSUED, KEY, LOW, NOT_NEEDED, ORDERED, RECEIVED, REFUSED, SETTLED, cancelled, created, depot, issue,
    need, refuse, requested, shelve, sku, supplier,
};
use local::stage::Stage;
use local::testing::{announced, published};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use supplies::purchase::id_of;

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

/// A depot in which everything happened that can, and what its relay said of it all.
fn history() -> (Stage, BTreeMap<String, Value>) {
    let stage = depot();
    let mut told = Vec::new();
    let mut tell = |stage: &Stage| {
        stage.pass(HOUR);
        told.extend(announced(stage));
    };
    let first = requested(&stage, 1, KEY);
    assert_eq!(refuse(&stage, first, KEY).status_code, 200);
    tell(&stage);
    let second = requested(&stage, 1, "another-key-of-the-worker");
    assert_eq!(issue(&stage, second).status_code, 200);
    tell(&stage);
    need(&stage, &[]);
    for n in [2, 3] {
        assert!(stage.deliver("keep-job", &created(&stage, n)));
        assert!(stage.deliver("order-cookie", &created(&stage, n)));
    }
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 2)));
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 2)));
    tell(&stage);
    assert!(stage.start("poll-cookies"));
    assert!(stage.start("reorder-supplies"));
    tell(&stage);
    for key in ["the-key-of-part-one", "the-key-of-part-two"] {
        let ask = stage.ask("receive-purchase").by(&supplier()).at(id_of(&sku(0), 1)).key(key);
        assert_eq!(ask.send(&json!({ "quantity": 20 })).status_code, 201);
        tell(&stage);
    }
    assert_eq!(stage.ask("close-purchase").by(&supplier()).at(id_of(&sku(0), 1)).get().status_code, 200);
    let renamed = json!({ "name": "Щётка", "reorder_point": 0, "order_quantity": 1 });
    assert_eq!(stage.ask("set-supply").by(&supplier()).at(sku(1)).send(&renamed).status_code, 200);
    shelve(&stage, 5, 0);
    tell(&stage);
    (stage, by_id(told))
}

#[test]
fn everything_is_announced_again_under_the_same_ids_and_says_the_same() {
    let (stage, told) = history();
    let kinds: BTreeSet<&str> = told.values().map(|event| event["type"].as_str().unwrap()).collect();
    let all = [ISSUED, NOT_NEEDED, REFUSED, LOW, ORDERED, RECEIVED, CLOSED, SETTLED];
    assert_eq!(kinds, BTreeSet::from(all), "the history holds every event there is");
    let answer = stage.invoke("republish-supplies", b"{}".to_vec()).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["events"], told.len());
    let again = by_id(published(&stage).concat());
    assert_eq!(again.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());
    for (id, event) in &told {
        for field in ["type", "subject", "data", "time", "stateversion", "epoch"] {
            assert_eq!(again[id][field], event[field], "{field} of {id}");
        }
    }
}
