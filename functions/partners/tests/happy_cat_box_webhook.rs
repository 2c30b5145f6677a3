//! Webhooks of Happy Cat Box: what comes is taken over, once, whatever the order.

use crate::support::*;
use local::sandbox::happy_cat_box::{signed, updated};
use local::testing::problem;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn clients_are_taken_over_and_announced() {
    let stage = shop();
    let answer = webhook(&stage, "hcb_1", &[row("A", "a@example.com", 1), row("B", "b@example.com", 1)]);
    assert_eq!(answer.status_code, 204, "{}", answer.body);
    assert_eq!(client(&stage, "A"), None, "it is put aside first");
    assert_eq!(imported(&stage), ["A", "B"]);
    let client = client(&stage, "A").unwrap();
    assert_eq!(client.email.as_deref(), Some("a@example.com"));
    assert_eq!((client.locale.name(), client.time_zone.as_str()), ("ru", "Europe/Moscow"));
}

#[test]
fn the_same_webhook_again_writes_nothing() {
    let stage = shop();
    let clients = [row("A", "a@example.com", 1)];
    webhook(&stage, "hcb_1", &clients);
    stage.settle().unwrap();
    stage.calls();
    stage.pass(DAY * 8);
    assert_eq!(webhook(&stage, "hcb_1", &clients).status_code, 204);
    assert!(!stage.calls().iter().any(|call| call.operation == "PutItem"), "seen eight days ago");
    // Under another id it is worked off, and finds everything as it says.
    assert_eq!(webhook(&stage, "hcb_2", &clients).status_code, 204);
    assert_eq!(imported(&stage), [] as [&str; 0]);
}

#[test]
fn the_newest_report_of_a_client_counts_whenever_it_comes() {
    let stage = shop();
    for (id, email, hour) in [("hcb_1", "second@example.com", 2), ("hcb_2", "first@example.com", 1)] {
        webhook(&stage, id, &[row("A", email, hour)]);
        stage.settle().unwrap();
        assert_eq!(self::email(&stage, "A"), "second@example.com");
    }
    // Newer with nothing else in it: what comes later is judged by it.
    webhook(&stage, "hcb_3", &[row("A", "second@example.com", 4)]);
    stage.settle().unwrap();
    webhook(&stage, "hcb_4", &[row("A", "third@example.com", 3)]);
    stage.settle().unwrap();
    assert_eq!(email(&stage, "A"), "second@example.com");
}

#[test]
fn what_cannot_be_read_does_not_keep_the_rest() {
    let stage = shop();
    let broken = json!({ "id": "B", "email": "nobody", "updated_at": "2026-01-04T01:00:00Z" });
    let answer = webhook(&stage, "hcb_1", &[row("A", "a@example.com", 1), broken, json!(7)]);
    assert_eq!(answer.status_code, 204);
    assert_eq!(imported(&stage), ["A"]);
    assert!(stage.log().iter().any(|line| line.contains("cannot be read") && line.contains("\"refused\":2")));
}

#[test]
fn a_report_from_the_future_does_not_outlive_the_true_ones() {
    let stage = shop();
    let mut future = row("A", "wrong@example.com", 1);
    future["updated_at"] = json!("2099-01-01T00:00:00Z");
    assert_eq!(webhook(&stage, "hcb_1", &[future]).status_code, 204);
    assert_eq!(imported(&stage), [] as [&str; 0]);
    webhook(&stage, "hcb_2", &[row("A", "a@example.com", 2)]);
    assert_eq!((imported(&stage).len(), email(&stage, "A").as_str()), (1, "a@example.com"));
}

#[test]
fn a_thousand_clients_a_call_are_taken_and_not_one_more() {
    let stage = shop();
    let clients: Vec<Value> = (0..1001).map(|n| row(&format!("C{n}"), &format!("{n}@example.com"), 1)).collect();
    problem(&webhook(&stage, "hcb_1", &clients), 422, "too-many-clients");
    stage.calls();
    assert_eq!(webhook(&stage, "hcb_2", &clients[..1000]).status_code, 204);
    let writes = stage.calls().iter().filter(|call| call.operation == "PutItem").count();
    assert_eq!(writes, 11, "ten chunks and the import");
    assert_eq!(imported(&stage).len(), 1000);
}

#[test]
fn what_is_not_signed_as_it_must_be_is_refused() {
    let stage = shop();
    let body = updated(&[row("A", "a@example.com", 1)], stage.now());
    let good = signed("hcb_1", &body, stage.now());
    let without = |name: &str| {
        let mut headers = good.clone();
        headers.remove(name);
        headers
    };
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        problem(&hand_over(&stage, &without(name), &body), 400, "signature-invalid");
    }
    problem(&hand_over(&stage, &good, &body.replace("a@", "b@")), 400, "signature-invalid");
    problem(&hand_over(&stage, &BTreeMap::new(), &body), 400, "signature-invalid");
    stage.pass(MINUTE * 6);
    problem(&hand_over(&stage, &good, &body), 400, "signature-invalid");
    assert_eq!(imported(&stage), [] as [&str; 0]);
}

#[test]
fn other_webhooks_are_acknowledged_and_unreadable_ones_come_again() {
    let stage = shop();
    let send = |id: &str, body: &str| hand_over(&stage, &signed(id, body, stage.now()), body).status_code;
    assert_eq!(send("hcb_1", r#"{"type":"boxes.shipped","data":{}}"#), 204);
    assert_eq!(send("hcb_2", "{"), 500);
    assert_eq!(send("hcb_3", r#"{"type":"clients.updated","data":{"clients":7}}"#), 500);
    assert_eq!(send("hcb_4", r#"{"type":"clients.updated","data":{"clients":[]}}"#), 204);
}

#[test]
fn ended_anywhere_its_repetition_takes_everything_over_once() {
    let clients: Vec<Value> = (0..150).map(|n| row(&format!("C{n}"), &format!("{n}@example.com"), 1)).collect();
    ended_at_each_call(
        shop,
        |stage| webhook(stage, "hcb_1", &clients),
        |stage| {
            assert_eq!(webhook(stage, "hcb_1", &clients).status_code, 204);
            assert_eq!(imported(stage).len(), 150);
        },
    );
}
