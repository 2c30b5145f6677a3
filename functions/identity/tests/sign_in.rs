//! `sign-in`: what it promises, and what it refuses.

use crate::support::{
    EMAIL, PASSWORD, access, account, announced, claims, everything, first_write, key, person, register, sign_in,
    stage, tokens, verified, writes,
};
use kernel::{AccountId, SessionId};
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use local::testing::problem;
use platform::SecretValues;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn send(stage: &Stage, name: &str, body: &Value) -> local::trigger::HttpResponse {
    stage.ask("sign-in").key(&key(name)).send(body)
}

#[test]
fn who_signs_in_gets_tokens_that_the_authorizer_takes() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    stage.calls();
    let answer = send(&stage, "in", &json!({ "email": EMAIL, "password": PASSWORD, "device": "Pixel 9" }));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let body = answer.json();
    let session: SessionId = body["session"].as_str().unwrap().parse().unwrap();
    assert_eq!(answer.headers["location"], "/v1/sessions");
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(body["refresh_expires_at"], stage.now().after(Duration::from_secs(30 * 86_400)).to_string());
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);

    let now = stage.now().as_seconds();
    let claims = claims(&stage, &body).expect("the authorizer takes it");
    for (claim, value) in [
        ("iss", stage.cloud.issuer().to_owned()),
        ("aud", "yarmarka".to_owned()),
        ("sub", id.to_string()),
        ("roles", "customer".to_owned()),
        ("token_use", "access".to_owned()),
        ("sid", session.to_string()),
        ("iat", now.to_string()),
        ("exp", (now + 600).to_string()),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    assert_eq!(claims["jti"].as_str().map(str::len), Some(26));
    assert_eq!(claims.len(), 9, "and nothing about the person: {claims:?}");
    stage.pass(Duration::from_secs(600));
    assert_eq!(crate::support::claims(&stage, &body), None, "for ten minutes");
    let stored = access(&stage, id).unwrap();
    assert_eq!(stored.sessions[0].device.as_ref().map(|device| device.as_str()), Some("Pixel 9"));
}

#[test]
fn tokens_are_not_stored_and_not_logged() {
    let stage = stage();
    verified(&stage, EMAIL);
    let body = tokens(&stage, EMAIL, "in");
    let secrets = ["access_token", "refresh_token"].map(|name| body[name].as_str().unwrap().to_owned());
    for text in everything(&stage).into_iter().chain(stage.log()) {
        assert!(!secrets.iter().any(|secret| text.contains(&secret[60..])), "{text}");
        assert!(!text.contains(PASSWORD));
    }
}

#[test]
fn an_address_is_the_same_however_it_is_spelled() {
    let stage = stage();
    verified(&stage, "maria@пример.рф");
    for (n, email) in ["MARIA@ПРИМЕР.РФ", "maria@xn--e1afmkfd.xn--p1ai", " maria@пример.рф "].iter().enumerate()
    {
        assert_eq!(sign_in(&stage, email, PASSWORD, &n.to_string()).status_code, 201, "{email}");
    }
    problem(&sign_in(&stage, "maria+shop@пример.рф", PASSWORD, "plus"), 401, "credentials-wrong");
}

#[test]
fn the_same_request_again_gets_the_same_tokens() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let first = sign_in(&stage, EMAIL, PASSWORD, "in");
    let same = |when: &str| {
        let again = sign_in(&stage, EMAIL, PASSWORD, "in");
        assert_eq!((again.status_code, &again.body), (201, &first.body), "{when}");
    };
    same("at once");
    stage.pass(Duration::from_secs(300));
    same("later");
    let rotated = SecretValues {
        current: b"the server's key after a rotation".to_vec(),
        previous: Some(b"development-identity-server".to_vec()),
    };
    stage.cloud.secrets().set("identity-server", rotated);
    stage.restart();
    same("after a rotation of the key");
    crate::support::refresh(&stage, &first.json());
    same("after a renewal");
    let by = crate::support::principal(id, kernel::Role::Customer);
    assert_eq!(stage.ask("end-sessions").by(&by).get().status_code, 204);
    same("after the session ended, which it stays");
    assert_eq!(access(&stage, id).unwrap().running(stage.now()).len(), 0);
    problem(&crate::support::refresh(&stage, &first.json()), 401, "refresh-token-invalid");
}

#[test]
fn a_key_is_refused_for_another_body() {
    let stage = stage();
    verified(&stage, EMAIL);
    tokens(&stage, EMAIL, "in");
    let other = json!({ "email": EMAIL, "password": PASSWORD, "device": "another" });
    problem(&send(&stage, "in", &other), 422, "idempotency-key-reused");
    problem(&sign_in(&stage, EMAIL, "another password", "in"), 422, "idempotency-key-reused");
}

#[test]
fn nobody_learns_whether_an_address_is_known() {
    let stage = stage();
    verified(&stage, EMAIL);
    register(&stage, &person("unverified@example.com"));
    // Secrets are read once and then known.
    tokens(&stage, EMAIL, "in");
    stage.calls();
    let answers = [EMAIL, "unverified@example.com", "nobody@example.com"].map(|email| {
        let mut answer = sign_in(&stage, email, "the wrong password", email).json();
        answer.as_object_mut().unwrap().remove("request");
        let calls: Vec<_> = stage.calls().into_iter().map(|call| (call.service, call.operation)).collect();
        (answer, calls)
    });
    assert_eq!(answers[0].0["code"], "credentials-wrong");
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
}

