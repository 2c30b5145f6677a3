//! `verify-contact`: claims an address for whoever proves to own it.

use crate::support::{
    EMAIL, PASSWORD, PHONE, account, announced, announced_types, code, first_write, key, person, register, sign_in,
    stage, verified, verify, writes, wrong,
};
use contracts::identity::ContactKind::{Email, Phone};
use kernel::AccountId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn right(stage: &Stage, account: AccountId) -> u16 {
    verify(stage, account, Email, &code(stage, account, Email)).status_code
}

/// Somebody else who registered with the same address, spelled otherwise.
fn rival(stage: &Stage) -> AccountId {
    let body = person(&EMAIL.to_uppercase());
    let answer = stage.ask("register").key(&key("rival")).send(&body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn the_right_code_verifies_the_contact() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    problem(&sign_in(&stage, EMAIL, PASSWORD, "too-early"), 401, "credentials-wrong");
    announced(&stage);
    let answer = verify(&stage, id, Email, &code(&stage, id, Email));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "kind": "email", "verified_at": stage.now() }));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1, "claim and account are one write");
    let events = announced(&stage);
    assert_eq!(events, [("identity.contact-verified.v1".to_owned(), json!({ "account": id, "kind": "email" }))]);
    assert_eq!(account(&stage, id).email.unwrap().verified_at, Some(stage.now()));
    assert_eq!(sign_in(&stage, EMAIL, PASSWORD, "now").status_code, 201);
}

#[test]
fn the_right_code_again_gets_the_same_reply() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    let first = verify(&stage, id, Email, &code(&stage, id, Email));
    announced(&stage);
    stage.pass(Duration::from_secs(3600));
    let again = verify(&stage, id, Email, &code(&stage, id, Email));
    assert_eq!((again.status_code, again.body), (200, first.body));
    problem(&verify(&stage, id, Email, &wrong(&code(&stage, id, Email))), 422, "code-expired");
    assert!(announced(&stage).is_empty());
}

#[test]
fn each_contact_is_verified_on_its_own() {
    let stage = stage();
    let mut body = person(EMAIL);
    body["phone"] = json!(PHONE);
    let id = register(&stage, &body);
    let email = code(&stage, id, Email);
    if email != code(&stage, id, Phone) {
        problem(&verify(&stage, id, Phone, &email), 422, "code-wrong");
    }
    assert_eq!(verify(&stage, id, Phone, &code(&stage, id, Phone)).status_code, 200);
    let stored = account(&stage, id);
    assert!(stored.phone.unwrap().verified_at.is_some() && stored.email.unwrap().verified_at.is_none());
    let by_phone = json!({ "phone": "+44-20-7946-0018", "password": PASSWORD });
    assert_eq!(stage.ask("sign-in").key(&key("phone")).send(&by_phone).status_code, 201);
    problem(&sign_in(&stage, EMAIL, PASSWORD, "email"), 401, "credentials-wrong");
}

#[test]
fn wrong_codes_are_counted_before_they_are_answered() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    let wrong = wrong(&code(&stage, id, Email));
    for left in [4, 3, 2, 1, 0] {
        assert_eq!(problem(&verify(&stage, id, Email, &wrong), 422, "code-wrong")["tries_left"], left);
    }
    problem(&verify(&stage, id, Email, &wrong), 422, "code-expired");
    assert_ne!(right(&stage, id), 200);
    assert_eq!(account(&stage, id).email.unwrap().verified_at, None);
}

#[test]
fn guesses_in_parallel_win_nothing() {
    let stage = Arc::new(stage());
    let id = register(&stage, &person(EMAIL));
    let (good, bad) = (code(&stage, id, Email), wrong(&code(&stage, id, Email)));
    // While the right guess waits for its write, five wrong ones are answered.
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.operation == "TransactWriteItems" && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            for _ in 0..5 {
                problem(&verify(&other, id, Email, &bad), 422, "code-wrong");
            }
        }
        Fate::Answered
    });
    problem(&verify(&stage, id, Email, &good), 422, "code-expired");
    stage.calm();
    assert_eq!(account(&stage, id).email.unwrap().verified_at, None);
}

#[test]
fn a_code_is_good_for_ten_minutes() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    stage.pass(Duration::from_secs(600));
    problem(&verify(&stage, id, Email, &code(&stage, id, Email)), 422, "code-expired");
}

#[test]
fn an_address_belongs_to_whom_verified_it_first() {
    let stage = stage();
    let first = verified(&stage, EMAIL);
    let second = rival(&stage);
    problem(&verify(&stage, second, Email, &wrong(&code(&stage, second, Email))), 422, "code-wrong");
    announced(&stage);
    problem(&verify(&stage, second, Email, &code(&stage, second, Email)), 409, "contact-taken");
    assert!(announced(&stage).is_empty());
    assert_eq!(account(&stage, second).email.unwrap().verified_at, None);
    let body = sign_in(&stage, EMAIL, PASSWORD, "mine").json();
    let claims = crate::support::claims(&stage, &body).unwrap();
    assert_eq!(claims["sub"], first.to_string());
}

