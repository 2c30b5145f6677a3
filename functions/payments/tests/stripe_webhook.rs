//! `stripe-webhook`: who is listened to, and how often.

use crate::support::{
    FAILED, KEY, SUCCEEDED, announced_types, asks, at_stripe, count, customer, hand_over, intent_of, pay, remembered,
    send_event, shop, shop_with_order, started, stripe_event, view, webhooks_waiting, writes,
};
use local::faults::Fate;
use local::sandbox::stripe::{WEBHOOK_SECRET, events::signature};
use local::stage::Stage;
use local::testing::problem;
use payments::stripe::event;
use platform::SecretValues;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn signed_by(secret: &str, stage: &Stage, body: &str) -> BTreeMap<String, String> {
    let header = signature(secret, body.as_bytes(), stage.now());
    BTreeMap::from([("stripe-signature".to_owned(), header)])
}

/// A stage with a payment that the customer paid, its webhooks still on their way.
pub fn paid() -> (Stage, Value) {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    (stage, reply)
}

/// The intent of a reply as Stripe has it, changed.
pub fn intent(stage: &Stage, reply: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let id = intent_of(reply["client_secret"].as_str().unwrap());
    let mut intent = at_stripe(stage, &format!("/v1/payment_intents/{id}"));
    change(&mut intent);
    intent
}

#[test]
fn a_webhook_that_is_not_signed_as_it_must_be_changes_nothing() {
    let (stage, reply) = paid();
    let body = stripe_event(1, "payment_intent.succeeded", &intent(&stage, &reply, |_| {})).to_string();
    let good = signed_by(WEBHOOK_SECRET, &stage, &body)["stripe-signature"].clone();
    let tag = good.split_once("v1=").unwrap().1.to_owned();
    let now = stage.now().as_seconds();
    for header in [
        String::new(),
        "nonsense".to_owned(),
        format!("t={now}"),
        format!("v1={tag}"),
        format!("t={now},v0={tag}"),
        format!("t={now},v1="),
        format!("t={now},v1={}", tag.to_ascii_uppercase()),
        format!("t={now},v1={}", &tag[..62]),
        format!("t={now},t={now},v1={tag}"),
        format!("t={},v1={tag}", now + 1),
        format!("t=+{now},v1={tag}"),
        signature("another secret", body.as_bytes(), stage.now()),
    ] {
        let headers = BTreeMap::from([("stripe-signature".to_owned(), header.clone())]);
        problem(&hand_over(&stage, &headers, &body), 400, "signature-invalid");
    }
    problem(&hand_over(&stage, &BTreeMap::new(), &body), 400, "signature-invalid");
    assert_eq!(view(&stage)["state"], "paying");
    assert_eq!(remembered(&stage, "evt_1"), None);
    let several = format!("t={now},v1={},v0=ab,v1={tag}", "0".repeat(64));
    let headers = BTreeMap::from([("stripe-signature".to_owned(), several)]);
    assert_eq!(hand_over(&stage, &headers, &body).status_code, 204, "one that fits is enough");
    assert_eq!(view(&stage)["state"], "paid");
}

#[test]
fn every_flipped_bit_of_a_webhook_is_noticed() {
    let stage = shop();
    let body = stripe_event(1, "some.type", &json!({ "id": "x" })).to_string();
    let header = signed_by(WEBHOOK_SECRET, &stage, &body)["stripe-signature"].clone();
    let mut flipped = 0;
    for (text, is_header) in [(header.as_str(), true), (body.as_str(), false)] {
        for bit in 0..text.len() * 8 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // What is no UTF-8 reaches a function as other characters.
            let changed: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            let (header, body) = if is_header { (changed, body.clone()) } else { (header.clone(), changed) };
            let headers = BTreeMap::from([("stripe-signature".to_owned(), header)]);
            problem(&hand_over(&stage, &headers, &body), 400, "signature-invalid");
            flipped += 1;
        }
    }
    assert!(flipped > 1500, "{flipped} bits");
    let headers = BTreeMap::from([("stripe-signature".to_owned(), header)]);
    assert_eq!(hand_over(&stage, &headers, &body).status_code, 204);
}

#[test]
fn a_signature_is_good_for_five_minutes_either_way() {
    let stage = shop();
    for (seconds, good) in [
        (-301, false),
        (-300, true),
        (0, true),
        (300, true),
        (301, false),
        (86_400, false),
    ] {
        let body = stripe_event(1, "some.type", &json!({})).to_string();
        let at = kernel::Timestamp::from_millis((stage.now().as_seconds() - seconds) * 1000);
        let header = signature(WEBHOOK_SECRET, body.as_bytes(), at);
        let headers = BTreeMap::from([("stripe-signature".to_owned(), header)]);
        let status = hand_over(&stage, &headers, &body).status_code;
        assert_eq!(status, if good { 204 } else { 400 }, "{seconds} seconds old");
    }
}

