//! `golden-hat-webhook`.

use crate::support::{End, announced, count, earned, ends, payout, roubles, run, stage, until_run, week};
use billing::payout::{Payout, State};
use local::sandbox::golden_hat::{WEBHOOK_SECRET, headers};
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use platform::SecretValues;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const PAID: &str = "billing.payout-paid.v1";
const FAILED: &str = "billing.payout-failed.v1";

/// A stage with a payout that the provider has taken on, its webhooks not delivered yet.
fn pending() -> (Stage, Payout) {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    until_run(&stage);
    assert!(stage.start("begin-run"));
    stage.settle().unwrap();
    let found = payout(&stage, 2, week()).unwrap();
    assert!(matches!(found.state, State::Pending { .. }), "{found:?}");
    stage.calls();
    (stage, found)
}

fn told(payout: &Payout, kind: &str) -> Value {
    let status = kind.strip_prefix("transfer.").unwrap_or(kind);
    json!({
        "type": kind, "timestamp": "2026-01-11T00:01:00Z",
        "data": {
            "id": "tr_1", "object": "transfer", "reference": payout.reference(), "status": status,
            "beneficiary": payout.worker, "amount_minor": payout.amount.amount_minor, "currency": "RUB",
            "reason": (status == "failed").then_some("account_closed"),
        },
    })
}

fn hand_over(stage: &Stage, headers: &BTreeMap<String, String>, body: &str) -> HttpResponse {
    let ask = headers.iter().fold(stage.ask("golden-hat-webhook"), |ask, (name, value)| ask.header(name, value));
    ask.send_text(Some(body.to_owned()))
}

fn send(stage: &Stage, event: &str, body: &Value) -> HttpResponse {
    let body = body.to_string();
    hand_over(stage, &headers(event, &body, stage.now()), &body)
}

#[test]
fn what_is_not_signed_as_it_must_be_changes_nothing() {
    let (stage, payout) = pending();
    let body = told(&payout, "transfer.paid").to_string();
    let good = headers("evt_1", &body, stage.now());
    let with = |name: &str, value: &str| {
        let mut headers = good.clone();
        headers.insert(name.to_owned(), value.to_owned());
        headers
    };
    let old = headers("evt_1", &body, stage.now().after(Duration::from_secs(301)));
    for bad in [
        BTreeMap::new(),
        with("webhook-signature", ""),
        with("webhook-signature", "v1,AAAA"),
        with("webhook-id", "evt_2"),
        with("webhook-timestamp", &(stage.now().as_seconds() + 1).to_string()),
        old,
    ] {
        problem(&hand_over(&stage, &bad, &body), 400, "signature-invalid");
    }
    problem(&hand_over(&stage, &good, &body.replace("paid", "failed")), 400, "signature-invalid");
    assert!(!stage.calls().iter().any(crate::support::writes));
    assert!(matches!(crate::support::payout(&stage, 2, week()).unwrap().state, State::Pending { .. }));
    assert_eq!(hand_over(&stage, &good, &body).status_code, 204);
}

#[test]
fn each_word_is_heard_once_however_often_it_comes() {
    for (kind, event, balance) in [("transfer.paid", PAID, 0), ("transfer.failed", FAILED, 6_000)] {
        let (stage, payout) = pending();
        for _ in 0..3 {
            assert_eq!(send(&stage, "evt_1", &told(&payout, kind)).status_code, 204);
        }
        assert_eq!(earned(&stage, 2), balance);
        assert_eq!(count(&announced(&stage), event), 1, "{kind}");
    }
}

#[test]
fn the_word_may_come_before_the_answer() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    until_run(&stage);
    assert!(stage.start("begin-run"));
    let stage = std::sync::Arc::new(stage);
    let other = std::sync::Arc::downgrade(&stage);
    stage.interfere(move |call| {
        if crate::support::asks(call, "POST") {
            let stage = other.upgrade().unwrap();
            let payout = payout(&stage, 2, week()).unwrap();
            assert!(matches!(payout.state, State::Sending { .. }), "it is stored that it is being sent");
            assert_eq!(send(&stage, "evt_1", &told(&payout, "transfer.paid")).status_code, 204);
        }
        local::faults::Fate::Answered
    });
    stage.settle().unwrap();
    stage.calm();
    assert!(matches!(payout(&stage, 2, week()).unwrap().state, State::Paid { .. }));
    stage.rest(Duration::from_secs(60)).unwrap();
    assert_eq!(count(&announced(&stage), PAID), 1);
}

#[test]
fn a_contradiction_changes_nothing_and_people_hear_of_it() {
    let (stage, payout) = pending();
    assert_eq!(send(&stage, "evt_1", &told(&payout, "transfer.paid")).status_code, 204);
    assert_eq!(send(&stage, "evt_2", &told(&payout, "transfer.failed")).status_code, 204);
    assert_eq!(earned(&stage, 2), 0);
    assert!(stage.log().iter().any(|line| line.contains("contradicts")));
}

#[test]
fn what_is_about_nothing_of_ours_is_acknowledged_and_logged() {
    let (stage, payout) = pending();
    let mut other = told(&payout, "transfer.paid");
    other["data"]["reference"] = json!("pyo_00000000000000000000000001-1");
    assert_eq!(send(&stage, "evt_1", &other).status_code, 204);
    assert!(stage.log().iter().any(|line| line.contains("not here")));
    other["data"]["reference"] = json!(format!("{}-2", payout.id));
    assert_eq!(send(&stage, "evt_2", &other).status_code, 204, "an attempt that nobody made");
    other["data"]["reference"] = json!("somebody-elses");
    assert_eq!(send(&stage, "evt_3", &other).status_code, 204);
    assert_eq!(send(&stage, "evt_4", &told(&payout, "transfer.created")).status_code, 204);
    assert!(matches!(crate::support::payout(&stage, 2, week()).unwrap().state, State::Pending { .. }));
}

#[test]
fn another_amount_than_was_asked_for_is_a_matter_for_people() {
    let (stage, payout) = pending();
    let mut other = told(&payout, "transfer.paid");
    other["data"]["amount_minor"] = json!(roubles(1).amount_minor);
    problem(&send(&stage, "evt_1", &other), 500, "internal");
    other["data"] = json!({});
    problem(&send(&stage, "evt_2", &other), 500, "internal");
    assert!(matches!(crate::support::payout(&stage, 2, week()).unwrap().state, State::Pending { .. }));
}

#[test]
fn the_secret_before_the_last_rotation_is_good_too() {
    let (stage, payout) = pending();
    let body = told(&payout, "transfer.paid").to_string();
    let signed = headers("evt_1", &body, stage.now());
    let secret = |current: &str, previous: Option<&str>| SecretValues {
        current: current.as_bytes().to_vec(),
        previous: previous.map(|value| value.as_bytes().to_vec()),
    };
    stage.cloud.secrets().set("golden-hat-webhook-secret", secret("whsec_bmV3", None));
    stage.restart();
    problem(&hand_over(&stage, &signed, &body), 400, "signature-invalid");
    stage.cloud.secrets().set("golden-hat-webhook-secret", secret("whsec_bmV3", Some(WEBHOOK_SECRET)));
    stage.restart();
    assert_eq!(hand_over(&stage, &signed, &body).status_code, 204);
}

#[test]
fn the_sandbox_of_the_provider_is_understood() {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    until_run(&stage);
    run(&stage);
    assert!(matches!(payout(&stage, 2, week()).unwrap().state, State::Paid { .. }));
}
