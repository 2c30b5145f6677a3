//! `unsubscribe`: one POST to the link of a letter.

use crate::support::*;
use contracts::orders::{OrderDelivered, OrderPaid};
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use notifications::topic::Topic;
use notifications::unsubscribing::{read, token};
use platform::SecretValues;
use serde_json::{Value, json};

/// The token of the `List-Unsubscribe` link in the letter that SES got last.
fn link(stage: &Stage) -> String {
    let calls = stage.calls();
    let call = calls.iter().rev().find(|call| call.service == Service::Ses).expect("a letter was sent");
    let request: Value = serde_json::from_slice(&call.body).unwrap();
    let header = request["Content"]["Simple"]["Headers"][0]["Value"].as_str().unwrap().to_owned();
    header.split("token=").nth(1).unwrap().trim_end_matches('>').to_owned()
}

/// What a mail program does (RFC 8058).
fn one_click(stage: &Stage, token: &str) -> HttpResponse {
    let ask = stage.ask("unsubscribe").query(&format!("token={token}"));
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    ask.send_text(Some("List-Unsubscribe=One-Click".to_owned()))
}

fn delivered(stage: &Stage, n: u128) -> Value {
    step(stage, &OrderDelivered { order: order(n), customer: JOHN }, 8)
}

#[test]
fn one_click_ends_letters_of_the_topic_but_not_what_must_be_told() {
    let stage = stage();
    tell(&stage, &delivered(&stage, 1));
    let token = link(&stage);
    for _ in 0..2 {
        let answer = one_click(&stage, &token);
        assert_eq!((answer.status_code, answer.json()), (200, json!({ "topic": "orders", "channel": "email" })));
    }
    tell(&stage, &delivered(&stage, 2));
    assert_eq!(sent(&stage).len(), 1);
    tell(&stage, &step(&stage, &OrderPaid { order: order(2), customer: JOHN, total: pounds(1) }, 6));
    tell(&stage, &reserved(&stage, JOHN, 3));
    assert_eq!(sent(&stage).len(), 3, "receipts and deadlines still come");
    assert_eq!(kinds(&stage, JOHN).len(), 4, "and all of it is in the feed");
    let shown = stage.ask("get-preferences").by(&signed_in(JOHN)).get().json();
    assert_eq!(shown["channels"], json!({ "orders": [], "payments": ["email"] }));
}

#[test]
fn the_web_client_may_send_it_without_a_body() {
    let stage = stage();
    tell(&stage, &delivered(&stage, 1));
    let token = link(&stage);
    assert_eq!(stage.ask("unsubscribe").query(&format!("token={token}")).get().status_code, 200);
}

#[test]
fn other_preferences_stay_as_they_are() {
    let stage = stage();
    let body = json!({ "channels": { "orders": ["email", "sms"], "payments": ["sms"] }, "locale": "en" });
    assert_eq!(stage.ask("set-preferences").by(&signed_in(JOHN)).send(&body).status_code, 200);
    tell(&stage, &delivered(&stage, 1));
    assert_eq!(one_click(&stage, &link(&stage)).status_code, 200);
    let shown = stage.ask("get-preferences").by(&signed_in(JOHN)).get().json();
    assert_eq!(shown["channels"], json!({ "orders": ["sms"], "payments": ["sms"] }));
    assert_eq!(shown["locale"], "en");
}

#[test]
fn a_link_that_is_not_ours_changes_nothing() {
    let stage = stage();
    tell(&stage, &delivered(&stage, 1));
    let token = link(&stage);
    stage.calls();
    let mut changed = token.clone().into_bytes();
    for n in 0..changed.len() {
        let kept = changed[n];
        changed[n] = if kept == b'A' { b'B' } else { b'A' };
        problem(&one_click(&stage, std::str::from_utf8(&changed).unwrap()), 422, "unknown-link");
        changed[n] = kept;
    }
    for other in [
        "x",
        "AAAA",
        "%D0%B9",
        "acc_00000000000000000000000002",
        &token[..token.len() - 4],
    ] {
        problem(&one_click(&stage, other), 422, "unknown-link");
    }
    for query in [
        "",
        "token=",
        &format!("token={}", "A".repeat(401)),
        &format!("token={token}&more=1"),
    ] {
        problem(&stage.ask("unsubscribe").query(query).get(), 400, "invalid-query");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn links_outlive_a_rotation_of_the_key() {
    let key = |current: &str, previous: Option<&str>| SecretValues {
        current: current.as_bytes().to_vec(),
        previous: previous.map(|key| key.as_bytes().to_vec()),
    };
    let old = token(&key("one", None), JOHN, Topic::Payments).unwrap();
    assert_eq!(read(&key("two", Some("one")), &old), Some((JOHN, Topic::Payments)));
    assert_eq!(read(&key("three", Some("two")), &old), None);
    let other = token(&key("one", None), MARIA, Topic::Payments).unwrap();
    assert_ne!(old, other);
    assert!(!old.contains("acc_"), "nobody can tell whose it is");
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_person() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        tell(&stage, &delivered(&stage, 1));
        let token = link(&stage);
        once(&stage, writes, fate);
        assert_eq!(one_click(&stage, &token).status_code, 200);
    }
}

#[test]
fn a_network_may_do_so_as_often_as_a_mail_service_must() {
    let stage = stage();
    stage.set("UNSUBSCRIBE_LIMIT", "2,5");
    let guess = |network: &str| {
        stage.ask("unsubscribe").sent_from(network).query("token=guess").send_text(Some("{}".to_owned()))
    };
    problem(&guess("203.0.113.7"), 422, "unknown-link");
    problem(&guess("203.0.113.7"), 422, "unknown-link");
    problem(&guess("203.0.113.7"), 429, "too-many-requests");
    problem(&guess("203.0.113.8"), 422, "unknown-link");
}
