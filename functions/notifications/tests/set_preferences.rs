//! `get-preferences` and `set-preferences`.

use crate::support::*;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn set(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("set-preferences").by(&signed_in(MARIA)).send(body)
}

fn get(stage: &Stage) -> HttpResponse {
    stage.ask("get-preferences").by(&signed_in(MARIA)).get()
}

fn by_phone() -> Value {
    json!({
        "channels": { "orders": ["sms"], "payments": ["email", "sms"] },
        "quiet_hours": { "from": "23:30", "to": "07:00" },
        "locale": "en",
        "time_zone": "Asia/Tokyo",
    })
}

#[test]
fn nobody_has_preferences_without_being_signed_in() {
    let stage = stage();
    problem(&stage.ask("get-preferences").get(), 401, "token-invalid");
    problem(&stage.ask("set-preferences").send(&by_phone()), 401, "token-invalid");
    assert!(stage.calls().is_empty());
}

#[test]
fn who_never_said_anything_sees_what_holds_then() {
    let answer = get(&stage());
    let usual = json!({
        "channels": { "orders": ["email"], "payments": ["email"] },
        "quiet_hours": { "from": "22:00", "to": "08:00" },
        "locale": null,
        "time_zone": null,
    });
    assert_eq!((answer.json(), answer.headers["etag"].as_str()), (usual, "\"0\""));
}

#[test]
fn what_was_set_is_shown_and_the_same_again_changes_nothing() {
    let stage = stage();
    for _ in 0..2 {
        let answer = set(&stage, &by_phone());
        assert_eq!((answer.status_code, answer.json(), answer.headers["etag"].as_str()), (200, by_phone(), "\"1\""));
    }
    assert_eq!(get(&stage).json(), by_phone());
    let least = json!({ "channels": { "orders": [], "payments": [] } });
    assert_eq!(set(&stage, &least).headers["etag"], "\"2\"");
    let shown = get(&stage).json();
    assert_eq!((&shown["quiet_hours"], &shown["channels"]["orders"]), (&Value::Null, &json!([])));
    // Somebody else's are their own.
    let theirs = stage.ask("get-preferences").by(&signed_in(JOHN)).get();
    assert_eq!(theirs.headers["etag"], "\"0\"");
}

#[test]
fn a_change_that_was_not_seen_is_not_overwritten() {
    let stage = stage();
    let change =
        |tag: &str, body: &Value| stage.ask("set-preferences").by(&signed_in(MARIA)).header("if-match", tag).send(body);
    assert_eq!(change("\"0\"", &by_phone()).status_code, 200);
    let other = json!({ "channels": { "orders": ["email"], "payments": [] } });
    problem(&change("\"0\"", &other), 412, "version-changed");
    problem(&change("*x", &other), 412, "version-changed");
    assert_eq!(change("\"1\"", &other).status_code, 200);
    assert_eq!(change("*", &by_phone()).status_code, 200);
}

#[test]
fn of_two_changes_at_once_with_the_same_tag_one_is_made() {
    let stage = Arc::new(stage());
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    let least = json!({ "channels": { "orders": [], "payments": [] } });
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            let ask = other.ask("set-preferences").by(&signed_in(MARIA)).header("if-match", "\"0\"");
            assert_eq!(ask.send(&least).status_code, 200);
        }
        Fate::Answered
    });
    let late = stage.ask("set-preferences").by(&signed_in(MARIA)).header("if-match", "\"0\"").send(&by_phone());
    problem(&late, 412, "version-changed");
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_person() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        once(&stage, writes, fate);
        let answer = set(&stage, &by_phone());
        assert_eq!((answer.status_code, answer.headers["etag"].as_str()), (200, "\"1\""));
    }
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let stage = stage();
    let with = |pointer: &str, value: Value| {
        let mut body = by_phone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, field) in [
        (json!({}), "."),
        (json!({ "channels": { "orders": [] } }), "channels"),
        (with("/channels/orders", json!(["pigeon"])), "channels.orders[0]"),
        (with("/channels/orders", json!(["in-app"])), "channels.orders[0]"),
        (with("/channels/orders", json!(["sms", "sms", "sms"])), "channels.orders"),
        (with("/channels", json!({ "orders": [], "payments": [], "security": [] })), "channels.security"),
        (with("/quiet_hours", json!({ "from": "22:00" })), "quiet_hours"),
        (with("/quiet_hours/to", json!("8:00")), "quiet_hours.to"),
        (with("/quiet_hours/to", json!("24:00")), "quiet_hours.to"),
        (with("/quiet_hours/to", json!(8)), "quiet_hours.to"),
        (with("/locale", json!("de")), "locale"),
        (with("/time_zone", json!("")), "time_zone"),
        (with("/time_zone", json!("x".repeat(65))), "time_zone"),
        (json!([]), "."),
        (json!(null), "."),
    ] {
        let refused = problem(&set(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
    for zone in ["Mars/Olympus", "../../etc/passwd", "Москва"] {
        problem(&set(&stage, &with("/time_zone", json!(zone))), 422, "unknown-time-zone");
    }
    assert!(!stage.calls().iter().any(writes));
}
