//! `sign-in`: too many failures, one after the other and all at once.

use crate::support::{
    EMAIL, PASSWORD, PHONE, access, announced, code, key, person, register, sign_in, stage, tokens, verified, verify,
    writes,
};
use contracts::identity::ContactKind;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn fail(stage: &Stage, email: &str, times: std::ops::Range<usize>) {
    for n in times {
        let answer = sign_in(stage, email, "the wrong password", &format!("wrong-{n}"));
        problem(&answer, 401, "credentials-wrong");
    }
}

fn locked(stage: &Stage, email: &str, password: &str, name: &str) -> u64 {
    let answer = sign_in(stage, email, password, name);
    let seconds = problem(&answer, 429, "locked")["retry_after_s"].as_u64().unwrap();
    assert_eq!(answer.headers["retry-after"], seconds.to_string());
    seconds
}

#[test]
fn after_ten_failures_even_the_right_password_is_refused_for_fifteen_minutes() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let before = tokens(&stage, EMAIL, "before");
    announced(&stage);
    fail(&stage, EMAIL, 0..10);
    let until = stage.now().after(Duration::from_secs(900));
    let events = announced(&stage);
    assert_eq!(events, [("identity.account-locked.v1".to_owned(), json!({ "account": id, "until": until }))]);
    assert_eq!(locked(&stage, EMAIL, PASSWORD, "right"), 900);
    stage.pass(Duration::from_millis(899_500));
    assert_eq!(locked(&stage, EMAIL, PASSWORD, "right"), 1);
    assert_eq!(locked(&stage, EMAIL, "the wrong password", "more"), 1, "which counts nothing");
    assert_eq!(crate::support::refresh(&stage, &before).status_code, 200, "who is in stays in");
    stage.pass(Duration::from_millis(500));
    tokens(&stage, EMAIL, "right");
    assert!(announced(&stage).is_empty(), "it is said once");
}

#[test]
fn a_success_in_between_forgives() {
    let stage = stage();
    verified(&stage, EMAIL);
    fail(&stage, EMAIL, 0..9);
    tokens(&stage, EMAIL, "right");
    fail(&stage, EMAIL, 9..18);
    tokens(&stage, EMAIL, "right again");
}

#[test]
fn failures_long_ago_do_not_count() {
    let stage = stage();
    verified(&stage, EMAIL);
    fail(&stage, EMAIL, 0..9);
    stage.pass(Duration::from_secs(900));
    fail(&stage, EMAIL, 9..18);
    tokens(&stage, EMAIL, "right");
}

#[test]
fn an_address_that_nobody_has_is_locked_like_any_other_and_nobody_is_told() {
    let stage = stage();
    fail(&stage, "nobody@example.com", 0..10);
    assert_eq!(locked(&stage, "NOBODY@example.com", PASSWORD, "right"), 900);
    assert!(announced(&stage).is_empty());
    let id = register(&stage, &person("nobody@example.com"));
    verify(&stage, id, ContactKind::Email, &code(&stage, id, ContactKind::Email));
    tokens(&stage, "nobody@example.com", "mine now");
}

#[test]
fn each_address_is_locked_on_its_own() {
    let stage = stage();
    let mut body = person(EMAIL);
    body["phone"] = json!(PHONE);
    let id = register(&stage, &body);
    for kind in [ContactKind::Email, ContactKind::Phone] {
        assert_eq!(verify(&stage, id, kind, &code(&stage, id, kind)).status_code, 200);
    }
    verified(&stage, "ivan@example.com");
    fail(&stage, EMAIL, 0..10);
    locked(&stage, EMAIL, PASSWORD, "email");
    let by_phone = json!({ "phone": PHONE, "password": PASSWORD });
    assert_eq!(stage.ask("sign-in").key(&key("phone")).send(&by_phone).status_code, 201);
    tokens(&stage, "ivan@example.com", "another person");
    locked(&stage, EMAIL, PASSWORD, "email");
}

#[test]
fn a_right_guess_among_parallel_ones_wins_nothing_once_ten_are_counted() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            fail(&other, EMAIL, 0..10);
        }
        Fate::Answered
    });
    locked(&stage, EMAIL, PASSWORD, "right");
    stage.calm();
    assert!(access(&stage, id).unwrap().sessions.is_empty());
}

#[test]
fn no_failure_goes_uncounted_when_they_come_at_once() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        // Each of the first is overtaken by the next one just before it is counted.
        let n = entered.fetch_add(usize::from(writes(call)), Ordering::Relaxed);
        if writes(call) && n < 2 {
            fail(&other, EMAIL, n..n + 1);
        }
        Fate::Answered
    });
    fail(&stage, EMAIL, 100..101);
    stage.calm();
    let tries = access(&stage, id).unwrap().by_email;
    let failed = serde_json::to_value(&tries).unwrap()["failed"].as_array().unwrap().len();
    assert_eq!(failed, 3);
}

#[test]
fn a_lost_reply_counts_a_failure_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        verified(&stage, EMAIL);
        crate::support::first_write(&stage, fate);
        fail(&stage, EMAIL, 0..1);
        stage.calm();
        fail(&stage, EMAIL, 1..10);
        locked(&stage, EMAIL, PASSWORD, "right");
    }
}

#[test]
fn a_deployment_may_say_otherwise() {
    let stage = stage();
    stage.set("LOCKOUT", "3,1,60");
    verified(&stage, EMAIL);
    fail(&stage, EMAIL, 0..3);
    assert_eq!(locked(&stage, EMAIL, PASSWORD, "right"), 3600);
}
