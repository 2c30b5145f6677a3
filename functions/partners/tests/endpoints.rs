//! Partners' endpoints: created, changed, removed, enabled, their secrets, and what partners may get.

use crate::support::*;
use kernel::{EndpointId, Role};
use local::stage::Stage;
use local::testing::{caller, item, only_for, problem};
use partners::audience::{Audience, MAX_ENDPOINTS, Subscriber};
use partners::endpoint::State;
use partners::store::{audience_key, subscriber_key};
use serde_json::{Value, json};

fn audience(stage: &Stage, kind: &str) -> Vec<EndpointId> {
    let kind = kind.to_owned().try_into().unwrap();
    let audience: Option<Audience> = item(stage, "partners", &audience_key(kind));
    audience
        .into_iter()
        .flat_map(|audience| audience.listeners)
        .map(|listener| listener.endpoint)
        .collect()
}

fn subscriber(stage: &Stage) -> Subscriber {
    item(stage, "partners", &subscriber_key(machine().account)).unwrap()
}

fn list(stage: &Stage) -> Value {
    let answer = stage.ask("list-endpoints").by(&machine()).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn an_endpoint_listens_from_its_creation_to_its_removal() {
    let (stage, id, secret) = shop_with_endpoint();
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    assert_eq!(audience(&stage, PAID), [id]);
    let seen = list(&stage);
    assert_eq!(seen["approved"], json!([PAID, SHIPPED]));
    assert_eq!(seen["items"][0]["url"], "https://partner.example.com/hooks");
    assert_eq!(seen["items"][0]["state"], "enabled");
    assert!(!seen.to_string().contains("whsec_"), "the secret is told once");
    for _ in 0..2 {
        assert_eq!(stage.ask("remove-endpoint").by(&machine()).at(id).get().status_code, 204);
    }
    assert_eq!(endpoint(&stage, id).state, State::Removed);
    assert_eq!((audience(&stage, PAID), subscriber(&stage).endpoints.len()), (vec![], 0));
    assert_eq!(list(&stage)["items"], json!([]));
    let changes = announced(&stage).into_iter().filter(|(kind, _)| kind == "partners.endpoint-changed.v1");
    assert_eq!(changes.count(), 1, "the removal");
}

#[test]
fn the_same_key_is_answered_the_same_and_another_body_is_refused() {
    let (stage, id, secret) = shop_with_endpoint();
    // Whatever changed since: the approval, the endpoint.
    approve(&stage, &[]);
    let again = create(&stage, KEY, HOST, &[PAID]).json();
    assert_eq!((&again["id"], &again["secret"]), (&json!(id), &json!(secret)));
    problem(&create(&stage, KEY, "another.example.com", &[PAID]), 422, "idempotency-key-reused");
    assert_eq!(list(&stage)["items"].as_array().unwrap().len(), 1);
}

#[test]
fn nobody_gets_what_was_not_approved() {
    let stage = shop();
    problem(&create(&stage, KEY, HOST, &[PAID]), 422, "type-not-approved");
    approve(&stage, &[SHIPPED]);
    let refused = problem(&create(&stage, KEY, HOST, &[PAID, SHIPPED]), 422, "type-not-approved");
    assert_eq!(refused["kind"], PAID);
    assert_eq!(create(&stage, KEY, HOST, &[SHIPPED]).status_code, 201);
    let theirs = stage.ask("create-endpoint").by(&stranger()).key(KEY).send(&wish(HOST, &[SHIPPED]));
    problem(&theirs, 422, "type-not-approved");
}

#[test]
fn types_that_are_never_offered_and_addresses_inside_are_refused() {
    let stage = shop();
    approve(&stage, &[PAID]);
    for kind in [
        "identity.code-issued.v1",
        "notifications.message-sent.v1",
        "partners.client-imported.v1",
        "x",
    ] {
        problem(&create(&stage, KEY, HOST, &[kind]), 400, "invalid-body");
        problem(&approve(&stage, &[kind]), 400, "invalid-body");
    }
    problem(&create(&stage, KEY, HOST, &[]), 400, "invalid-body");
    for url in [
        "http://a.example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://a.example.com:8443/",
    ] {
        let body = json!({ "url": url, "types": [PAID] });
        problem(&stage.ask("create-endpoint").by(&machine()).key(KEY).send(&body), 400, "invalid-body");
    }
    problem(
        &stage.ask("create-endpoint").by(&machine()).send(&wish(HOST, &[PAID])),
        400,
        "idempotency-key-missing",
    );
}

#[test]
fn a_partner_has_at_most_twenty_endpoints() {
    let stage = shop();
    approve(&stage, &[PAID]);
    let key = |n: usize| format!("the-key-of-endpoint-{n}");
    for n in 0..MAX_ENDPOINTS {
        assert_eq!(create(&stage, &key(n), HOST, &[PAID]).status_code, 201);
    }
    problem(&create(&stage, &key(20), HOST, &[PAID]), 409, "too-many-endpoints");
    assert_eq!(audience(&stage, PAID).len(), MAX_ENDPOINTS);
    let first = list(&stage)["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.ask("remove-endpoint").by(&machine()).at(&first).get().status_code, 204);
    assert_eq!(create(&stage, &key(20), HOST, &[PAID]).status_code, 201);
}

#[test]
fn a_change_moves_it_between_audiences() {
    let (stage, id, _) = shop_with_endpoint();
    let change = |body: &Value| stage.ask("change-endpoint").by(&machine()).at(id).send(body);
    let answer = change(&wish("new.example.com", &[SHIPPED]));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.json()["url"], "https://new.example.com/hooks");
    assert_eq!((audience(&stage, PAID), audience(&stage, SHIPPED)), (vec![], vec![id]));
    stage.calls();
    assert_eq!(change(&wish("new.example.com", &[SHIPPED])).status_code, 200);
    assert!(!stage.calls().iter().any(|call| call.operation != "GetItem" && call.operation != "GetSecretValue"));
    approve(&stage, &[PAID]);
    problem(&change(&wish("new.example.com", &[SHIPPED, PAID])), 422, "type-not-approved");
}

#[test]
fn a_change_of_what_somebody_changed_meanwhile_is_refused() {
    let (stage, id, _) = shop_with_endpoint();
    let change = |seen: &str, host: &str| {
        stage
            .ask("change-endpoint")
            .by(&machine())
            .at(id)
            .header("if-match", seen)
            .send(&wish(host, &[PAID]))
    };
    assert_eq!(change("\"1\"", "one.example.com").status_code, 200);
    problem(&change("\"1\"", "two.example.com"), 412, "version-changed");
    assert_eq!(change("\"2\"", "two.example.com").status_code, 200);
}

#[test]
fn a_secret_is_rotated_once_a_key() {
    let (stage, id, first) = shop_with_endpoint();
    let rotate = |key: &str| stage.ask("rotate-endpoint-secret").by(&machine()).at(id).key(key).get();
    let answer = rotate(KEY);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let second = answer.json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(rotate(KEY).body, answer.body);
    assert_eq!(endpoint(&stage, id).secret.number, 2);
    let third = rotate("another-key-of-mine").json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(second, third);
}

#[test]
fn secrets_still_open_after_the_key_they_are_sealed_under_was_rotated() {
    use platform::SecretValues;
    let (stage, id, secret) = shop_with_endpoint();
    let values = SecretValues {
        current: b"a new value of the key".to_vec(),
        previous: Some(b"development-endpoint-seal".to_vec()),
    };
    stage.cloud.secrets().set("endpoint-seal", values.clone());
    stage.restart();
    assert_eq!(create(&stage, KEY, HOST, &[PAID]).json()["secret"], secret.as_str());
    // Changed, it is sealed anew, and the old key can go.
    let changed = stage.ask("change-endpoint").by(&machine()).at(id).send(&wish("new.example.com", &[PAID]));
    assert_eq!(changed.status_code, 200, "{}", changed.body);
    stage.cloud.secrets().set("endpoint-seal", SecretValues { previous: None, ..values });
    stage.restart();
    assert_eq!(create(&stage, KEY, HOST, &[PAID]).json()["secret"], secret.as_str());
}

#[test]
fn others_endpoints_are_not_there() {
    let (stage, id, _) = shop_with_endpoint();
    let body = wish(HOST, &[PAID]);
    for function in [
        "change-endpoint",
        "remove-endpoint",
        "enable-endpoint",
        "rotate-endpoint-secret",
        "send-webhook-test",
        "list-deliveries",
        "replay-deliveries",
    ] {
        let send = |by| match function {
            "change-endpoint" => stage.ask(function).by(&by).at(id).send(&body),
            "replay-deliveries" => {
                stage.ask(function).by(&by).at(id).key(KEY).send(&json!({ "since": "2026-01-01T00:00:00Z" }))
            }
            _ => stage.ask(function).by(&by).at(id).key(KEY).get(),
        };
        problem(&send(stranger()), 404, "not-found");
        only_for(Role::Partner, || stage.ask(function).at(id).key(KEY));
        let missing = stage.ask(function).by(&machine()).at("end_1").key(KEY).send(&body);
        problem(&missing, 404, "not-found");
    }
    only_for(Role::Partner, || stage.ask("list-endpoints"));
    only_for(Role::Partner, || stage.ask("create-endpoint").key(KEY));
    only_for(Role::Admin, || stage.ask("approve-event-types").at(machine().account));
    let theirs = stage.ask("list-endpoints").by(&stranger()).get().json();
    assert_eq!(theirs, json!({ "items": [], "approved": [] }));
}

#[test]
fn an_approval_of_what_a_colleague_changed_meanwhile_is_refused() {
    let stage = shop();
    let approve = |seen: &str, types: &[&str]| {
        let ask = stage.ask("approve-event-types").by(&caller(2, Role::Admin)).at(machine().account);
        ask.header("if-match", seen).send(&json!({ "types": types }))
    };
    assert_eq!(approve("\"0\"", &[PAID]).status_code, 200);
    problem(&approve("\"0\"", &[SHIPPED]), 412, "version-changed");
    assert_eq!(approve("\"1\"", &[PAID]).headers.get("etag").map(String::as_str), Some("\"1\""));
}

#[test]
fn two_at_once_do_not_lose_each_other() {
    let stage = shop();
    approve(&stage, &[PAID]);
    let other = std::sync::Mutex::new(Some(()));
    // While the first is about to be written, the second is.
    let second = std::sync::Arc::new(std::sync::OnceLock::new());
    let told = second.clone();
    let cloud = stage.cloud.clone();
    let before: Subscriber = subscriber(&stage);
    stage.interfere(move |call| {
        if call.operation == "TransactWriteItems" && other.lock().unwrap().take().is_some() {
            // Somebody else changes the partner at that very moment.
            drop(told.set(before.clone()));
            let key = subscriber_key(before.partner);
            let bump = json!({
                "TableName": "partners",
                "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
                "UpdateExpression": "ADD v :one",
                "ExpressionAttributeValues": { ":one": { "N": "1" } },
            });
            let table = cloud.table("partners").unwrap();
            local::services::dynamodb::answer(table, "UpdateItem", bump.to_string().as_bytes());
        }
        local::faults::Fate::Answered
    });
    assert_eq!(create(&stage, KEY, HOST, &[PAID]).status_code, 201);
    assert!(second.get().is_some(), "there was a second");
    assert_eq!((subscriber(&stage).endpoints.len(), audience(&stage, PAID).len()), (1, 1));
}

#[test]
fn ended_anywhere_a_creation_is_finished_by_its_repetition() {
    ended_at_each_call(
        || {
            let stage = shop();
            approve(&stage, &[PAID, SHIPPED]);
            stage
        },
        |stage| create(stage, KEY, HOST, &[PAID, SHIPPED]),
        |stage| {
            assert_eq!(create(stage, KEY, HOST, &[PAID, SHIPPED]).status_code, 201);
            assert_eq!(subscriber(stage).endpoints.len(), 1);
            assert_eq!((audience(stage, PAID).len(), audience(stage, SHIPPED).len()), (1, 1));
        },
    );
}

#[test]
fn ended_anywhere_a_removal_is_finished_by_its_repetition() {
    let id = shop_with_endpoint().1;
    ended_at_each_call(
        || shop_with_endpoint().0,
        |stage| stage.ask("remove-endpoint").by(&machine()).at(id).get(),
        |stage| {
            assert_eq!(stage.ask("remove-endpoint").by(&machine()).at(id).get().status_code, 204);
            assert_eq!((subscriber(stage).endpoints.len(), audience(stage, PAID).len()), (0, 0));
        },
    );
}
