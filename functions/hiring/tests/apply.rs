//! `apply`.

use crate::support::{
    KEY, RECEIVED, announced, application_in, applied, apply, candidate, decide, first_write, id, kinds, manager,
    meanwhile, named, person, stage, stored, stranger, writes,
};
use hiring::application::State;
use kernel::{Principal, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, only_for, problem};
use platform::SecretValues;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const DAY: u64 = 86_400;

fn days(number: u64) -> Duration {
    Duration::from_secs(number * DAY)
}

/// Which other applications a manager sees beside that of this account.
fn alike(stage: &Stage, state: &str, account: &Principal) -> Vec<Value> {
    let answer = stage.ask("list-applications").by(&manager()).query(&format!("state={state}")).get();
    let list = answer.json()["items"].as_array().unwrap().clone();
    let mine = list.into_iter().find(|one| one["candidate"] == json!(account.account)).expect("it is listed");
    mine["alike"].as_array().unwrap().clone()
}

#[test]
fn only_customers_apply() {
    let stage = stage();
    only_for(Role::Customer, || stage.ask("apply").key(KEY));
    assert!(stage.calls().iter().all(|call| !writes(call)));
}

#[test]
fn an_application_is_received_and_that_is_announced_without_the_person() {
    let stage = stage();
    let answer = apply(&stage, &candidate(), KEY, &person());
    let application = id(&answer);
    assert_eq!(answer.json(), json!({ "id": application, "state": "received", "applied_at": stage.now() }));
    assert_eq!(answer.headers["location"], format!("/v1/applications/{application}"));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], RECEIVED);
    assert_eq!(events[0]["data"], json!({ "application": application, "candidate": candidate().account }));
    let kept = serde_json::to_value(stored(&stage, application).person).unwrap();
    assert_eq!(kept, person());
}

#[test]
fn the_same_request_again_gets_the_same_reply_whatever_happened_since() {
    let stage = stage();
    let first = apply(&stage, &candidate(), KEY, &person());
    stage.pass(days(1));
    assert_eq!(decide(&stage, id(&first), KEY, &json!({ "verdict": "reject" })).status_code, 200);
    let again = apply(&stage, &candidate(), KEY, &person());
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    problem(&apply(&stage, &candidate(), KEY, &named("Ольга")), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage).iter().filter(|kind| *kind == RECEIVED).count(), 1);
}

#[test]
fn an_account_has_one_open_application() {
    for state in [State::Received, State::Testing, State::Tested] {
        let (stage, open) = application_in(state);
        let refused =
            problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "already-applied");
        assert_eq!(refused["application"], json!(open));
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn who_was_rejected_may_apply_again_thirty_days_later() {
    let (stage, _) = application_in(State::Rejected);
    let rejected_at = stage.now();
    let refused = problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "rejected-before");
    assert_eq!(refused["from"], json!(rejected_at.after(days(30))));
    stage.pass(days(30) - Duration::from_millis(1));
    problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "rejected-before");
    stage.pass(Duration::from_millis(1));
    id(&apply(&stage, &candidate(), "another-key-than-before", &person()));
    assert_eq!(kinds(&stage), [RECEIVED]);

    let (stage, _) = application_in(State::Rejected);
    stage.set("REAPPLY_DAYS", "0");
    id(&apply(&stage, &candidate(), "another-key-than-before", &person()));
}

#[test]
fn who_withdrew_may_apply_again_at_once_but_not_for_ever() {
    let (stage, _) = application_in(State::Withdrawn);
    for n in 2..4 {
        let application = id(&apply(&stage, &candidate(), &format!("the-key-of-application-{n}"), &person()));
        assert_eq!(stage.ask("withdraw-application").by(&candidate()).at(application).get().status_code, 200);
    }
    let refused = apply(&stage, &candidate(), "one-application-too-many", &person());
    let told = problem(&refused, 429, "too-many-applications");
    let wait = told["retry_after_s"].as_u64().unwrap();
    assert_eq!(refused.headers["retry-after"], wait.to_string());
    assert_eq!(wait, 30 * DAY - 60, "a month after the first of them");
    stage.pass(Duration::from_secs(wait - 1));
    problem(&apply(&stage, &candidate(), "one-application-too-many", &person()), 429, "too-many-applications");
    stage.pass(Duration::from_secs(1));
    id(&apply(&stage, &candidate(), "one-application-too-many", &person()));
}

#[test]
fn a_worker_does_not_apply() {
    let (stage, _) = application_in(State::Hired);
    problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "already-worker");
    stage.pass(days(400));
    problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "already-worker");
    let stranger = Principal { roles: vec![Role::Customer, Role::Worker], ..stranger() };
    problem(&apply(&stage, &stranger, KEY, &person()), 409, "already-worker");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_network_may_send_so_many_applications() {
    let stage = stage();
    stage.set("APPLICATION_LIMIT", "2,60");
    let send = |n: u128, network: &str| {
        let by = caller(n, Role::Customer);
        stage.ask("apply").by(&by).sent_from(network).key(KEY).send(&named(&format!("Person {n}")))
    };
    assert_eq!(send(10, "203.0.113.7").status_code, 201);
    assert_eq!(send(11, "203.0.113.7").status_code, 201);
    let refused = send(12, "203.0.113.7");
    problem(&refused, 429, "too-many-requests");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(send(12, "203.0.113.8").status_code, 201);
}

