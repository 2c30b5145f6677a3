//! `relay-identity` and `republish-identity`: every event under one id, for ever.

use crate::support::{EMAIL, admin, announced_types, refresh, sign_in, stage, tokens, verified};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// A little of everything that announces something.
fn history(stage: &Stage) {
    stage.set("FIRST_ADMIN", EMAIL);
    let id = verified(stage, EMAIL);
    let ivan = verified(stage, "ivan@example.com");
    let body = json!({ "roles": ["manager"], "reason": "Runs the shop" });
    stage.ask("change-roles").by(&admin()).at(ivan).send(&body);
    stage
        .ask("create-partner")
        .by(&admin())
        .key("create-this-partner")
        .send(&json!({ "name": "Happy Cat Box" }));
    let first = tokens(stage, EMAIL, "in");
    refresh(stage, &first);
    stage.pass(Duration::from_secs(60));
    refresh(stage, &first);
    for n in 0..10 {
        sign_in(stage, "ivan@example.com", "the wrong password", &n.to_string());
    }
    assert_ne!(id, ivan);
}

fn events(stage: &Stage) -> BTreeMap<String, Value> {
    published(stage)
        .concat()
        .into_iter()
        .map(|event| (event["id"].as_str().unwrap().to_owned(), event))
        .collect()
}

#[test]
fn every_kind_of_event_is_published() {
    let stage = stage();
    history(&stage);
    let mut kinds = announced_types(&stage);
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "account-locked",
            "account-registered",
            "code-issued",
            "contact-verified",
            "roles-changed",
            "sessions-revoked"
        ]
    );
}

#[test]
fn what_is_announced_again_is_announced_under_the_same_ids() {
    let stage = stage();
    history(&stage);
    stage.settle().unwrap();
    let first = events(&stage);
    let (mut again, mut from) = (BTreeMap::new(), json!({}));
    loop {
        let progress = stage.question("republish-identity", &from).expect("it walks");
        again.extend(events(&stage));
        match progress["next"].as_str() {
            Some(next) => from = json!({ "from": next }),
            None => break,
        }
    }
    for (id, event) in &again {
        assert_eq!(first.get(id), Some(event), "{id}");
    }
    // Codes that were used are over: everything else is said again.
    let missing: Vec<_> = first.keys().filter(|id| !again.contains_key(*id) && !id.contains("/code#")).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
