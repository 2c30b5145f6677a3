//! Requests: keys, fingerprints, bodies.

use crate::things::stage;
use kernel::Role;
use local::stage::Stage;
use local::testing::{caller, only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

const KEY: &str = "the-key-of-this-request";

fn make(stage: &Stage, account: u128, key: &str, body: &str) -> HttpResponse {
    stage.ask("make").by(&caller(account, Role::Customer)).key(key).send_text(Some(body.to_owned()))
}

#[test]
fn only_the_declared_role_is_let_in() {
    let stage = stage();
    only_for(Role::Customer, || stage.ask("make").key(KEY));
}

#[test]
fn the_same_request_in_other_words_is_a_replay() {
    let stage = stage();
    let first = make(&stage, 1, KEY, r#"{"note":{"a":1,"b":["ü",null]}}"#);
    assert_eq!(first.status_code, 201, "{}", first.body);
    for same in [
        "{ \"note\" : { \"b\" : [ \"ü\", null ], \"a\" : 1 } }",
        r#"{"note":{"b":["\u00fc",null],"a":1}}"#,
    ] {
        let again = make(&stage, 1, KEY, same);
        assert_eq!((again.status_code, &again.headers["location"]), (201, &first.headers["location"]), "{same}");
    }
    for other in [
        r#"{"note":{"a":1,"b":[null,"ü"]}}"#,
        r#"{"note":{"a":"1","b":["ü",null]}}"#,
        r#"{"note":1}"#,
    ] {
        problem(&make(&stage, 1, KEY, other), 422, "idempotency-key-reused");
    }
}

#[test]
fn what_a_key_names_depends_on_caller_and_key_and_nothing_else() {
    let stage = stage();
    let location = |account, key, body| make(&stage, account, key, body).headers["location"].clone();
    let one = location(1, KEY, r#"{"note":1}"#);
    stage.pass(std::time::Duration::from_secs(1));
    assert_eq!(location(1, KEY, r#"{"note":1}"#), one);
    assert_ne!(location(2, KEY, r#"{"note":1}"#), one);
    assert_ne!(location(1, "the-key-of-another-request", r#"{"note":1}"#), one);
}

#[test]
fn a_refused_body_names_the_field_by_its_path() {
    let stage = stage();
    let ask = |wish: &Value| stage.ask("grant").by(&caller(1, Role::Customer)).send(wish);
    for (body, reason) in [
        (json!({ "do": "take", "from": "box" }), "missing field `amount`"),
        (json!({ "do": "fly" }), "unknown variant `fly`"),
        (json!({ "name": "box" }), "missing field `do`"),
    ] {
        let refused = problem(&ask(&body), 400, "invalid-body");
        let text = refused["reason"].as_str().unwrap();
        assert!(text.starts_with(reason), "{body}: {text}");
        assert!(!text.contains("line"), "positions point into what the caller cannot see: {text}");
    }
    let refused = problem(&make(&stage, 1, KEY, r#"{"notes":1}"#), 400, "invalid-body");
    assert_eq!(refused["field"], "notes");
    // What was not UTF-8 comes from API Gateway with U+FFFD in its place.
    let damaged = problem(&ask(&json!({ "do": "take", "from": "b\u{fffd}x", "amount": 1 })), 400, "invalid-body");
    assert_eq!(damaged["reason"], "this is not UTF-8");
}

#[test]
fn a_body_may_come_in_base64_and_is_the_same_body() {
    let stage = stage();
    let send = |body: &str| {
        let request = local::trigger::HttpRequest {
            route: "POST /v1/things".to_owned(),
            headers: [("idempotency-key".to_owned(), KEY.to_owned())].into(),
            claims: local::trigger::claims(
                &caller(1, Role::Customer),
                stage.cloud.issuer(),
                local::cloud::API,
                stage.now().after(std::time::Duration::from_secs(60)),
            ),
            body: Some(body.to_owned()),
            ..Default::default()
        };
        let mut event: Value = serde_json::from_slice(&request.event("test")).unwrap();
        event["isBase64Encoded"] = json!(true);
        HttpResponse::of(&stage.invoke("make", event.to_string().into_bytes()).unwrap())
    };
    let plain = make(&stage, 1, KEY, r#"{"note":1}"#);
    let encoded = send("eyJub3RlIjoxfQ==");
    assert_eq!((encoded.status_code, &encoded.headers["location"]), (201, &plain.headers["location"]));
    // The last is base64, of what is not UTF-8.
    for broken in ["{\"note\":1}", "eyJub3RlIjoxfQ=", "####", "eyJub3RlIjr/fQ=="] {
        problem(&send(broken), 400, "invalid-body");
    }
}

#[test]
fn what_is_no_request_fails_the_invocation() {
    let stage = stage();
    for payload in ["", "null", "{}", "[]", r#"{"Records":[]}"#] {
        assert!(stage.invoke("make", payload.as_bytes().to_vec()).is_err(), "{payload}");
    }
    for payload in ["", "null", "{}", r#"{"Records":[{"body":"x"}]}"#] {
        assert!(stage.invoke("count-up", payload.as_bytes().to_vec()).is_err(), "{payload}");
    }
}