#[test]
fn one_person_under_several_accounts_is_shown_to_managers_and_refused_nothing() {
    let stage = stage();
    let first = applied(&stage);
    let alien = caller(9, Role::Customer);
    id(&apply(&stage, &alien, KEY, &named("Мария Иванова")));
    assert!(alike(&stage, "received", &candidate()).is_empty());
    let second = id(&apply(&stage, &stranger(), KEY, &named("  ПЕТРОВА   мария ")));
    assert_eq!(alike(&stage, "received", &candidate()), [json!(second)], "whoever came first");
    assert_eq!(alike(&stage, "received", &stranger()), [json!(first)]);
    assert!(alike(&stage, "received", &alien).is_empty());
    let mut born_later = person();
    born_later["birth_date"] = json!("1990-05-18");
    let third = caller(8, Role::Customer);
    id(&apply(&stage, &third, KEY, &born_later));
    assert!(alike(&stage, "received", &third).is_empty(), "a name alone says nothing");
}

#[test]
fn who_applies_twice_under_one_account_is_not_alike() {
    let (stage, _) = application_in(State::Withdrawn);
    id(&apply(&stage, &candidate(), "another-key-than-before", &person()));
    assert!(alike(&stage, "received", &candidate()).is_empty());
}

#[test]
fn a_person_is_recognised_after_a_rotation_of_the_key() {
    let stage = stage();
    let first = applied(&stage);
    let rotated = |current: &str, previous: &str| SecretValues {
        current: current.as_bytes().to_vec(),
        previous: Some(previous.as_bytes().to_vec()),
    };
    let old = stage.cloud.secrets().get("hiring-server").current;
    let old = String::from_utf8(old).unwrap();
    stage.cloud.secrets().set("hiring-server", rotated("the next key of hiring", &old));
    stage.restart();
    let second = id(&apply(&stage, &stranger(), KEY, &person()));
    assert_eq!(alike(&stage, "received", &candidate()), [json!(second)]);
    assert_eq!(alike(&stage, "received", &stranger()), [json!(first)]);
}

#[test]
fn of_one_request_sent_twice_at_once_one_application_comes() {
    let stage = Arc::new(stage());
    meanwhile(&stage, |stage| {
        applied(stage);
    });
    let second = applied(&stage);
    stage.calm();
    assert_eq!(second, applied(&stage));
    assert_eq!(kinds(&stage), [RECEIVED]);
}

#[test]
fn of_two_applications_at_once_one_is_taken() {
    let stage = Arc::new(stage());
    meanwhile(&stage, |stage| {
        applied(stage);
    });
    problem(&apply(&stage, &candidate(), "another-key-than-before", &person()), 409, "already-applied");
    stage.calm();
    assert_eq!(kinds(&stage), [RECEIVED]);
}

#[test]
fn two_accounts_of_one_person_at_once_are_both_taken_and_alike() {
    let stage = Arc::new(stage());
    meanwhile(&stage, |stage| {
        applied(stage);
    });
    let second = id(&apply(&stage, &stranger(), KEY, &person()));
    stage.calm();
    assert_eq!(alike(&stage, "received", &candidate()), [json!(second)]);
    assert_eq!(alike(&stage, "received", &stranger()).len(), 1);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_candidate() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        first_write(&stage, fate);
        let application = applied(&stage);
        stage.calm();
        assert_eq!(applied(&stage), application);
        assert_eq!(kinds(&stage), [RECEIVED]);
    }
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let stage = stage();
    let with = |field: &str, value: Value| {
        let mut body = person();
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("name", json!("")), "name"),
        (with("name", json!("я".repeat(201))), "name"),
        (with("birth_date", json!("1990-02-30")), "birth_date"),
        (with("birth_date", json!("17.05.1990")), "birth_date"),
        (with("birth_date", json!("1899-12-31")), "birth_date"),
        (with("birth_date", json!("1990-05-17T00:00")), "birth_date"),
        (with("phone", json!("84951234567")), "phone"),
        (with("phone", json!("+0123456789")), "phone"),
        (with("about", json!("x".repeat(2001))), "about"),
        (with("password", json!("secret")), "password"),
        (json!({}), "."),
    ] {
        let refused = problem(&apply(&stage, &candidate(), KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{refused}");
    }
    problem(&apply(&stage, &candidate(), KEY, &with("birth_date", json!("2026-01-06"))), 422, "not-born-yet");
    let keyless = stage.ask("apply").by(&candidate()).send(&person());
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(!stage.calls().iter().any(writes));
}
