//! `refresh-session`: a token is good once.

use crate::support::{
    EMAIL, access, admin, announced, announced_types, claims, everything, first_write, refresh, stage, tokens,
    verified, writes,
};
use kernel::AccountId;
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use local::testing::problem;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn renewed(stage: &Stage, tokens: &Value) -> Value {
    let answer = refresh(stage, tokens);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn invalid(stage: &Stage, tokens: &Value) {
    problem(&refresh(stage, tokens), 401, "refresh-token-invalid");
}

fn running(stage: &Stage, id: AccountId) -> usize {
    access(stage, id).unwrap().running(stage.now()).len()
}

#[test]
fn a_session_goes_on_with_new_tokens() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    stage.pass(Duration::from_secs(600));
    let second = renewed(&stage, &first);
    assert_eq!(second["session"], first["session"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let claims = claims(&stage, &second).expect("the authorizer takes it");
    assert_eq!((&claims["sub"], &claims["sid"]), (&json!(id), &first["session"]));
    assert_eq!(claims["exp"], (stage.now().as_seconds() + 600).to_string());
    let mut leaf = second;
    for _ in 0..3 {
        stage.pass(Duration::from_secs(29 * 86_400));
        leaf = renewed(&stage, &leaf);
    }
    assert_eq!(leaf["session"], first["session"], "for as long as it is renewed in time");
}

#[test]
fn a_lost_reply_costs_nobody_their_session() {
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let second = refresh(&stage, &first);
    stage.pass(Duration::from_secs(29));
    let again = refresh(&stage, &first);
    assert_eq!((again.status_code, again.body), (200, second.body.clone()), "the very same tokens");
    let third = renewed(&stage, &second.json());
    assert_eq!(renewed(&stage, &second.json()), third);
    assert!(announced_types(&stage).iter().all(|kind| kind != "sessions-revoked"));
}

#[test]
fn a_second_use_ends_the_session_and_says_so_once() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let (first, elsewhere) = (tokens(&stage, EMAIL, "in"), tokens(&stage, EMAIL, "elsewhere"));
    let second = renewed(&stage, &first);
    announced(&stage);
    stage.pass(Duration::from_secs(30));
    for _ in 0..3 {
        invalid(&stage, &first);
    }
    let data = json!({ "account": id, "reason": "token-reuse" });
    assert_eq!(announced(&stage), [("identity.sessions-revoked.v1".to_owned(), data)]);
    invalid(&stage, &second);
    renewed(&stage, &elsewhere);
    assert_eq!(running(&stage, id), 1, "the other session is none of its family");
    tokens(&stage, EMAIL, "again");
}

#[test]
fn an_older_token_ends_the_session_at_once() {
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let second = renewed(&stage, &first);
    let third = renewed(&stage, &second);
    invalid(&stage, &first);
    invalid(&stage, &third);
}

#[test]
fn of_two_exchanges_at_once_both_get_the_same_tokens() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let (other, mine, faster) = (stage.clone(), first.clone(), Arc::new(Mutex::new(String::new())));
    let (slot, entered) = (faster.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            *slot.lock().unwrap() = refresh(&other, &mine).body;
        }
        Fate::Answered
    });
    let slower = refresh(&stage, &first);
    assert_eq!((slower.status_code, &slower.body), (200, &*faster.lock().unwrap()));
    stage.calm();
    assert_eq!(running(&stage, id), 1);
}

#[test]
fn a_session_that_ends_meanwhile_stays_ended() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            let by = crate::support::principal(id, kernel::Role::Customer);
            assert_eq!(other.ask("end-sessions").by(&by).get().status_code, 204);
        }
        Fate::Answered
    });
    invalid(&stage, &first);
    stage.calm();
    assert_eq!(running(&stage, id), 0);
}

#[test]
fn lost_replies_below_change_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        verified(&stage, EMAIL);
        let first = tokens(&stage, EMAIL, "in");
        first_write(&stage, fate);
        let second = renewed(&stage, &first);
        stage.calm();
        renewed(&stage, &second);
    }
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    stage.interfere(|call| if call.service == Service::Kms { Fate::ReplyLost } else { Fate::Answered });
    problem(&refresh(&stage, &first), 503, "try-again");
    stage.calm();
    let second = renewed(&stage, &first);
    renewed(&stage, &second);
}

#[test]
fn the_roles_are_those_of_now() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let body = json!({ "roles": ["customer", "manager"], "reason": "Runs the shop" });
    assert_eq!(stage.ask("change-roles").by(&admin()).at(id).send(&body).status_code, 200);
    let second = renewed(&stage, &first);
    assert_eq!(claims(&stage, &second).unwrap()["roles"], "customer manager");
}

#[test]
fn a_token_that_nobody_renewed_for_thirty_days_is_no_good() {
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    stage.pass(Duration::from_secs(30 * 86_400));
    invalid(&stage, &first);
}

#[test]
fn what_was_never_issued_here_is_no_good_and_ends_nothing() {
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    let text = first["refresh_token"].as_str().unwrap();
    let before = everything(&stage);
    // Of each letter another one: account, session, secret, tag.
    for place in (3..text.len()).step_by(4) {
        let letter = if &text[place..=place] == "0" { "1" } else { "0" };
        let mut forged = text.to_owned();
        forged.replace_range(place..=place, letter);
        let answer = refresh(&stage, &json!({ "refresh_token": forged }));
        assert!([400, 401].contains(&answer.status_code), "{place}: {}", answer.body);
    }
    assert_eq!(everything(&stage), before);
    renewed(&stage, &first);
}

#[test]
fn what_is_no_refresh_token_at_all_is_refused() {
    let stage = stage();
    verified(&stage, EMAIL);
    let first = tokens(&stage, EMAIL, "in");
    stage.calls();
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY2NfMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDEifQ.";
    for token in [
        json!(""),
        json!(unsigned),
        first["access_token"].clone(),
        json!(null),
        json!("ш".repeat(59)),
        json!(7),
    ] {
        let refused = problem(&refresh(&stage, &json!({ "refresh_token": token })), 400, "invalid-body");
        assert_eq!(refused["field"], "refresh_token");
    }
    let extra = json!({ "refresh_token": first["refresh_token"], "roles": "admin" });
    problem(&stage.ask("refresh-session").send(&extra), 400, "invalid-body");
    problem(&stage.ask("refresh-session").send(&json!({})), 400, "invalid-body");
    assert!(!stage.calls().iter().any(|call| call.service == Service::DynamoDb));
}
