//! `set-pipeline`, `get-pipeline` and `list-decisions`.

use crate::support::{
    CHANGED, MATCHED, announced, asked, decision, doer, free, id_of, kinds, manager, meanwhile, north, place, policy,
    request, strike, town, town_with, writes,
};
use kernel::{RequestId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, only_for, only_for_either, problem};
use local::trigger::HttpResponse;
use platform::http::Overseer;
use serde_json::{Value, json};
use std::sync::Arc;

fn pipeline(weight: i64) -> Value {
    json!({ "steps": [{ "step": "rating", "weight": weight }], "policy": { "tick_s": 60 } })
}

fn set(stage: &Stage, seen: Option<&str>, body: &Value) -> HttpResponse {
    let ask = stage.ask("set-pipeline").by(&manager());
    seen.into_iter().fold(ask, |ask, seen| ask.header("if-match", seen)).send(body)
}

#[test]
fn only_managers_see_and_change_the_pipeline() {
    let stage = town();
    for function in ["set-pipeline", "get-pipeline"] {
        only_for(Role::Manager, || stage.ask(function));
    }
    only_for_either(Overseer::ROLES, || stage.ask("list-decisions").at(request(1)));
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_change_is_in_force_at_once_is_kept_and_is_announced() {
    let stage = town();
    let standard = stage.ask("get-pipeline").by(&manager()).get();
    assert_eq!((standard.json()["version"].clone(), &*standard.headers["etag"]), (json!(1), "\"1\""));
    assert_eq!(standard.json()["pipeline"]["steps"].as_array().unwrap().len(), 6);
    let answer = set(&stage, Some("\"1\""), &pipeline(7));
    assert_eq!((answer.status_code, answer.json()["version"].clone()), (200, json!(2)), "{}", answer.body);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(
        (&events[0]["type"], &events[0]["data"]),
        (&json!(CHANGED), &json!({ "version": 2, "by": manager().account }))
    );
    assert_eq!(stage.ask("get-pipeline").by(&manager()).get().body, answer.body);
    assert_eq!(set(&stage, Some("\"2\""), &pipeline(8)).json()["version"], 3);
    for version in [2, 3] {
        let key = platform::Key::new("pipeline", format!("revision#{version:06}"));
        let kept: Option<matching::policy::Revision> = local::testing::item(&stage, "matching", &key);
        assert_eq!(kept.unwrap().pipeline.version(), version);
    }
}

#[test]
fn the_same_again_changes_nothing() {
    let stage = town();
    let first = set(&stage, Some("\"1\""), &pipeline(7));
    assert_eq!(kinds(&stage), [CHANGED]);
    let again = set(&stage, Some("\"1\""), &pipeline(7));
    assert_eq!((again.status_code, again.body), (200, first.body), "a retry, although its version is past");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_colleagues_change_is_not_overwritten() {
    let stage = Arc::new(town());
    set(&stage, None, &pipeline(7));
    problem(&set(&stage, Some("\"1\""), &pipeline(8)), 412, "version-changed");
    meanwhile(&stage, 0, |stage| assert_eq!(set(stage, Some("\"2\""), &pipeline(9)).status_code, 200));
    problem(&set(&stage, Some("\"2\""), &pipeline(8)), 412, "version-changed");
}

#[test]
fn everything_that_is_wrong_is_said_field_by_field() {
    let stage = town();
    let body = json!({
        "steps": [
            { "step": "distance", "weight": -1 },
            { "step": "beauty", "weight": 1 },
            { "step": "load", "weight": 1_001, "parameters": { "full": 0, "empty": 1 } },
        ],
        "policy": { "candidates": 15, "offer_timeout_s": 901 },
    });
    let refused = problem(&set(&stage, None, &body), 422, "pipeline-wrong");
    let fields: Vec<_> = refused["problems"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    for field in [
        "steps[0].weight",
        "steps[0].parameters.reach",
        "steps[1].step",
        "steps[2].weight",
        "steps[2].parameters.full",
        "steps[2].parameters.empty",
        "policy.candidates",
        "policy.offer_timeout_s",
    ] {
        assert!(fields.contains(&json!(field)), "{field}: {fields:?}");
    }
    assert_eq!(set(&stage, None, &json!({ "steps": [], "colour": "red" })).status_code, 400);
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_lost_reply_changes_it_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = town();
        strike(&stage, 0, fate, writes);
        assert_eq!(set(&stage, Some("\"1\""), &pipeline(7)).json()["version"], 2);
        stage.calm();
        assert_eq!(kinds(&stage), [CHANGED]);
    }
}

#[test]
fn decisions_go_by_the_pipeline_in_force() {
    let stage = town();
    free(&stage, 1, north(100), &[(1, 4)]);
    free(&stage, 2, north(3_000), &[(1, 4)]);
    for (j, n) in [(1, 1), (2, 1), (3, 2)] {
        let ended = match n {
            1 => crate::support::failed(&stage, j, n),
            _ => crate::support::completed(&stage, j, n),
        };
        assert!(stage.deliver("note-job", &ended));
    }
    policy(&stage, &json!({}));
    set(&stage, None, &pipeline(1));
    kinds(&stage);
    assert!(place(&stage, 1));
    assert_eq!((doer(&stage, 1), kinds(&stage)), (Some(id_of(2)), vec![MATCHED.to_owned()]), "by rating alone");
    assert_eq!(decision(&stage, 1, 1).unwrap().decision.pipeline_version, 3);
}

#[test]
fn managers_read_why_in_pages() {
    let stage = town_with(2);
    place(&stage, 1);
    crate::support::withdraw(&stage, 1, 1);
    crate::support::withdraw(&stage, 2, 2);
    let list = |query: &str| stage.ask("list-decisions").by(&manager()).at(request(1)).query(query).get();
    let all = list("").json();
    let outcomes: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|one| one["outcome"]["outcome"].clone()).collect();
    assert_eq!(outcomes, ["assigned", "assigned", "waiting"]);
    assert_eq!((&all["items"][0]["number"], &all["items"][0]["attempt"]), (&json!(1), &json!(1)));
    assert_eq!(all["items"][0]["candidates"][0]["verdict"]["verdict"], "chosen");
    let first = list("limit=2").json();
    let second = list(&format!("limit=2&cursor={}", first["next"].as_str().unwrap())).json();
    assert_eq!((first["items"].as_array().unwrap().len(), &second["items"][0]), (2, &all["items"][2]));
    problem(&stage.ask("list-decisions").by(&manager()).at(RequestId::from_bits(9)).get(), 404, "not-found");
    assert_eq!(list("limit=51").status_code, 400);
    assert_eq!(event(&stage, &asked(1), 1, 1)["type"], "services.service-requested.v1");
}
