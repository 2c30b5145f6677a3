//! `get-account` and `read-contacts`: a person's own view, and what other contexts are told.

use crate::support::{EMAIL, PHONE, announced, only_signed_in, person, principal, register, stage, verified};
use contracts::identity::ContactKind;
use kernel::{AccountId, Role};
use local::testing::problem;
use serde_json::json;

#[test]
fn everybody_sees_their_own_account() {
    let stage = stage();
    only_signed_in(|| stage.ask("get-account"));
    let id = verified(&stage, EMAIL);
    let answer = stage.ask("get-account").by(&principal(id, Role::Customer)).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.headers["etag"], "\"2\"");
    assert_eq!(
        answer.json(),
        json!({
            "id": id,
            "email": { "value": EMAIL, "verified_at": stage.now() },
            "locale": "en",
            "time_zone": "Europe/London",
            "roles": ["customer"],
            "registered_at": stage.now(),
        })
    );
    let nobody = stage.ask("get-account").by(&principal(AccountId::from_bits(7), Role::Customer)).get();
    problem(&nobody, 404, "not-found");
}

#[test]
fn other_contexts_are_told_how_a_person_is_reached() {
    let stage = stage();
    let mut body = person(EMAIL);
    body["phone"] = json!(PHONE);
    body["locale"] = json!("ru");
    let id = register(&stage, &body);
    crate::support::verify(&stage, id, ContactKind::Phone, &crate::support::code(&stage, id, ContactKind::Phone));
    assert_eq!(
        stage.question("read-contacts", &json!({ "account": id })),
        Some(json!({
            "email": { "value": EMAIL, "verified": false },
            "phone": { "value": "+442079460018", "verified": true },
            "locale": "ru",
            "time_zone": "Europe/London",
        }))
    );
    assert_eq!(stage.question("read-contacts", &json!({ "account": AccountId::from_bits(7) })), Some(json!(null)));
    assert_eq!(stage.question("read-contacts", &json!({ "account": "maria" })), None);
    assert_eq!(stage.question("read-contacts", &json!({})), None);
    announced(&stage);
    assert!(!stage.log().iter().any(|line| line.contains("example.com")), "nor does the log tell");
}
