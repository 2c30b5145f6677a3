//! `register`: what it promises, and what it refuses.

use crate::support::{
    EMAIL, PASSWORD, PHONE, account, announced, announced_types, code, everything, first_write, key, person, register,
    stage, verified, writes,
};
use contracts::identity::ContactKind;
use kernel::AccountId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn both() -> Value {
    let mut body = person(EMAIL);
    body["phone"] = json!(PHONE);
    body
}

fn send(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("register").key(&key("register")).send(body)
}

#[test]
fn who_registers_gets_an_account_and_a_code_for_each_contact() {
    let stage = stage();
    let answer = send(&stage, &both());
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    assert_eq!(answer.json()["verify"], json!(["email", "phone"]));
    let id: AccountId = answer.json()["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1, "account and codes are one write");

    let stored = account(&stage, id);
    assert_eq!(stored.email.unwrap().value.as_str(), EMAIL);
    assert_eq!(stored.phone.unwrap().value.as_str(), "+442079460018");
    assert_eq!(stored.roles.names(), ["customer"]);
    assert!(stored.password.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));

    let mut events = announced(&stage);
    events.sort_by_key(|(kind, data)| (kind.clone(), data["kind"].to_string()));
    assert_eq!(events[0], ("identity.account-registered.v1".to_owned(), json!({ "account": id })));
    for ((kind, data), contact) in events[1..].iter().zip(["email", "phone"]) {
        assert_eq!(kind, "identity.code-issued.v1");
        assert_eq!((&data["account"], &data["kind"]), (&json!(id), &json!(contact)));
        assert_eq!(data["purpose"], "verify-contact");
        assert_eq!(data["expires_at"], stage.now().after(Duration::from_secs(600)).to_string());
    }
    assert_ne!(events[1].1["sealed"], events[2].1["sealed"]);
    assert_ne!(code(&stage, id, ContactKind::Email), code(&stage, id, ContactKind::Phone));
}

#[test]
fn one_contact_is_enough_and_either_will_do() {
    for (without, verify) in [("phone", json!(["email"])), ("email", json!(["phone"]))] {
        let stage = stage();
        let mut body = both();
        body.as_object_mut().unwrap().remove(without);
        let answer = send(&stage, &body);
        assert_eq!((answer.status_code, &answer.json()["verify"]), (201, &verify), "{}", answer.body);
        assert_eq!(announced_types(&stage).len(), 2);
    }
}

#[test]
fn no_secret_and_no_contact_shows_anywhere_but_in_the_account() {
    let stage = stage();
    let id = register(&stage, &both());
    let codes = [ContactKind::Email, ContactKind::Phone].map(|kind| code(&stage, id, kind));
    let spoken: Vec<String> =
        announced(&stage).into_iter().map(|(_, data)| data.to_string()).chain(stage.log()).collect();
    assert!(!spoken.is_empty());
    let holds = |text: &str, word: &str| text.to_lowercase().contains(&word.to_lowercase());
    for text in &spoken {
        for word in [
            EMAIL,
            "example.com",
            "2079460018",
            PASSWORD,
            codes[0].as_str(),
            codes[1].as_str(),
        ] {
            assert!(!holds(text, word), "{word} is in {text}");
        }
    }
    let items = everything(&stage);
    let with = |word: &str| items.iter().filter(|item| holds(item, word)).count();
    assert_eq!((with(EMAIL), with("2079460018")), (1, 1), "in the account");
    assert_eq!((with(PASSWORD), with(&codes[0]), with(&codes[1])), (0, 0, 0));
}

#[test]
fn whether_an_address_is_known_does_not_show() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.calls();
    let calls = |body: &Value, name: &str| {
        let answer = stage.ask("register").key(&key(name)).send(body);
        assert_eq!(answer.status_code, 201, "{}", answer.body);
        let calls: Vec<String> = stage.calls().into_iter().map(|call| call.operation).collect();
        (answer.json()["verify"].clone(), calls)
    };
    assert_eq!(calls(&person(EMAIL), "known"), calls(&person("nobody@example.com"), "unknown"));
}

#[test]
fn the_same_request_again_gets_the_same_reply_and_registers_nobody() {
    let stage = stage();
    let first = send(&stage, &both());
    for wait in [0, 60, 86_400] {
        stage.pass(Duration::from_secs(wait));
        let again = send(&stage, &both());
        assert_eq!((again.status_code, &again.body), (201, &first.body));
    }
    assert_eq!(announced_types(&stage).len(), 3);
    let rotated = platform::SecretValues {
        current: b"the server's key after a rotation".to_vec(),
        previous: Some(b"development-identity-server".to_vec()),
    };
    stage.cloud.secrets().set("identity-server", rotated);
    stage.restart();
    assert_eq!(send(&stage, &both()).body, first.body, "after a rotation of the key");
}