#[test]
fn of_two_who_verify_one_address_at_once_one_does() {
    let stage = Arc::new(stage());
    let (first, second) = (register(&stage, &person(EMAIL)), rival(&stage));
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(right(&other, second), 200);
        }
        Fate::Answered
    });
    problem(&verify(&stage, first, Email, &code(&stage, first, Email)), 409, "contact-taken");
    stage.calm();
    let verified = [first, second].map(|id| account(&stage, id).email.unwrap().verified_at.is_some());
    assert_eq!(verified, [false, true]);
}

#[test]
fn lost_replies_change_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for good in [true, false] {
            let stage = stage();
            let id = register(&stage, &person(EMAIL));
            announced(&stage);
            first_write(&stage, fate.clone());
            let code = code(&stage, id, Email);
            let answer = verify(&stage, id, Email, &if good { code } else { wrong(&code) });
            stage.calm();
            match good {
                true => assert_eq!(answer.status_code, 200, "{}", answer.body),
                false => assert_eq!(problem(&answer, 422, "code-wrong")["tries_left"], 4, "{fate:?}"),
            }
            assert_eq!(announced_types(&stage).len(), usize::from(good));
        }
    }
}

#[test]
fn the_owner_of_the_address_that_the_deployment_names_becomes_the_first_admin() {
    let stage = stage();
    stage.set("FIRST_ADMIN", "MARIA.P+shop@EXAMPLE.com");
    verified(&stage, "ivan@example.com");
    announced(&stage);
    let id = verified(&stage, EMAIL);
    assert_eq!(account(&stage, id).roles.names(), ["customer", "admin"]);
    let mut events = announced(&stage);
    events.retain(|(kind, _)| kind == "identity.roles-changed.v1");
    let data = json!({ "account": id, "roles": ["customer", "admin"] });
    assert_eq!(events, [("identity.roles-changed.v1".to_owned(), data)]);
    let auditor = local::testing::caller(5, kernel::Role::Auditor);
    let record = stage.ask("list-role-changes").by(&auditor).at(id).get().json();
    assert_eq!(record["items"][0]["granted"], json!(["admin"]));
    assert_eq!(record["items"][0]["reason"], "Named by the deployment");
    assert!(record["items"][0].get("by").is_none());
    let roles = |body| crate::support::claims(&stage, &body).unwrap()["roles"].clone();
    assert_eq!(roles(sign_in(&stage, EMAIL, PASSWORD, "admin").json()), "customer admin");
}

#[test]
fn nobody_becomes_an_admin_otherwise() {
    let unnamed = stage();
    let id = verified(&unnamed, EMAIL);
    assert_eq!(account(&unnamed, id).roles.names(), ["customer"]);

    let stage = stage();
    stage.set("FIRST_ADMIN", EMAIL);
    let mut body = person(EMAIL);
    body["phone"] = json!(PHONE);
    let id = register(&stage, &body);
    assert_eq!(verify(&stage, id, Phone, &code(&stage, id, Phone)).status_code, 200);
    assert_eq!(account(&stage, id).roles.names(), ["customer"], "the phone proves nothing about the address");
    let plus = verified(&stage, "Maria.P@example.com");
    assert_eq!(account(&stage, plus).roles.names(), ["customer"], "another mailbox");
}

#[test]
fn what_is_no_account_or_no_code_is_refused() {
    let stage = stage();
    let id = register(&stage, &person(EMAIL));
    stage.calls();
    problem(&verify(&stage, AccountId::from_bits(7), Email, "123456"), 404, "not-found");
    problem(&verify(&stage, id, Phone, "123456"), 404, "not-found");
    problem(
        &stage.ask("verify-contact").at("me").send(&json!({ "kind": "email", "code": "123456" })),
        404,
        "not-found",
    );
    for (body, field) in [
        (json!({ "kind": "email", "code": "12345" }), "code"),
        (json!({ "kind": "email", "code": 123456 }), "code"),
        (json!({ "kind": "email", "code": "１２３４５６" }), "code"),
        (json!({ "kind": "fax", "code": "123456" }), "kind"),
        (json!({ "kind": "email", "code": "123456", "roles": ["admin"] }), "roles"),
    ] {
        let answer = stage.ask("verify-contact").at(id).send(&body);
        assert_eq!(problem(&answer, 400, "invalid-body")["field"], field, "{body}");
    }
    assert!(!stage.calls().iter().any(writes));
}
