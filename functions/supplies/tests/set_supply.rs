//! `set-supply` and `list-supplies`.

use crate::support::{
    KEY, announced, created, depot, empty, interfere, issue, need, requested, shelve, sku, supplier, supply, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn wish(on_hand: Option<u32>) -> Value {
    let mut wish = json!({ "name": "Губка 🧽", "reorder_point": 20, "order_quantity": 50 });
    if let Some(on_hand) = on_hand {
        wish["on_hand"] = json!(on_hand);
    }
    wish
}

fn set(stage: &Stage, body: &Value, seen: Option<u64>) -> HttpResponse {
    let ask = stage.ask("set-supply").by(&supplier()).at(sku(0));
    match seen {
        Some(version) => ask.header("if-match", &format!("\"{version}\"")).send(body),
        None => ask.send(body),
    }
}

#[test]
fn only_suppliers_have_supplies() {
    let stage = empty();
    only_for(Role::Supplier, || stage.ask("set-supply").at(sku(0)));
    only_for(Role::Supplier, || stage.ask("list-supplies"));
}

#[test]
fn what_is_set_is_listed() {
    let stage = empty();
    let answer = set(&stage, &wish(Some(7)), None);
    let view = json!({
        "sku": sku(0), "name": "Губка 🧽", "on_hand": 7, "reorder_point": 20, "order_quantity": 50, "version": 1,
    });
    assert_eq!((answer.status_code, answer.json(), &*answer.headers["etag"]), (200, view.clone(), "\"1\""));
    let list = stage.ask("list-supplies").by(&supplier()).get().json();
    assert_eq!(list, json!({ "items": [view] }));
    assert!(announced(&stage).is_empty());
}

#[test]
fn what_was_never_counted_is_not_there() {
    let stage = empty();
    assert_eq!(set(&stage, &wish(None), None).json()["on_hand"], 0);
}

#[test]
fn setting_the_same_again_changes_nothing() {
    let stage = empty();
    let first = set(&stage, &wish(Some(7)), None);
    stage.calls();
    for seen in [None, Some(1), Some(9)] {
        let again = set(&stage, &wish(Some(7)), seen);
        assert_eq!((again.status_code, &again.body), (200, &first.body));
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn without_a_count_the_number_stays() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    let renamed = json!({ "name": "Щётка", "reorder_point": 5, "order_quantity": 9 });
    let answer = set(&stage, &renamed, None).json();
    assert_eq!(
        (&answer["name"], &answer["on_hand"], &answer["reorder_point"]),
        (&json!("Щётка"), &json!(8), &json!(5))
    );
}

#[test]
fn a_count_that_comes_late_does_not_give_back_what_was_issued() {
    let stage = depot();
    let counted = set(&stage, &wish(Some(12)), Some(1));
    assert_eq!(counted.status_code, 200, "{}", counted.body);
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    // The reply of the count was lost, and it is sent again.
    problem(&set(&stage, &wish(Some(12)), Some(1)), 412, "version-changed");
    assert_eq!(problem(&set(&stage, &wish(Some(12)), None), 428, "count-needs-version")["on_hand"], 10);
    assert_eq!(supply(&stage, 0).on_hand, 10);
    let any = stage.ask("set-supply").by(&supplier()).at(sku(0)).header("if-match", "*").send(&wish(Some(12)));
    assert_eq!(any.status_code, 200, "who says that the version does not matter gets what was asked for");
}

#[test]
fn a_lost_reply_is_recognised() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = empty();
        interfere(&stage, 1, fate, writes);
        assert_eq!(set(&stage, &wish(Some(7)), None).headers["etag"], "\"1\"");
    }
}

#[test]
fn bad_input_is_refused() {
    let stage = empty();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(101))),
        ("on_hand", json!(-1)),
        ("on_hand", json!(100_000_001)),
        ("reorder_point", json!(1_000_001)),
        ("order_quantity", json!(0)),
        ("order_quantity", json!(1.5)),
        ("reserved", json!(1)),
    ] {
        let mut body = wish(Some(1));
        body[field] = value;
        problem(&set(&stage, &body, None), 400, "invalid-body");
    }
    for path in ["", "a b", "губка", &"x".repeat(41)] {
        problem(&stage.ask("set-supply").by(&supplier()).at(path).send(&wish(None)), 404, "not-found");
    }
}

#[test]
fn supplies_are_listed_by_code_in_pages() {
    let stage = empty();
    for n in [3, 1, 2] {
        shelve(&stage, n, 1);
    }
    need(&stage, &[]);
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    let list = |query: &str| stage.ask("list-supplies").by(&supplier()).query(query).get().json();
    let codes = |list: &Value| -> Vec<Value> {
        list["items"].as_array().unwrap().iter().map(|supply| supply["sku"].clone()).collect()
    };
    assert_eq!(codes(&list("")), [json!(sku(1)), json!(sku(2)), json!(sku(3))]);
    let first = list("limit=2");
    let next = first["next"].as_str().unwrap();
    assert_eq!(codes(&list(&format!("limit=2&cursor={next}"))), [json!(sku(3))]);
    problem(&stage.ask("list-supplies").by(&supplier()).query("limit=0").get(), 400, "invalid-query");
}
