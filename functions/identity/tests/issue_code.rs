//! `issue-code`: another code, but not too many.

use crate::support::{
    EMAIL, announced_types, code, first_write, key, person, register, stage, verified, verify, writes, wrong,
};
use contracts::identity::ContactKind::{Email, Phone};
use kernel::AccountId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::json;
use std::time::Duration;

fn ask(stage: &Stage, account: AccountId, name: &str) -> HttpResponse {
    stage.ask("issue-code").at(account).key(&key(name)).send(&json!({ "kind": "email" }))
}

#[test]
fn another_code_is_sent_and_alone_is_good() {
    let stage = stage();
    let account = register(&stage, &person(EMAIL));
    let first = code(&stage, account, Email);
    stage.pass(Duration::from_secs(60));
    announced_types(&stage);
    let answer = ask(&stage, account, "another");
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    let expires_at = stage.now().after(Duration::from_secs(600));
    assert_eq!(answer.json(), json!({ "kind": "email", "expires_at": expires_at }));
    assert_eq!(announced_types(&stage), ["code-issued"]);
    let second = code(&stage, account, Email);
    assert_ne!(first, second);
    problem(&verify(&stage, account, Email, &first), 422, "code-wrong");
    assert_eq!(verify(&stage, account, Email, &second).status_code, 200);
}

#[test]
fn the_same_request_again_sends_nothing() {
    let stage = stage();
    let account = register(&stage, &person(EMAIL));
    stage.pass(Duration::from_secs(60));
    announced_types(&stage);
    let first = ask(&stage, account, "another");
    let good = code(&stage, account, Email);
    stage.pass(Duration::from_secs(300));
    let again = ask(&stage, account, "another");
    assert_eq!((again.status_code, &again.body), (202, &first.body));
    assert_eq!(code(&stage, account, Email), good);
    assert_eq!(announced_types(&stage), ["code-issued"]);
    let other = stage.ask("issue-code").at(account).key(&key("another"));
    problem(&other.send(&json!({ "kind": "phone" })), 404, "not-found");
}

#[test]
fn codes_come_one_a_minute_and_ten_a_day() {
    let stage = stage();
    let account = register(&stage, &person(EMAIL));
    stage.pass(Duration::from_millis(59_001));
    let refused = ask(&stage, account, "too-soon");
    assert_eq!(problem(&refused, 429, "too-many-codes")["retry_after_s"], 1);
    assert_eq!(refused.headers["retry-after"], "1");
    for n in 1..10 {
        stage.pass(Duration::from_secs(60));
        assert_eq!(ask(&stage, account, &format!("code-{n}")).status_code, 202);
    }
    stage.pass(Duration::from_secs(60));
    let refused = problem(&ask(&stage, account, "too-many"), 429, "too-many-codes");
    assert!(refused["retry_after_s"].as_u64().is_some_and(|wait| wait > 80_000), "{refused}");
    stage.pass(Duration::from_secs(86_400));
    assert_eq!(ask(&stage, account, "a-day-later").status_code, 202);
}

#[test]
fn a_new_code_has_tries_of_its_own() {
    let stage = stage();
    let account = register(&stage, &person(EMAIL));
    for _ in 0..5 {
        problem(&verify(&stage, account, Email, &wrong(&code(&stage, account, Email))), 422, "code-wrong");
    }
    problem(&verify(&stage, account, Email, &code(&stage, account, Email)), 422, "code-expired");
    stage.pass(Duration::from_secs(60));
    assert_eq!(ask(&stage, account, "another").status_code, 202);
    assert_eq!(verify(&stage, account, Email, &code(&stage, account, Email)).status_code, 200);
}

#[test]
fn a_verified_contact_needs_no_code() {
    let stage = stage();
    let account = verified(&stage, EMAIL);
    stage.pass(Duration::from_secs(60));
    problem(&ask(&stage, account, "another"), 409, "already-verified");
}

#[test]
fn an_account_that_is_not_there_gets_no_code() {
    let stage = stage();
    let account = register(&stage, &person(EMAIL));
    stage.calls();
    problem(&ask(&stage, AccountId::from_bits(7), "another"), 404, "not-found");
    let phone = stage.ask("issue-code").at(account).key(&key("another")).send(&json!({ "kind": Phone }));
    problem(&phone, 404, "not-found");
    for path in ["", "acc_1", "me", "ord_00000000000000000000000001", "аккаунт"] {
        let answer = stage.ask("issue-code").at(path).key(&key("another")).send(&json!({ "kind": "email" }));
        problem(&answer, 404, "not-found");
    }
    for body in [
        json!({}),
        json!({ "kind": "pigeon" }),
        json!({ "kind": "email", "to": "x@example.com" }),
        json!([]),
    ] {
        let answer = stage.ask("issue-code").at(account).key(&key("another")).send(&body);
        problem(&answer, 400, "invalid-body");
    }
    problem(
        &stage.ask("issue-code").at(account).send(&json!({ "kind": "email" })),
        400,
        "idempotency-key-missing",
    );
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_lost_reply_sends_one_code() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        let account = register(&stage, &person(EMAIL));
        stage.pass(Duration::from_secs(60));
        announced_types(&stage);
        first_write(&stage, fate);
        assert_eq!(ask(&stage, account, "another").status_code, 202);
        stage.calm();
        assert_eq!(announced_types(&stage), ["code-issued"]);
    }
}
