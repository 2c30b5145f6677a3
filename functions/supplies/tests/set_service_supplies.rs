//! `set-service-supplies` and `get-service-supplies`.

use crate::support::{announced, empty, interfere, service, shelve, sku, supplier, writes};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn set(stage: &Stage, lines: &Value) -> HttpResponse {
    stage.ask("set-service-supplies").by(&supplier()).at(service()).send(&json!({ "lines": lines }))
}

fn line(n: usize, quantity: u32) -> Value {
    json!({ "sku": sku(n), "quantity": quantity })
}

#[test]
fn only_suppliers_say_what_jobs_need() {
    let stage = empty();
    only_for(Role::Supplier, || stage.ask("set-service-supplies").at(service()));
    only_for(Role::Supplier, || stage.ask("get-service-supplies").at(service()));
}

#[test]
fn what_jobs_need_is_set_and_may_be_nothing() {
    let stage = empty();
    shelve(&stage, 0, 0);
    for (version, lines) in [(1, json!([line(0, 2)])), (2, json!([])), (3, json!([line(0, 1000)]))] {
        for _ in 0..2 {
            let answer = set(&stage, &lines);
            assert_eq!(answer.json(), json!({ "service": service(), "lines": lines }));
            assert_eq!((answer.status_code, &answer.headers["etag"]), (200, &format!("\"{version}\"")));
        }
    }
    assert!(announced(&stage).is_empty());
}

#[test]
fn what_is_set_can_be_looked_at_and_the_rest_needs_nothing() {
    let stage = empty();
    shelve(&stage, 0, 0);
    let get = || stage.ask("get-service-supplies").by(&supplier()).at(service()).get();
    assert_eq!((get().json(), &*get().headers["etag"]), (json!({ "service": service(), "lines": [] }), "\"0\""));
    let set = set(&stage, &json!([line(0, 2)]));
    assert_eq!((get().body, &get().headers["etag"]), (set.body, &set.headers["etag"]));
    problem(&stage.ask("get-service-supplies").by(&supplier()).at("svc_7").get(), 404, "not-found");
}

#[test]
fn who_overwrites_a_colleagues_change_is_told() {
    let stage = empty();
    shelve(&stage, 0, 0);
    set(&stage, &json!([line(0, 2)]));
    let ask = |seen: &str| {
        let ask = stage.ask("set-service-supplies").by(&supplier()).at(service()).header("if-match", seen);
        ask.send(&json!({ "lines": [] }))
    };
    problem(&ask("\"7\""), 412, "version-changed");
    assert_eq!(ask("\"1\"").status_code, 200);
}

#[test]
fn only_what_is_known_can_be_needed_and_each_thing_once() {
    let stage = empty();
    shelve(&stage, 0, 0);
    let refused = problem(&set(&stage, &json!([line(0, 1), line(2, 1), line(1, 1)])), 422, "supply-unknown");
    assert_eq!(refused["skus"], json!([sku(1), sku(2)]));
    let refused = problem(&set(&stage, &json!([line(0, 1), line(0, 1)])), 422, "supply-twice");
    assert_eq!(refused["sku"], json!(sku(0)));
}

#[test]
fn bad_input_is_refused() {
    let stage = empty();
    shelve(&stage, 0, 0);
    let many: Vec<Value> = (0..21).map(|n| line(n, 1)).collect();
    for lines in [
        json!(null),
        json!([line(0, 0)]),
        json!([line(0, 1001)]),
        json!([{ "sku": "a b", "quantity": 1 }]),
        json!(many),
    ] {
        problem(&set(&stage, &lines), 400, "invalid-body");
    }
    for path in ["", "svc_7", "drw_00000000000000000000000001"] {
        let answer = stage.ask("set-service-supplies").by(&supplier()).at(path).send(&json!({ "lines": [] }));
        problem(&answer, 404, "not-found");
    }
}

#[test]
fn a_lost_reply_is_recognised() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = empty();
        interfere(&stage, 1, fate, writes);
        assert_eq!(set(&stage, &json!([])).headers["etag"], "\"1\"");
    }
}
