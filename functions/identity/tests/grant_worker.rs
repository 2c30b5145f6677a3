//! `grant-worker`.

use crate::support::{EMAIL, admin, code, person, register, stage, verified, verify};
use contracts::hiring::WorkerHired;
use contracts::identity::ContactKind;
use identity::account::Account;
use identity::store::account_key;
use kernel::{AccountId, ApplicationId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, event, item, published, reports_only_what_it_cannot_read, writes};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn hired(stage: &Stage, worker: AccountId, n: u128) -> Value {
    let hired = WorkerHired {
        application: ApplicationId::from_bits(n),
        worker,
        skills: Default::default(),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
    };
    event(stage, &hired, 1, 5)
}

fn roles(stage: &Stage, account: AccountId) -> Vec<String> {
    item::<Account>(stage, "identity", &account_key(account)).unwrap().roles.names()
}

fn change(stage: &Stage, account: AccountId, roles: &[&str]) {
    let body = json!({ "roles": roles, "reason": "As it should be" });
    let answer = stage.ask("change-roles").by(&admin()).at(account).send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// What was announced of roles since calls were last taken.
fn told(stage: &Stage) -> Vec<Value> {
    stage.settle().unwrap();
    let events = published(stage).concat().into_iter();
    events
        .filter(|event| event["type"] == "identity.roles-changed.v1")
        .map(|mut event| event["data"].take())
        .collect()
}

#[test]
fn who_is_hired_becomes_a_worker_and_that_is_on_record() {
    let stage = stage();
    let account = verified(&stage, EMAIL);
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    assert_eq!(roles(&stage, account), ["customer", "worker"]);
    assert_eq!(told(&stage), [json!({ "account": account, "roles": ["customer", "worker"] })]);
    let record = stage.ask("list-role-changes").by(&caller(9, Role::Auditor)).at(account).get().json();
    let change = &record["items"][0];
    assert_eq!((&change["granted"], &change["revoked"]), (&json!(["worker"]), &json!([])));
    assert_eq!(change["reason"], format!("Hired on {}", ApplicationId::from_bits(18)));
    assert!(change.get("by").is_none());
}

#[test]
fn the_event_again_changes_nothing_even_after_an_admin_took_the_role_away() {
    let stage = stage();
    let account = verified(&stage, EMAIL);
    for _ in 0..3 {
        assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    }
    assert_eq!(told(&stage).len(), 1);
    change(&stage, account, &["customer"]);
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    assert_eq!(roles(&stage, account), ["customer"]);
    assert_eq!(told(&stage).len(), 1, "the admin's change alone");
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 19)));
    assert_eq!(roles(&stage, account), ["customer", "worker"], "hired anew");
}

#[test]
fn who_is_a_worker_already_stays_one_and_nothing_is_announced() {
    let stage = stage();
    let account = verified(&stage, EMAIL);
    change(&stage, account, &["customer", "manager", "worker"]);
    told(&stage);
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    assert_eq!(roles(&stage, account), ["customer", "worker", "manager"]);
    assert!(told(&stage).is_empty());
    change(&stage, account, &["customer"]);
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    assert_eq!(roles(&stage, account), ["customer"]);
}

#[test]
fn a_hiring_of_nobody_is_reported() {
    let stage = stage();
    register(&stage, &person(EMAIL));
    assert!(!stage.deliver("grant-worker", &hired(&stage, AccountId::from_bits(7), 18)));
    assert!(told(&stage).is_empty());
}

#[test]
fn an_admin_at_the_same_moment_and_a_second_delivery_lose_nothing() {
    let stage = Arc::new(stage());
    let account = verified(&stage, EMAIL);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.operation == "TransactWriteItems" && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            change(&other, account, &["customer", "manager"]);
            assert!(other.deliver("grant-worker", &hired(&other, account, 18)));
        }
        Fate::Answered
    });
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    stage.calm();
    assert_eq!(roles(&stage, account), ["customer", "worker", "manager"]);
    assert_eq!(told(&stage).len(), 2);
}

#[test]
fn an_address_that_is_verified_at_the_same_moment_stays_verified() {
    let stage = Arc::new(stage());
    let account = register(&stage, &person(EMAIL));
    let code = code(&stage, account, ContactKind::Email);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.function == "grant-worker" && writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(verify(&other, account, ContactKind::Email, &code).status_code, 200);
        }
        Fate::Answered
    });
    assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
    stage.calm();
    let account: Account = item(&stage, "identity", &account_key(account)).unwrap();
    assert!(account.email.unwrap().verified_at.is_some());
    assert!(account.roles.names().contains(&"worker".to_owned()));
}

#[test]
fn lost_replies_of_the_table_grant_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        let account = verified(&stage, EMAIL);
        let entered = AtomicUsize::new(0);
        stage.interfere(move |call| {
            let first = call.operation == "TransactWriteItems" && entered.fetch_add(1, Ordering::Relaxed) == 0;
            if first { fate.clone() } else { Fate::Answered }
        });
        assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
        stage.calm();
        assert!(stage.deliver("grant-worker", &hired(&stage, account, 18)));
        assert_eq!(told(&stage).len(), 1);
    }
}

#[test]
fn what_cannot_be_read_is_reported_and_nothing_else() {
    let stage = stage();
    let account = verified(&stage, EMAIL);
    reports_only_what_it_cannot_read(&stage, "grant-worker", &hired(&stage, account, 18));
}
