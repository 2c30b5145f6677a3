//! `relay-services`, `republish-services`.

use crate::support::{
    KEY, PRIVATE, STATES, Said, announced, bring, cancel, create, manager, request, say, town, windows, wish,
};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use services::life::OVERDUE;
use services::request::State;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Events by id; each once.
fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

/// A town in which everything happened that can happen to a request, and what its relay said of the requests.
fn history() -> (Stage, BTreeMap<String, Value>) {
    let (stage, service) = town();
    let mut told = Vec::new();
    for (n, state) in STATES.into_iter().enumerate() {
        let id = request(&stage, &format!("the-key-of-request-{n}"), &wish(&stage, service));
        bring(&stage, id, state);
        told.extend(announced(&stage));
    }
    let slow = request(&stage, "the-key-of-the-slow-one", &wish(&stage, service));
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-service-requests"));
    assert!(say(&stage, slow, Said::Matched(1)));
    cancel(&stage, slow);
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-service-requests"));
    assert!(say(&stage, slow, Said::Cancelled(1)));
    told.extend(announced(&stage));
    (stage, by_id(told))
}

fn republish(stage: &Stage) -> BTreeMap<String, Value> {
    stage.calls();
    stage.invoke("republish-services", b"{}".to_vec()).unwrap();
    by_id(published(stage).concat())
}

#[test]
fn everything_that_was_ever_announced_is_announced_again_to_the_letter() {
    let (stage, told) = history();
    let kinds: BTreeSet<&str> = told.values().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 3, "every event of requests occurs: {kinds:?}");
    stage.pass(Duration::from_secs(86_400));
    let mut again = republish(&stage);
    let services: Vec<String> =
        again.keys().filter(|id| again[*id]["type"] == "services.service-changed.v1").cloned().collect();
    assert_eq!(services.len(), 1);
    for id in services {
        again.remove(&id);
    }
    assert_eq!(again, told);
}

#[test]
fn a_service_is_announced_as_it_is() {
    let stage = Stage::new(vec![services::context()]).unwrap();
    let id = create(&stage, KEY, &windows());
    let mut changed = windows();
    changed["duration_min"] = json!(90);
    assert_eq!(stage.ask("set-service").by(&manager()).at(id).send(&changed).status_code, 200);
    let last = announced(&stage).pop().unwrap();
    let again: Vec<Value> = republish(&stage).into_values().collect();
    assert_eq!(again, [last]);
}

#[test]
fn no_event_tells_what_a_client_wrote() {
    let (_, told) = history();
    for event in told.values() {
        let text = event.to_string();
        assert!(!PRIVATE.iter().any(|words| text.contains(words)), "{text}");
    }
}

#[test]
fn events_of_a_request_have_their_own_ids_at_each_step() {
    let (stage, service) = town();
    let id = request(&stage, KEY, &wish(&stage, service));
    bring(&stage, id, State::Cancelled);
    let versions: Vec<u64> = announced(&stage).iter().map(|event| event["stateversion"].as_u64().unwrap()).collect();
    assert_eq!(versions, [1, 2, 2], "made, then cancelled and ended at once");
}
