//! `list-draws` and `list-open-draws`.

use crate::support::{
    AHEAD, HOUR, KEY, created, created_at, depot, empty, issue, job, requested, sku, stranger, supplier, worker,
};
use kernel::Role;
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};

fn own(stage: &Stage, query: &str) -> Value {
    let answer = stage.ask("list-draws").by(&worker()).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn open(stage: &Stage, query: &str) -> Value {
    let answer = stage.ask("list-open-draws").by(&supplier()).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn jobs(list: &Value) -> Vec<Value> {
    list["items"].as_array().unwrap().iter().map(|draw| draw["job"].clone()).collect()
}

#[test]
fn workers_see_their_own_and_suppliers_what_is_open() {
    let stage = empty();
    only_for(Role::Worker, || stage.ask("list-draws"));
    only_for(Role::Supplier, || stage.ask("list-open-draws"));
}

#[test]
fn a_request_looks_the_same_to_both() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let lines = json!([{ "sku": sku(0), "quantity": 2 }, { "sku": sku(1), "quantity": 3 }]);
    let view = json!({
        "id": id, "job": job(1), "worker": worker().account, "lines": lines, "state": "requested",
        "requested_at": stage.now(), "needed_at": stage.now().after(AHEAD),
    });
    assert_eq!(own(&stage, ""), json!({ "items": [view] }));
    assert_eq!(open(&stage, ""), json!({ "items": [view] }));
    assert_eq!(stage.ask("list-draws").by(&stranger()).get().json(), json!({ "items": [] }));
}

#[test]
fn the_newest_is_first_for_workers_and_the_most_urgent_for_staff() {
    let stage = depot();
    for (n, hours) in [(2, 30), (3, 10), (4, 20)] {
        let from = stage.now().after(hours * HOUR);
        assert!(stage.deliver("keep-job", &created_at(&stage, n, from)));
        stage.pass(HOUR);
        requested(&stage, n, KEY);
    }
    assert_eq!(jobs(&own(&stage, "")), [json!(job(4)), json!(job(3)), json!(job(2))]);
    assert_eq!(jobs(&open(&stage, "")), [json!(job(3)), json!(job(4)), json!(job(2))]);
    let first = open(&stage, "limit=2");
    assert_eq!(jobs(&first), [json!(job(3)), json!(job(4))]);
    let next = first["next"].as_str().unwrap();
    assert_eq!(jobs(&open(&stage, &format!("limit=2&cursor={next}"))), [json!(job(2))]);
    let next = own(&stage, "limit=1")["next"].as_str().unwrap().to_owned();
    assert_eq!(jobs(&own(&stage, &format!("limit=1&cursor={next}"))), [json!(job(3))]);
}

#[test]
fn what_is_settled_is_with_the_worker_only() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert!(stage.deliver("keep-job", &created(&stage, 2)));
    requested(&stage, 2, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    assert_eq!(jobs(&open(&stage, "")), [json!(job(2))]);
    assert_eq!(own(&stage, "")["items"].as_array().unwrap().len(), 2);
}

#[test]
fn a_bad_query_is_refused() {
    let stage = depot();
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "page=2",
        "cursor=%21",
        "cursor=WzEsMl0",
    ] {
        problem(&stage.ask("list-draws").by(&worker()).query(query).get(), 400, "invalid-query");
        problem(&stage.ask("list-open-draws").by(&supplier()).query(query).get(), 400, "invalid-query");
    }
}
