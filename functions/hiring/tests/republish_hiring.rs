//! `relay-hiring`, `republish-hiring`.

use crate::support::{
    ASSIGNED, GRADED, HIRED, KEY, RECEIVED, REJECTED, WEEK, announced, application_in, apply, assign, candidate, exam,
    id, kinds, later, named, set, sit, start, stored, stranger, test,
};
use hiring::application::State;
use local::plane::StreamRecord;
use local::stage::Stage;
use local::testing::published;
use local::trigger::stream_event;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

fn republish(stage: &Stage) -> BTreeMap<String, Value> {
    let answer = stage.invoke("republish-hiring", b"{}".to_vec()).unwrap();
    let progress: Value = serde_json::from_slice(&answer).unwrap();
    let events = by_id(published(stage).concat());
    assert_eq!((&progress["events"], progress.get("next")), (&json!(events.len()), Some(&Value::Null)));
    events
}

/// A stage on which everything happened that can happen to an application, and what was said of it all.
fn history() -> (Stage, BTreeMap<String, Value>) {
    let stage = crate::support::stage();
    for n in 1..4 {
        assert_eq!(set(&stage, test(n), &exam(&format!("skill-{n}"), 30, 10)).status_code, 200);
    }
    let hired = crate::support::applied(&stage);
    assign(&stage, hired, &[test(1), test(2), test(3)], &later(&stage, WEEK));
    stage.pass(Duration::from_secs(60));
    sit(&stage, hired, test(1), 9);
    sit(&stage, hired, test(2), 2);
    stage.pass(Duration::from_secs(WEEK));
    assert!(stage.start("close-overdue-tests"));
    crate::support::decide(&stage, hired, KEY, &json!({ "verdict": "hire" }));
    let rejected = id(&apply(&stage, &stranger(), KEY, &named("Ольга")));
    crate::support::decide(&stage, rejected, KEY, &json!({ "verdict": "reject" }));
    let told = by_id(announced(&stage));
    stage.pass(Duration::from_secs(200 * 86_400));
    assert!(stage.start("erase-applications"));
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, rejected).person, None);
    (stage, told)
}

#[test]
fn everything_that_was_ever_announced_is_announced_again_to_the_letter() {
    let (stage, told) = history();
    let kinds: BTreeSet<&str> = told.values().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from([RECEIVED, ASSIGNED, GRADED, HIRED, REJECTED]));
    assert_eq!(republish(&stage), told, "even of whom was forgotten");
    assert_eq!(republish(&stage), told, "as often as one likes");
}

#[test]
fn no_event_says_who_applies() {
    let (_, told) = history();
    for (word, event) in
        told.values().flat_map(|event| ["Мария", "Ольга", "1990", "4420", "окна"].map(|word| (word, event)))
    {
        assert!(!event.to_string().contains(word), "{word}: {event}");
    }
}

#[test]
fn a_change_that_can_never_be_announced_is_parked() {
    let (stage, id) = application_in(State::Testing);
    start(&stage, id, test(1));
    let other = application_in(State::Received).0;
    drop(other);
    crate::support::decide(&stage, id, KEY, &json!({ "verdict": "reject" }));
    stage.cloud.read_stream("hiring").unwrap();
    let records = stage.cloud.plane().records("hiring", 0, 100);
    let spoilt: [fn(&mut Value); 3] = [
        |record| record["dynamodb"]["NewImage"]["sk"] = json!({ "S": "wish" }),
        |record| record["dynamodb"]["NewImage"]["outbox"]["M"]["events"] = json!({ "L": [{ "S": "hired" }] }),
        |record| {
            let unknown = json!({ "M": { "test-graded": { "S": test(9) } } });
            record["dynamodb"]["NewImage"]["outbox"]["M"]["events"] = json!({ "L": [unknown] });
        },
    ];
    for (n, spoil) in (1..).zip(spoilt) {
        let last = records.last().unwrap();
        let mut record = StreamRecord { record: last.record.clone(), ..last.clone() };
        spoil(&mut record.record);
        record.name = format!("{n}");
        record.record["dynamodb"]["SequenceNumber"] = json!(record.name);
        assert!(stage.invoke("relay-hiring", stream_event(&[record])).is_ok());
        assert_eq!(stage.cloud.objects().parked.len(), n, "parked");
    }
    assert_eq!(candidate().account, stored(&stage, id).candidate);
}
