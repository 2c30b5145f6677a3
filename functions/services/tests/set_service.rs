//! `create-service`, `set-service`, `get-service`, `list-services`.

use crate::support::{KEY, announced, create, first_write, kinds, manager, meanwhile, town, windows, writes};
use kernel::{Role, ServiceId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;

fn set(stage: &Stage, id: ServiceId, body: &Value) -> HttpResponse {
    stage.ask("set-service").by(&manager()).at(id).send(body)
}

#[test]
fn only_managers_keep_services() {
    let (stage, service) = town();
    stage.calls();
    only_for(Role::Manager, || stage.ask("create-service").key(KEY));
    only_for(Role::Manager, || stage.ask("set-service").at(service));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_service_is_created_once_and_announced_whole() {
    let stage = Stage::new(vec![services::context()]).unwrap();
    let id = create(&stage, KEY, &windows());
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "services.service-changed.v1");
    assert_eq!(
        events[0]["data"],
        json!({
            "service": id, "name": "Window cleaning", "price": { "amount_minor": 10_000, "currency": "RUB" },
            "skills": { "heights": 3, "windows": 1 }, "duration_min": 60, "offered": true,
        })
    );
    assert_eq!(create(&stage, KEY, &windows()), id);
    let mut changed = windows();
    changed["price"]["amount_minor"] = json!(12_000);
    assert_eq!(set(&stage, id, &changed).status_code, 200);
    assert_eq!(create(&stage, KEY, &windows()), id, "also after it has changed");
    assert_eq!(kinds(&stage), ["services.service-changed.v1"], "of the change alone");
    let other = stage.ask("create-service").by(&manager()).key(KEY).send(&changed);
    problem(&other, 422, "idempotency-key-reused");
}

#[test]
fn a_change_is_shown_and_announced_and_the_same_again_is_not() {
    let (stage, id) = town();
    let mut changed = windows();
    changed["price"]["amount_minor"] = json!(12_000);
    changed["offered"] = json!(false);
    let answer = set(&stage, id, &changed);
    assert_eq!((answer.status_code, answer.headers["etag"].as_str()), (200, "\"2\""), "{}", answer.body);
    let events = announced(&stage);
    assert_eq!((events.len(), &events[0]["data"]["price"]["amount_minor"]), (1, &json!(12_000)));
    assert_eq!(events[0]["data"]["offered"], false);
    let again = set(&stage, id, &changed);
    assert_eq!((again.status_code, &again.body), (200, &answer.body));
    assert!(kinds(&stage).is_empty());
    let shown = stage.ask("get-service").at(id).get();
    assert_eq!((shown.status_code, &shown.body), (200, &answer.body), "anybody sees it");
}

#[test]
fn a_colleagues_change_is_not_overwritten() {
    let (stage, id) = town();
    let mut changed = windows();
    changed["duration_min"] = json!(90);
    let seen =
        |version: &str| stage.ask("set-service").by(&manager()).at(id).header("if-match", version).send(&changed);
    problem(&seen("\"2\""), 412, "version-changed");
    assert_eq!(seen("\"1\"").status_code, 200);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        let mut theirs = windows();
        theirs["name"] = json!("Windows");
        assert_eq!(set(stage, id, &theirs).status_code, 200);
    });
    let mut mine = windows();
    mine["duration_min"] = json!(120);
    let answer = stage.ask("set-service").by(&manager()).at(id).header("if-match", "\"2\"").send(&mine);
    stage.calm();
    problem(&answer, 412, "version-changed");
}

#[test]
fn what_is_not_there_is_not_set_and_not_shown() {
    let (stage, _) = town();
    problem(&set(&stage, ServiceId::from_bits(7), &windows()), 404, "not-found");
    problem(&stage.ask("get-service").at(ServiceId::from_bits(7)).get(), 404, "not-found");
    for path in ["", "svc_", "svc_1", "req_00000000000000000000000001", "../x"] {
        problem(&stage.ask("get-service").at(path).get(), 404, "not-found");
    }
}

#[test]
fn a_service_that_is_not_as_described_is_refused() {
    let (stage, id) = town();
    stage.calls();
    let with = |field: &str, value: Value| {
        let mut body = windows();
        body[field] = value;
        body
    };
    let many: serde_json::Map<_, _> = (0..21).map(|n| (format!("skill {n}"), json!(1))).collect();
    for (body, field) in [
        (with("name", json!("")), "name"),
        (with("name", json!("я".repeat(101))), "name"),
        (with("description", json!("")), "description"),
        (with("price", json!({ "amount_minor": 0, "currency": "RUB" })), "price.amount_minor"),
        (with("price", json!({ "amount_minor": -5, "currency": "RUB" })), "price.amount_minor"),
        (with("price", json!({ "amount_minor": 1, "currency": "XXX" })), "price.currency"),
        (with("skills", json!({ "windows": 0 })), "skills.windows"),
        (with("skills", json!({ "windows": 6 })), "skills.windows"),
        (with("skills", Value::Object(many)), "skills"),
        (with("duration_min", json!(4)), "duration_min"),
        (with("duration_min", json!(1441)), "duration_min"),
        (with("discount", json!(1)), "discount"),
    ] {
        let answers = [
            set(&stage, id, &body),
            stage.ask("create-service").by(&manager()).key(KEY).send(&body),
        ];
        for answer in answers {
            let refused = problem(&answer, 400, "invalid-body");
            assert_eq!(refused["field"], field, "{refused}");
        }
    }
    assert!(!stage.calls().iter().any(writes));
    let mut plain = windows();
    plain.as_object_mut().unwrap().remove("skills");
    assert_eq!(set(&stage, id, &plain).status_code, 200, "some need no skill");
}

#[test]
fn what_is_offered_is_listed_by_name_in_pages() {
    let (stage, _) = town();
    for (n, name) in ["Plumbing", "assembly", "Уборка", "Garden"].iter().enumerate() {
        let mut body = windows();
        body["name"] = json!(name);
        body["offered"] = json!(*name != "Garden");
        create(&stage, &format!("the-key-of-service-{n}"), &body);
    }
    let names = |query: &str| -> (Vec<String>, Option<String>) {
        let answer = stage.ask("list-services").query(query).get();
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let page = answer.json();
        let names = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned());
        (names.collect(), page["next"].as_str().map(str::to_owned))
    };
    let (first, next) = names("limit=3");
    assert_eq!(first, ["assembly", "Plumbing", "Window cleaning"]);
    let (rest, end) = names(&format!("limit=3&cursor={}", next.unwrap()));
    assert_eq!((rest, end), (vec!["Уборка".to_owned()], None));
    assert_eq!(names("list=withdrawn").0, ["Garden"]);
    problem(&stage.ask("list-services").query("list=all").get(), 400, "invalid-query");
    problem(&stage.ask("list-services").query("limit=101").get(), 400, "invalid-query");
}

#[test]
fn a_lost_reply_of_the_table_creates_one_service() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = Stage::new(vec![services::context()]).unwrap();
        first_write(&stage, fate);
        create(&stage, KEY, &windows());
        assert_eq!(kinds(&stage), ["services.service-changed.v1"]);
    }
}
