//! `request-service`.

use crate::support::{
    KEY, announced, client, first_write, hours, kinds, manager, nothing_private_is_logged, price, request, stored,
    stranger, town, windows, wish, writes,
};
use kernel::{Role, ServiceId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use services::request::State;
use std::sync::Arc;
use std::time::Duration;

fn ask(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("request-service").by(&client()).key(KEY).send(body)
}

#[test]
fn only_customers_request() {
    let (stage, _) = town();
    stage.calls();
    only_for(Role::Customer, || stage.ask("request-service").key(KEY));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_request_is_made_by_one_write_and_announced_without_what_is_private() {
    let (stage, service) = town();
    let body = wish(&stage, service);
    let answer = ask(&stage, &body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let reply = answer.json();
    assert_eq!(answer.headers["location"], format!("/v1/service-requests/{}", reply["id"].as_str().unwrap()));
    assert_eq!((&reply["state"], &reply["price"]), (&json!("requested"), &json!(price())));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "services.service-requested.v1");
    assert_eq!(
        events[0]["data"],
        json!({
            "request": reply["id"], "client": client().account, "service": service, "price": price(),
            "skills": { "heights": 3, "windows": 1 }, "duration_min": 60, "place": body["place"],
            "from": body["from"], "until": body["until"], "requested_at": stage.now(),
        })
    );
    nothing_private_is_logged(&stage);
}

#[test]
fn the_same_request_again_gets_the_same_reply_whatever_changed() {
    let (stage, service) = town();
    let body = wish(&stage, service);
    let first = ask(&stage, &body);
    let same = |when: &str| {
        let again = ask(&stage, &body);
        assert_eq!((again.status_code, &again.body), (201, &first.body), "{when}");
    };
    same("at once");
    let mut other = windows();
    other["price"]["amount_minor"] = json!(99_000);
    other["offered"] = json!(false);
    assert_eq!(stage.ask("set-service").by(&manager()).at(service).send(&other).status_code, 200);
    same("after the service is not offered any more");
    stage.pass(Duration::from_secs(40 * 86_400));
    same("when its time has passed");
    let mut changed = body.clone();
    changed["contact"] = json!("Пётр");
    problem(&ask(&stage, &changed), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage), ["services.service-requested.v1", "services.service-changed.v1"]);
    let theirs = stage.ask("request-service").by(&stranger()).key(KEY).send(&body);
    problem(&theirs, 422, "not-offered");
}

#[test]
fn terms_are_frozen_as_they_were_offered() {
    let (stage, service) = town();
    let id = request(&stage, KEY, &wish(&stage, service));
    let mut other = windows();
    other["price"]["amount_minor"] = json!(99_000);
    other["name"] = json!("Gold windows");
    assert_eq!(stage.ask("set-service").by(&manager()).at(service).send(&other).status_code, 200);
    let order = stored(&stage, id).order;
    assert_eq!((order.name.as_str(), order.price), ("Window cleaning", price()));
}

#[test]
fn what_is_not_offered_or_costs_something_else_is_not_requested() {
    let (stage, service) = town();
    let mut body = wish(&stage, service);
    body["service"] = json!(ServiceId::from_bits(7));
    problem(&ask(&stage, &body), 422, "not-offered");
    body["service"] = json!(service);
    body["expected_price"] = json!({ "amount_minor": 9_999, "currency": "RUB" });
    let refused = problem(&ask(&stage, &body), 409, "price-changed");
    assert_eq!(refused["price"], json!(price()));
    body["expected_price"] = json!({ "amount_minor": 10_000, "currency": "EUR" });
    problem(&ask(&stage, &body), 409, "price-changed");
    body["expected_price"] = json!(price());
    assert_eq!(ask(&stage, &body).status_code, 201);
}

#[test]
fn a_window_that_does_not_fit_is_refused() {
    let (stage, service) = town();
    let asked = |from: u64, until: u64| {
        let mut body = wish(&stage, service);
        body["from"] = json!(hours(&stage, from));
        body["until"] = json!(hours(&stage, until));
        ask(&stage, &body)
    };
    assert_eq!(problem(&asked(0, 4), 422, "window-unfit")["unfit"], json!({ "why": "past" }));
    let short = problem(&asked(4, 4), 422, "window-unfit");
    assert_eq!(short["unfit"], json!({ "why": "too-short", "least_min": 30 }));
    let far = problem(&asked(4, 30 * 24 + 1), 422, "window-unfit");
    assert_eq!(far["unfit"], json!({ "why": "too-far", "latest": hours(&stage, 30 * 24) }));
    stage.set("REQUEST_WINDOW", "120 1");
    problem(&asked(4, 5), 422, "window-unfit");
    assert_eq!(asked(4, 6).status_code, 201);
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let (stage, service) = town();
    stage.calls();
    let with = |field: &str, value: Value| {
        let mut body = wish(&stage, service);
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("description", json!("")), "description"),
        (with("description", json!("я".repeat(2001))), "description"),
        (with("address", json!("a\u{7}")), "address"),
        (with("contact", json!("я".repeat(201))), "contact"),
        (with("place", json!({ "latitude_e7": 900_000_001, "longitude_e7": 0 })), "place.latitude_e7"),
        (with("from", json!("tomorrow")), "from"),
        (with("service", json!("req_00000000000000000000000001")), "service"),
        (with("worker", json!("anybody")), "worker"),
    ] {
        let refused = problem(&ask(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{refused}");
    }
    let keyless = stage.ask("request-service").by(&client()).send(&wish(&stage, service));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(!stage.calls().iter().any(writes));
    nothing_private_is_logged(&stage);
}

#[test]
fn a_lost_reply_of_the_table_makes_one_request() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, service) = town();
        first_write(&stage, fate);
        let id = request(&stage, KEY, &wish(&stage, service));
        assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
        assert_eq!(stored(&stage, id).state, State::Requested);
    }
}

#[test]
fn of_two_requests_at_once_with_one_key_both_get_the_same_reply() {
    let (stage, service) = town();
    let (stage, body) = (Arc::new(stage), wish(&town().0, service));
    let faster = body.clone();
    crate::support::meanwhile(&stage, move |stage| assert_eq!(ask(stage, &faster).status_code, 201));
    let second = ask(&stage, &body);
    stage.calm();
    assert_eq!((second.status_code, second.body), (201, ask(&stage, &body).body));
    assert_eq!(kinds(&stage), ["services.service-requested.v1"]);
}
