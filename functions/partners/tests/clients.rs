//! Looking at clients whom a partner brought, and what is told of them.

use crate::support::*;
use contracts::identity::ClientAdmitted;
use kernel::{AccountId, Role};
use local::stage::Stage;
use local::testing::{event, only_for, problem, reports_only_what_it_cannot_read};
use serde_json::{Value, json};

fn with_clients() -> Stage {
    let stage = shop();
    let clients: Vec<Value> = (0..5).map(|n| row(&format!("C{n}"), &format!("{n}@example.com"), 1)).collect();
    webhook(&stage, "hcb_1", &clients);
    stage.settle().unwrap();
    stage
}

fn admitted(id: &str, account: u128) -> ClientAdmitted {
    ClientAdmitted {
        account: AccountId::from_bits(account),
        source: "happy-cat-box".to_owned(),
        external_id: id.to_owned(),
        known: false,
    }
}

fn get(stage: &Stage, id: &str) -> Value {
    let answer = stage.ask("get-client").by(&manager()).at(id).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn a_manager_sees_a_client_with_its_account() {
    let stage = with_clients();
    assert_eq!(get(&stage, "C1").get("account"), None);
    let admission = event(&stage, &admitted("C1", 7), 1, 2);
    assert!(stage.deliver("keep-admission", &admission));
    assert!(stage.deliver("keep-admission", &admission), "again");
    assert!(stage.deliver("keep-admission", &event(&stage, &admitted("C1", 6), 1, 1)), "a late one");
    let seen = get(&stage, "C1");
    assert_eq!(seen["account"], json!(AccountId::from_bits(7)));
    assert_eq!(seen["email"], "1@example.com");
    // It may be heard of before the client is here, as after a restore.
    assert!(stage.deliver("keep-admission", &event(&stage, &admitted("C9", 9), 1, 1)));
    reports_only_what_it_cannot_read(&stage, "keep-admission", &admission);
}

#[test]
fn an_admission_does_not_stand_in_the_way_of_a_newer_report() {
    let stage = with_clients();
    assert!(stage.deliver("keep-admission", &event(&stage, &admitted("C1", 7), 1, 2)));
    webhook(&stage, "hcb_2", &[row("C1", "new@example.com", 2)]);
    stage.settle().unwrap();
    let seen = get(&stage, "C1");
    assert_eq!((&seen["email"], &seen["account"]), (&json!("new@example.com"), &json!(AccountId::from_bits(7))));
}

#[test]
fn clients_are_listed_page_by_page() {
    let stage = with_clients();
    assert!(stage.deliver("keep-admission", &event(&stage, &admitted("C4", 7), 1, 1)));
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    for _ in 0..4 {
        let answer = stage.ask("list-clients").by(&manager()).query(&query).get();
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let page = answer.json();
        seen.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=2&cursor={next}");
    }
    let ids: Vec<&str> = seen.iter().map(|client| client["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["C0", "C1", "C2", "C3", "C4"]);
    assert_eq!(seen[4]["account"], json!(AccountId::from_bits(7)));
    problem(&stage.ask("list-clients").by(&manager()).query("cursor=x").get(), 400, "invalid-query");
}

#[test]
fn who_asks_is_told_who_a_client_is() {
    let stage = with_clients();
    let ask = |source: &str, id: &str| {
        stage.question("read-imported-client", &json!({ "source": source, "external_id": id })).unwrap()
    };
    let told = json!({ "email": "1@example.com", "locale": "ru", "time_zone": "Europe/Moscow" });
    assert_eq!(ask("happy-cat-box", "C1"), told);
    for (source, id) in [
        ("happy-cat-box", "C9"),
        ("happy-dog-box", "C1"),
        ("happy-cat-box", "no id"),
        ("", ""),
    ] {
        assert_eq!(ask(source, id), Value::Null);
    }
    assert_eq!(stage.question("read-imported-client", &json!({ "id": "C1" })), None);
}

#[test]
fn managers_alone_look() {
    let stage = with_clients();
    only_for(Role::Manager, || stage.ask("get-client").at("C1"));
    only_for(Role::Manager, || stage.ask("list-clients"));
    problem(&stage.ask("get-client").by(&manager()).at("C9").get(), 404, "not-found");
    problem(&stage.ask("get-client").by(&manager()).at("no id").get(), 404, "not-found");
}