#[test]
fn a_key_is_refused_for_another_body() {
    let stage = stage();
    send(&stage, &both());
    for (field, value) in [
        ("password", json!("another password")),
        ("locale", json!("ru")),
        ("email", json!("b@example.com")),
    ] {
        let mut body = both();
        body[field] = value;
        problem(&send(&stage, &body), 422, "idempotency-key-reused");
    }
    let other = stage.ask("register").key(&key("another")).send(&both());
    assert_eq!(other.status_code, 201, "with another key it is another account, of which one can be verified");
}

#[test]
fn lost_replies_change_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        first_write(&stage, fate);
        let answer = send(&stage, &both());
        assert_eq!(answer.status_code, 201, "{}", answer.body);
        assert_eq!(announced_types(&stage).len(), 3);
    }
    let stage = stage();
    stage.interfere(|call| if writes(call) { Fate::ReplyLost } else { Fate::Answered });
    problem(&send(&stage, &both()), 503, "try-again");
    stage.calm();
    assert_eq!(send(&stage, &both()).status_code, 201);
    assert_eq!(announced_types(&stage).len(), 3);
}

#[test]
fn of_two_requests_at_once_with_one_key_both_get_the_same_reply() {
    let stage = Arc::new(stage());
    let (other, faster, entered) = (stage.clone(), Arc::new(Mutex::new(String::new())), AtomicUsize::new(0));
    let slot = faster.clone();
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            *slot.lock().unwrap() = send(&other, &both()).body;
        }
        Fate::Answered
    });
    let slower = send(&stage, &both());
    assert_eq!((slower.status_code, &slower.body), (201, &*faster.lock().unwrap()));
    stage.calm();
    assert_eq!(announced_types(&stage).len(), 3);
}

#[test]
fn bad_input_is_refused_by_the_name_of_the_field() {
    let stage = stage();
    for (field, value) in [
        ("email", json!("maria")),
        ("email", json!("мария@example.com")),
        ("email", json!("")),
        ("email", json!(7)),
        ("phone", json!("020 7946 0018")),
        ("phone", json!("+44")),
        ("password", json!("short")),
        ("password", json!("x".repeat(129))),
        ("password", json!(null)),
        ("locale", json!("de")),
        ("locale", json!("EN")),
        ("time_zone", json!("Mars/Olympus")),
        ("time_zone", json!("+03:00")),
        ("time_zone", json!("../etc/passwd")),
        ("roles", json!(["admin"])),
        ("id", json!("acc_00000000000000000000000001")),
    ] {
        let mut body = both();
        body[field] = value.clone();
        let refused = problem(&send(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{value}: {refused}");
        assert!(!refused.to_string().contains(&"x".repeat(129)), "what was sent is not repeated");
    }
    for field in ["password", "locale", "time_zone"] {
        let mut body = both();
        body.as_object_mut().unwrap().remove(field);
        problem(&send(&stage, &body), 400, "invalid-body");
    }
    let mut nobody = both();
    nobody.as_object_mut().unwrap().remove("email");
    nobody["phone"] = json!(null);
    problem(&send(&stage, &nobody), 422, "contact-missing");
    for text in ["", "[]", "null", "{", "\"x\""] {
        problem(&stage.ask("register").key(&key("k")).send_text(Some(text.to_owned())), 400, "invalid-body");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn nobodys_key_is_long_enough_to_be_nobody_elses() {
    let stage = stage();
    for bad in [
        "",
        "21-characters-are-too",
        "ключ-ключ-ключ-ключ-ключ",
        &"x".repeat(201),
    ] {
        problem(&stage.ask("register").key(bad).send(&both()), 400, "idempotency-key-missing");
    }
    assert_eq!(stage.ask("register").key("22-characters-are-fine").send(&both()).status_code, 201);
}

#[test]
fn a_time_zone_is_kept_under_its_own_spelling() {
    let stage = stage();
    let mut body = both();
    body["time_zone"] = json!("europe/moscow");
    assert_eq!(account(&stage, register(&stage, &body)).time_zone.as_str(), "Europe/Moscow");
}