#[test]
fn failures_of_addresses_that_nobody_has_are_forgotten_in_time() {
    let stage = stage();
    sign_in(&stage, "nobody@example.com", PASSWORD, "in");
    let items: Vec<String> = everything(&stage).into_iter().filter(|item| !item.contains("rate#")).collect();
    assert_eq!(items.len(), 1);
    assert!(items[0].contains("\"expires_at\":{\"N\":") && !items[0].contains("nobody@"), "{}", items[0]);
    let id = verified(&stage, EMAIL);
    sign_in(&stage, EMAIL, "the wrong password", "in-2");
    assert_eq!(access(&stage, id).unwrap().ttl, None, "an account's stay");
}

#[test]
fn half_of_a_pair_is_refused_before_anything_is_tried() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.calls();
    let (id, secret) = (AccountId::from_bits(1), format!("ps_{}", "A".repeat(43)));
    for body in [
        json!({}),
        json!({ "email": EMAIL }),
        json!({ "password": PASSWORD }),
        json!({ "email": EMAIL, "phone": "+442079460018", "password": PASSWORD }),
        json!({ "client_id": id }),
        json!({ "client_secret": secret }),
        json!({ "client_id": id, "password": PASSWORD }),
        json!({ "email": EMAIL, "password": PASSWORD, "client_id": id, "client_secret": secret }),
        json!({ "email": EMAIL, "password": PASSWORD, "client_secret": secret }),
    ] {
        problem(&send(&stage, "in", &body), 422, "credentials-incomplete");
    }
    for (body, field) in [
        (json!({ "email": "maria", "password": PASSWORD }), "email"),
        (json!({ "email": EMAIL, "password": "" }), "password"),
        (json!({ "email": EMAIL, "password": "x".repeat(200) }), "password"),
        (json!({ "email": EMAIL, "password": PASSWORD, "device": "" }), "device"),
        (json!({ "email": EMAIL, "password": PASSWORD, "device": "я".repeat(101) }), "device"),
        (json!({ "email": EMAIL, "password": PASSWORD, "roles": "admin" }), "roles"),
        (json!({ "client_id": "root", "client_secret": secret }), "client_id"),
        (json!({ "client_id": id, "client_secret": "ps_" }), "client_secret"),
    ] {
        assert_eq!(problem(&send(&stage, "in", &body), 400, "invalid-body")["field"], field);
    }
    let keyless = stage.ask("sign-in").send(&json!({ "email": EMAIL, "password": PASSWORD }));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(!stage.calls().iter().any(|call| call.service == Service::DynamoDb));
}

#[test]
fn lost_replies_open_one_session() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        let id = verified(&stage, EMAIL);
        first_write(&stage, fate);
        tokens(&stage, EMAIL, "in");
        stage.calm();
        assert_eq!(access(&stage, id).unwrap().sessions.len(), 1);
    }
    let stage = stage();
    let id = verified(&stage, EMAIL);
    stage.interfere(|call| if call.service == Service::Kms { Fate::NeverSent } else { Fate::Answered });
    problem(&sign_in(&stage, EMAIL, PASSWORD, "in"), 503, "try-again");
    stage.calm();
    tokens(&stage, EMAIL, "in");
    assert_eq!(access(&stage, id).unwrap().sessions.len(), 1, "the session that could not be answered for");
}

#[test]
fn of_two_requests_at_once_with_one_key_both_get_the_same_tokens() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let (other, faster, entered) = (stage.clone(), Arc::new(Mutex::new(String::new())), AtomicUsize::new(0));
    let slot = faster.clone();
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            *slot.lock().unwrap() = sign_in(&other, EMAIL, PASSWORD, "in").body;
        }
        Fate::Answered
    });
    let slower = sign_in(&stage, EMAIL, PASSWORD, "in");
    assert_eq!((slower.status_code, &slower.body), (201, &*faster.lock().unwrap()));
    stage.calm();
    assert_eq!(access(&stage, id).unwrap().sessions.len(), 1);
}

#[test]
fn devices_that_sign_in_at_once_each_get_a_session() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        let n = entered.fetch_add(usize::from(writes(call)), Ordering::Relaxed);
        if writes(call) && n < 3 {
            tokens(&other, EMAIL, &format!("device-{n}"));
        }
        Fate::Answered
    });
    tokens(&stage, EMAIL, "the-first");
    stage.calm();
    assert_eq!(access(&stage, id).unwrap().running(stage.now()).len(), 4);
}

#[test]
fn signing_in_announces_nothing_and_changes_no_account() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let before = account(&stage, id);
    announced(&stage);
    tokens(&stage, EMAIL, "in");
    sign_in(&stage, EMAIL, "the wrong password", "wrong");
    assert!(announced(&stage).is_empty());
    assert_eq!(account(&stage, id), before);
}
