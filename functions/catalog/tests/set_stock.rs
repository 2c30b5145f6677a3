//! `set-stock`.

use crate::support::{
    announced, before_write, count, counters, empty, first_write, manager, placed, product, reserve, sell,
    set as set_product, shelves, sku, stock, stock_at, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;

fn set(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("set-stock").by(&manager()).at(sku(0)).send(body)
}

/// A stage whose one product was never counted.
fn uncounted() -> Stage {
    let stage = empty();
    set_product(&stage, 0, &product(255));
    announced(&stage);
    stage
}

#[test]
fn only_managers_count_stock() {
    let stage = empty();
    only_for(Role::Manager, || stage.ask("set-stock").at(sku(0)));
    assert!(stage.calls().is_empty());
}

#[test]
fn what_is_counted_becomes_available_and_nobody_else_is_told() {
    let stage = uncounted();
    for (version, on_hand) in [(1, 0), (2, 10), (3, 3), (4, 1_000_000_000)] {
        let answer = set(&stage, &json!({ "on_hand": on_hand }));
        assert_eq!((answer.status_code, &answer.headers["etag"]), (200, &format!("\"{version}\"")), "{}", answer.body);
        assert_eq!(answer.json(), json!({ "sku": sku(0), "location": "main", "available": on_hand, "reserved": 0 }));
    }
    assert!(announced(&stage).is_empty());
}

#[test]
fn counting_the_same_again_changes_nothing() {
    let stage = uncounted();
    let first = set(&stage, &json!({ "on_hand": 10 }));
    stage.calls();
    let again = set(&stage, &json!({ "on_hand": 10 }));
    assert_eq!((again.status_code, &again.body, &again.headers["etag"]), (200, &first.body, &first.headers["etag"]));
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_is_set_aside_stays_set_aside_and_fewer_are_refused() {
    let stage = shelves(1, 10);
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 4)])));
    assert_eq!(
        set(&stage, &json!({ "on_hand": 20 })).json(),
        json!({ "sku": sku(0), "location": "main", "available": 16, "reserved": 4 })
    );
    assert_eq!(
        set(&stage, &json!({ "on_hand": 4 })).json(),
        json!({ "sku": sku(0), "location": "main", "available": 0, "reserved": 4 })
    );
    for on_hand in [0, 3] {
        let refused = problem(&set(&stage, &json!({ "on_hand": on_hand })), 409, "below-reserved");
        assert_eq!(refused["reserved"], 4);
        assert!(refused["detail"].as_str().unwrap().starts_with("4 are set aside"), "{refused}");
    }
    assert_eq!(stock(&stage, 0), Some((0, 4)));
}

#[test]
fn only_known_products_are_counted() {
    let stage = empty();
    problem(&set(&stage, &json!({ "on_hand": 1 })), 404, "not-found");
    for path in ["", "a b", "шарф", &"x".repeat(41)] {
        let answer = stage.ask("set-stock").by(&manager()).at(path).send(&json!({ "on_hand": 1 }));
        problem(&answer, 404, "not-found");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_count_of_another_version_than_was_seen_is_refused() {
    let stage = uncounted();
    let at = |tag: &str, on_hand: u32| {
        let ask = stage.ask("set-stock").by(&manager()).at(sku(0)).header("if-match", tag);
        ask.send(&json!({ "on_hand": on_hand }))
    };
    problem(&at("\"1\"", 5), 412, "version-changed");
    assert_eq!(at("\"0\"", 5).headers["etag"], "\"1\"");
    assert!(stage.deliver("reserve-stock", &placed(&stage, 1, &[(0, 1)])));
    problem(&at("\"1\"", 9), 412, "version-changed");
    assert_eq!(at("\"2\"", 9).json(), json!({ "sku": sku(0), "location": "main", "available": 8, "reserved": 1 }));
    problem(&at("three", 7), 412, "version-changed");
}

#[test]
fn a_reservation_in_between_is_not_overwritten() {
    let stage = Arc::new(shelves(1, 10));
    before_write(&stage, "set-stock", 0, |stage| reserve(stage, 1, &[(0, 10)]));
    count(&stage, 0, 12);
    stage.calm();
    assert_eq!(stock(&stage, 0), Some((2, 10)));
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_manager() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = uncounted();
        for on_hand in [10, 20] {
            first_write(&stage, fate.clone());
            count(&stage, 0, on_hand);
            assert_eq!(stock(&stage, 0), Some((on_hand, 0)));
        }
    }
}

#[test]
fn what_is_sold_is_not_counted() {
    let stage = shelves(1, 10);
    sell(&stage, 1, &[(0, 4)]);
    assert_eq!(counters(&stage, 0), Some((6, 0, 4)));
    count(&stage, 0, 5);
    assert_eq!(counters(&stage, 0), Some((5, 0, 4)));
}

#[test]
fn each_location_is_counted_on_its_own() {
    let stage = uncounted();
    let at = |location: &str| set(&stage, &json!({ "on_hand": 3, "location": location }));
    let unknown = problem(&at("leeds"), 422, "unknown-location");
    assert_eq!(unknown["locations"], json!(["main"]));
    stage.set("STOCK_LOCATIONS", "leeds main");
    assert_eq!(at("main").status_code, 200);
    assert_eq!(set(&stage, &json!({ "on_hand": 7 })).json()["location"], "leeds", "the first one");
    let available = |location| stock_at(&stage, 0, location).map(|stock| stock.available);
    assert_eq!((available("main"), available("leeds"), available("paris")), (Some(3), Some(7), None));
    let wrong = problem(&at("Leeds"), 400, "invalid-body");
    assert_eq!(wrong["field"], "location");
}

#[test]
fn bodies_that_are_not_as_described_are_refused_by_the_name_of_the_field() {
    let stage = uncounted();
    for (body, named) in [
        (json!({ "on_hand": -1 }), "on_hand"),
        (json!({ "on_hand": 1.5 }), "on_hand"),
        (json!({ "on_hand": 1_000_000_001 }), "on_hand"),
        (json!({ "on_hand": "10" }), "on_hand"),
        (json!({ "on_hand": null }), "on_hand"),
        (json!({ "on_hand": u64::MAX }), "on_hand"),
        (json!({ "on_hand": 1, "reserved": 0 }), "reserved"),
        (json!({}), "."),
        (json!(10), "."),
    ] {
        let refused = problem(&set(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], named, "{body}: {refused}");
    }
    let text = stage.ask("set-stock").by(&manager()).at(sku(0)).header("content-type", "text/plain");
    problem(&text.send(&json!({ "on_hand": 1 })), 415, "media-type");
    assert_eq!(stock(&stage, 0), None);
}