#[test]
fn while_the_secret_is_rolled_both_are_good() {
    let stage = shop();
    let values = SecretValues { current: b"new".to_vec(), previous: Some(b"old".to_vec()) };
    stage.cloud.secrets().set("stripe-webhook-secret", values);
    for (n, (secret, status)) in (0..).zip([("new", 204), ("old", 204), (WEBHOOK_SECRET, 400), ("", 400)]) {
        let body = stripe_event(n, "some.type", &json!({})).to_string();
        assert_eq!(hand_over(&stage, &signed_by(secret, &stage, &body), &body).status_code, status, "{secret}");
    }
}

#[test]
fn an_event_is_dealt_with_once() {
    let (stage, reply) = paid();
    let event = stripe_event(1, "payment_intent.succeeded", &intent(&stage, &reply, |_| {}));
    assert_eq!(send_event(&stage, &event).status_code, 204);
    let remembered = remembered(&stage, "evt_1").unwrap();
    let week = stage.now().after(Duration::from_secs(7 * 86_400)).as_seconds();
    assert!(remembered.expires_at.unwrap() >= week, "longer than Stripe repeats it");
    stage.calls();
    for _ in 0..3 {
        stage.pass(Duration::from_secs(3600));
        assert_eq!(send_event(&stage, &event).status_code, 204);
        assert!(!stage.calls().iter().any(|call| writes(call) || asks(call, "GET", "")));
    }
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn types_that_mean_nothing_here_are_acknowledged() {
    let stage = shop();
    for (n, kind) in (0..).zip(["invoice.paid", "payment_intent.created", "", "customer.updated", "тип"]) {
        assert_eq!(send_event(&stage, &stripe_event(n, kind, &json!({ "id": "x" }))).status_code, 204, "{kind}");
        assert!(remembered(&stage, &format!("evt_{n}")).is_some());
    }
    assert_eq!(announced_types(&stage), Vec::<String>::new());
}

#[test]
fn the_endpoint_subscribes_to_the_types_that_are_read_and_the_documentation_lists_them() {
    let documentation = include_str!("../../../docs/operations.md");
    for kind in event::TYPES {
        let unreadable = json!({ "id": "evt_1", "type": kind, "data": { "object": 1 } });
        assert!(event::read(unreadable.to_string().as_bytes()).is_err(), "{kind} is not read");
        assert!(documentation.contains(&format!("`{kind}`")), "{kind} is not in docs/operations.md");
    }
}

#[test]
fn what_is_signed_but_not_understood_is_not_acknowledged() {
    let stage = shop();
    for body in [
        "".to_owned(),
        "{".to_owned(),
        "[]".to_owned(),
        json!({ "id": "evt_1", "type": "payment_intent.succeeded" }).to_string(),
        stripe_event(1, "payment_intent.succeeded", &json!({ "id": "pi_1" })).to_string(),
        stripe_event(1, "refund.updated", &json!({ "id": "re_1", "amount": 1, "currency": "xyz" })).to_string(),
    ] {
        let status = hand_over(&stage, &signed_by(WEBHOOK_SECRET, &stage, &body), &body).status_code;
        assert!(status >= 400, "{status} {body}");
    }
    assert_eq!(remembered(&stage, "evt_1"), None, "Stripe sends it again");
}

#[test]
fn webhooks_in_any_order_and_twice_come_to_the_same() {
    for seed in 0..24usize {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_chargeDeclined").0, 402);
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        let mut waiting = webhooks_waiting(&stage);
        let count = waiting.len();
        for n in (1..count).rev() {
            waiting.swap(n, (seed * 7919 + n * 104_729) % (n + 1));
        }
        for webhook in waiting.iter().chain(&waiting) {
            assert_eq!(hand_over(&stage, &webhook.headers, &webhook.body).status_code, 204);
        }
        assert_eq!(view(&stage)["state"], "paid");
        let types = announced_types(&stage);
        assert_eq!(types.iter().filter(|kind| *kind == SUCCEEDED).count(), 1, "{types:?}");
        assert!(types.iter().filter(|kind| *kind == FAILED).count() <= 1, "{types:?}");
    }
}

#[test]
fn a_failure_before_the_event_is_remembered_has_it_sent_again() {
    for nth in 0..2 {
        let (stage, reply) = paid();
        let event = stripe_event(1, "payment_intent.succeeded", &intent(&stage, &reply, |_| {}));
        let seen = AtomicUsize::new(0);
        stage.interfere(move |call| match writes(call) && seen.fetch_add(1, Ordering::Relaxed) >= nth {
            true => Fate::NeverSent,
            false => Fate::Answered,
        });
        problem(&send_event(&stage, &event), 503, "try-again");
        stage.calm();
        assert_eq!(remembered(&stage, "evt_1"), None);
        assert_eq!(send_event(&stage, &event).status_code, 204);
        assert_eq!(view(&stage)["state"], "paid");
        assert_eq!(announced_types(&stage), [SUCCEEDED]);
    }
}

#[test]
fn anybody_may_call_and_a_token_makes_no_difference() {
    let stage = shop();
    let body = stripe_event(1, "some.type", &json!({})).to_string();
    let header = signed_by(WEBHOOK_SECRET, &stage, &body)["stripe-signature"].clone();
    let ask = stage.ask("stripe-webhook").by(&customer()).header("stripe-signature", &header);
    assert_eq!(ask.send_text(Some(body)).status_code, 204);
    assert_eq!(count(&stage.calls(), "GET", ""), 0);
}
