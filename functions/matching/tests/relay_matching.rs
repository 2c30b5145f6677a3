//! `relay-matching` and `republish-matching`.

use crate::support::{KEY, announced, cancel, manager, place, policy, request, town_with, withdraw, worker};
use local::stage::Stage;
use local::testing::published;
use matching::request::Standing;
use serde_json::{Value, json};

/// A town in which everything happened that matching announces.
fn eventful() -> (Stage, Vec<Value>) {
    let stage = town_with(4);
    let mut told = Vec::new();
    place(&stage, 1);
    withdraw(&stage, 1, 1);
    stage.ask("rematch-request").by(&manager()).at(request(1)).key(KEY).send(&json!({}));
    cancel(&stage, 1);
    told.extend(announced(&stage));
    let steps = json!([{ "step": "rating", "weight": 1 }]);
    let body = json!({ "steps": steps, "policy": { "offer_timeout_s": 60 } });
    stage.ask("set-pipeline").by(&manager()).send(&body);
    place(&stage, 2);
    let Standing::Offered { offer, held } = crate::support::stored(&stage, 2).standing else {
        panic!("it is offered")
    };
    let bits = (1..=4).find(|n| worker(*n).account == held.worker).unwrap();
    assert_eq!(stage.ask("accept-offer").by(&worker(bits)).at(offer).get().status_code, 200);
    told.extend(announced(&stage));
    policy(&stage, &json!({}));
    for n in 3..=7 {
        place(&stage, n);
    }
    told.extend(announced(&stage));
    stage.pass(crate::support::HOUR * 3);
    assert!(stage.start("match-waiting"));
    told.extend(announced(&stage));
    (stage, told)
}

#[test]
fn every_kind_of_event_is_announced() {
    let (_, told) = eventful();
    let mut kinds: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(
        kinds,
        [
            "matching.match-ended.v1",
            "matching.offer-ended.v1",
            "matching.offer-made.v1",
            "matching.pipeline-changed.v1",
            "matching.request-matched.v1",
            "matching.request-unmatched.v1",
            "matching.request-waiting.v1",
        ]
    );
}

#[test]
fn everything_can_be_announced_again_to_the_letter() {
    let (stage, told) = eventful();
    let (mut again, mut from) = (Vec::new(), json!({}));
    loop {
        let answer = stage.invoke("republish-matching", from.to_string().into_bytes()).unwrap();
        again.extend(published(&stage).concat());
        let progress: Value = serde_json::from_slice(&answer).unwrap();
        if progress["next"].is_null() {
            break;
        }
        from = json!({ "from": progress["next"] });
    }
    let by_id = |events: &[Value]| {
        let mut events: Vec<_> = events
            .iter()
            .map(|event| (event["id"].to_string(), event["type"].to_string(), event["data"].to_string()))
            .collect();
        events.sort();
        events
    };
    let policies = again.iter().filter(|event| event["type"] == "matching.pipeline-changed.v1").count();
    assert_eq!(policies, 2);
    let told_kinds = by_id(&told);
    let again = by_id(&again);
    for event in &told_kinds {
        assert!(again.contains(event), "{event:?}");
    }
    assert_eq!(again.len(), told_kinds.len() + 1, "and the policy that was taken with its set-up");
}
