//! The vendor's sandbox: no kinder than a real one.

use crate::support::{HOUR, ask_vendor, created, empty, job};
use local::sandbox::Request;
use local::sandbox::biscuit::{API_KEY, KEY_LIFE, LAG};
use local::stage::Stage;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn place(stage: &Stage, api_key: &str, key: Option<&str>, body: &str) -> (u16, Value) {
    let mut headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {api_key}"))]);
    headers.extend(key.map(|key| ("idempotency-key".to_owned(), key.to_owned())));
    let request = Request {
        method: "POST".to_owned(),
        path: "/v1/orders".to_owned(),
        headers,
        body: body.as_bytes().to_vec(),
    };
    let answer = stage.cloud.sandboxes().ask("biscuit", &request, stage.now());
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

fn wish(stage: &Stage, reference: &str) -> String {
    let needed_at = stage.now().after(10 * KEY_LIFE);
    json!({ "reference": reference, "product": "cookie", "quantity": 1, "needed_at": needed_at }).to_string()
}

fn found(stage: &Stage, reference: &str) -> usize {
    let (status, body) = ask_vendor(stage, "GET", &format!("/v1/orders?reference={reference}"), stage.now());
    assert_eq!(status, 200, "{body}");
    body["orders"].as_array().unwrap().len()
}

#[test]
fn a_key_makes_one_order_a_day_and_answers_as_it_did() {
    let stage = empty();
    let body = wish(&stage, "a");
    let first = place(&stage, API_KEY, Some("k"), &body);
    assert_eq!((first.0, &first.1["status"]), (201, &json!("pending")));
    stage.pass(HOUR);
    assert_eq!(place(&stage, API_KEY, Some("k"), &body), first, "though it is confirmed by now");
    assert_eq!(place(&stage, API_KEY, Some("k"), &wish(&stage, "b")).0, 422);
    assert_eq!(found(&stage, "a"), 1);
    assert_eq!(place(&stage, API_KEY, Some("another"), &body).0, 201);
    stage.pass(KEY_LIFE);
    assert_eq!(place(&stage, API_KEY, Some("k"), &body).0, 201);
    stage.pass(LAG);
    assert_eq!(found(&stage, "a"), 3, "the same reference is no reason to think of the same order");
}

#[test]
fn a_new_order_is_not_found_at_once() {
    let stage = empty();
    place(&stage, API_KEY, Some("k"), &wish(&stage, "a"));
    assert_eq!(found(&stage, "a"), 0);
    stage.pass(LAG);
    assert_eq!(found(&stage, "a"), 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let stage = empty();
    let body = wish(&stage, "a");
    assert_eq!(place(&stage, "wrong", Some("k"), &body).0, 401);
    assert_eq!(place(&stage, API_KEY, None, &body).0, 400);
    assert_eq!(place(&stage, API_KEY, Some(""), &body).0, 400);
    for bad in ["", "{}", "[]", &body.replace("quantity", "amount")] {
        assert_eq!(place(&stage, API_KEY, Some("k"), bad).0, 400, "{bad}");
    }
    assert_eq!(place(&stage, API_KEY, Some("k"), &body.replace("cookie", "cake")).0, 422);
    for (method, path) in [
        ("GET", "/v1/orders/bsc_1"),
        ("POST", "/v1/orders/bsc_1/cancel"),
        ("PUT", "/v1/orders"),
        ("GET", "/"),
    ] {
        assert_eq!(ask_vendor(&stage, method, path, stage.now()).0, 404, "{method} {path}");
    }
    assert_eq!(ask_vendor(&stage, "GET", "/v1/orders", stage.now()).0, 400);
}

#[test]
fn what_is_cancelled_stays_cancelled_and_what_is_confirmed_confirmed() {
    let stage = empty();
    let id = |key: &str| place(&stage, API_KEY, Some(key), &wish(&stage, "a")).1["id"].as_str().unwrap().to_owned();
    let (one, other) = (id("one-key"), id("other-key"));
    let cancel = |id: &str| ask_vendor(&stage, "POST", &format!("/v1/orders/{id}/cancel"), stage.now());
    assert_eq!(cancel(&one).1["status"], "cancelled");
    stage.pass(HOUR);
    assert_eq!(cancel(&one).0, 200);
    assert_eq!(cancel(&other), (409, json!({ "error": { "code": "already_confirmed" } })));
}

#[test]
fn where_webhooks_are_prompt_so_is_the_baker() {
    let stage = empty();
    stage.cloud.sandboxes().be_prompt();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let cookie = crate::support::cookie(&stage, 1).unwrap();
    assert!(!cookie.is_live(), "{cookie:?} of {}", job(1));
    stage.pass(Duration::from_secs(1));
}
