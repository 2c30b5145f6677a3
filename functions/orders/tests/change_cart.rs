//! `change-cart`.

use crate::support::{customer, first_write, kinds, meanwhile, shop, sku, stranger, writes};
use kernel::{Principal, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, only_for, problem};
use local::trigger::HttpResponse;
use orders::cart::{Cart, MAX_LINES};
use orders::store::cart_key;
use serde_json::{Value, json};
use std::sync::Arc;

fn put(stage: &Stage, n: usize, quantity: u32) -> HttpResponse {
    stage.ask("change-cart").by(&customer()).at(sku(n)).send(&json!({ "quantity": quantity }))
}

/// The lines of an answer, or of the cart in the table.
fn lines(lines: &[(usize, u32)]) -> Value {
    let lines = lines.iter().map(|(n, quantity)| json!({ "sku": sku(*n), "quantity": quantity }));
    json!({ "lines": lines.collect::<Vec<_>>() })
}

fn stored(stage: &Stage, whose: &Principal) -> Vec<(String, u32)> {
    let cart: Option<Cart> = item(stage, "orders", &cart_key(whose.account));
    let lines = cart.map(|cart| cart.lines).unwrap_or_default();
    lines.into_iter().map(|line| (line.sku.to_string(), line.quantity)).collect()
}

#[test]
fn only_customers_have_carts() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("change-cart").at(sku(0)));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_cart_is_filled_changed_and_emptied_and_nobody_else_is_told() {
    let stage = shop(0);
    for (version, (n, quantity), expected) in [
        (1, (1, 2), &[(1, 2)][..]),
        (2, (0, 100_000), &[(1, 2), (0, 100_000)]),
        (3, (1, 5), &[(1, 5), (0, 100_000)]),
        (4, (1, 0), &[(0, 100_000)]),
        (5, (0, 0), &[]),
    ] {
        let answer = put(&stage, n, quantity);
        assert_eq!((answer.status_code, &answer.headers["etag"]), (200, &format!("\"{version}\"")), "{}", answer.body);
        assert_eq!(answer.json(), lines(expected));
        assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    }
    assert!(kinds(&stage).is_empty());
}

#[test]
fn the_same_again_changes_nothing() {
    let stage = shop(0);
    let nothing = put(&stage, 0, 0);
    assert_eq!((nothing.json(), nothing.headers["etag"].as_str()), (lines(&[]), "\"0\""), "it was not in it");
    assert!(!stage.calls().iter().any(writes));
    let first = put(&stage, 0, 3);
    stage.calls();
    let again = put(&stage, 0, 3);
    assert_eq!((again.status_code, &again.body, &again.headers["etag"]), (200, &first.body, &first.headers["etag"]));
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn each_customer_has_a_cart_of_their_own() {
    let stage = shop(0);
    put(&stage, 0, 1);
    let theirs = stage.ask("change-cart").by(&stranger()).at(sku(1)).send(&json!({ "quantity": 2 }));
    assert_eq!(theirs.json(), lines(&[(1, 2)]));
    assert_eq!(stored(&stage, &customer()), [(sku(0).to_string(), 1)]);
}

#[test]
fn a_cart_holds_200_different_things() {
    let stage = shop(0);
    for n in 0..MAX_LINES {
        assert_eq!(put(&stage, n, 1).status_code, 200, "{n}");
    }
    stage.calls();
    let refused = problem(&put(&stage, MAX_LINES, 1), 422, "cart-full");
    assert_eq!(refused["most"], 200);
    assert!(refused["detail"].as_str().unwrap().contains("200 different things"), "{refused}");
    assert!(!stage.calls().iter().any(writes));
    assert_eq!(put(&stage, 7, 9).status_code, 200, "what is in it can be changed");
    assert_eq!(put(&stage, 8, 0).status_code, 200);
    let answer = put(&stage, MAX_LINES, 1).json();
    let held = answer["lines"].as_array().unwrap();
    assert_eq!((held.len(), &held[199]["sku"]), (200, &json!(sku(200))));
}

#[test]
fn a_change_of_what_was_not_seen_is_refused() {
    let stage = shop(0);
    let put = |n: usize, quantity: u32, seen: &str| {
        let ask = stage.ask("change-cart").by(&customer()).at(sku(n)).header("if-match", seen);
        ask.send(&json!({ "quantity": quantity }))
    };
    problem(&put(0, 1, "*"), 412, "version-changed");
    problem(&put(0, 1, "\"1\""), 412, "version-changed");
    assert_eq!(put(0, 1, "\"0\"").status_code, 200, "nothing was seen, and there was nothing");
    problem(&put(1, 1, "\"0\""), 412, "version-changed");
    problem(&put(1, 1, "1"), 412, "version-changed");
    assert_eq!(put(1, 1, "\"1\"").status_code, 200);
    assert_eq!(put(1, 1, "\"1\"").status_code, 200, "a repeated request finds that it was carried out");
    assert_eq!(put(2, 1, "*").status_code, 200);
    assert_eq!(stored(&stage, &customer()).len(), 3);
}

#[test]
fn two_changes_at_once_are_both_made() {
    let stage = Arc::new(shop(0));
    put(&stage, 0, 1);
    meanwhile(&stage, |stage| assert_eq!(put(stage, 1, 2).status_code, 200));
    assert_eq!(put(&stage, 2, 3).json(), lines(&[(0, 1), (1, 2), (2, 3)]));
    stage.calm();

    let stage = Arc::new(shop(0));
    meanwhile(&stage, |stage| assert_eq!(put(stage, 1, 2).status_code, 200));
    assert_eq!(put(&stage, 2, 3).json(), lines(&[(1, 2), (2, 3)]), "the first of a cart as well");
    stage.calm();
}

#[test]
fn requests_that_are_not_as_described_are_refused() {
    let stage = shop(0);
    for (body, field) in [
        (json!({ "quantity": -1 }), "quantity"),
        (json!({ "quantity": 100_001 }), "quantity"),
        (json!({ "quantity": 1.5 }), "quantity"),
        (json!({ "quantity": "1" }), "quantity"),
        (json!({ "quantity": null }), "quantity"),
        (json!({}), "."),
        (json!({ "quantity": 1, "price": 1 }), "price"),
    ] {
        let answer = stage.ask("change-cart").by(&customer()).at(sku(0)).send(&body);
        let refused = problem(&answer, 400, "invalid-body");
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
    for path in ["", "a b", "шарф", &"x".repeat(41)] {
        let answer = stage.ask("change-cart").by(&customer()).at(path).send(&json!({ "quantity": 1 }));
        problem(&answer, 404, "not-found");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = shop(0);
        first_write(&stage, fate.clone());
        assert_eq!(put(&stage, 0, 1).json(), lines(&[(0, 1)]));
        first_write(&stage, fate);
        let answer = put(&stage, 1, 2);
        assert_eq!((answer.json(), answer.headers["etag"].as_str()), (lines(&[(0, 1), (1, 2)]), "\"2\""));
    }
}
