//! `get-cart`.

use crate::domain::pounds;
use crate::support::{KEY, PRICE, basket, customer, product, shop, sku, stranger, writes};
use contracts::catalog::ProductChanged;
use kernel::{Currency, Money, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, only_for, problem};
use local::trigger::HttpResponse;
use orders::cart::MAX_LINES;
use serde_json::{Value, json};

fn ask(stage: &Stage, query: &str) -> HttpResponse {
    stage.ask("get-cart").by(&customer()).query(query).get()
}

fn look(stage: &Stage, query: &str) -> Value {
    let answer = ask(stage, query);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn put(stage: &Stage, n: usize, quantity: u32) {
    let answer = stage.ask("change-cart").by(&customer()).at(sku(n)).send(&json!({ "quantity": quantity }));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

fn line(n: usize, quantity: u32) -> Value {
    let title = format!("Scarf № {n} 🧣");
    json!({ "sku": sku(n), "title": title, "quantity": quantity, "unit_price": pounds(PRICE) })
}

#[test]
fn only_customers_have_carts() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("get-cart"));
}

#[test]
fn an_empty_cart_costs_nothing_not_even_delivery() {
    let stage = shop(1);
    stage.set("DELIVERY_FEES", "GBP:395:5000:2000");
    let empty = json!({
        "lines": [], "not_for_sale": [], "total": pounds(0), "tax": pounds(0), "delivery": pounds(0),
    });
    let answer = ask(&stage, "");
    assert_eq!((answer.json(), answer.headers["etag"].as_str()), (empty.clone(), "\"0\""));
    put(&stage, 0, 1);
    put(&stage, 0, 0);
    let answer = ask(&stage, "");
    assert_eq!((answer.json(), answer.headers["etag"].as_str()), (empty.clone(), "\"2\""));
    put(&stage, 1, 1);
    assert_eq!(look(&stage, "")["total"], json!(pounds(0)), "nor one of which nothing is for sale");
}

#[test]
fn a_cart_is_priced_as_of_now() {
    let stage = shop(2);
    stage.set("DELIVERY_FEES", "GBP:395:5000:2000");
    put(&stage, 1, 2);
    put(&stage, 0, 1);
    let expected = json!({
        "lines": [line(1, 2), line(0, 1)],
        "not_for_sale": [],
        "total": pounds(3 * PRICE + 395),
        "tax": pounds(85 + 42 + 66),
        "delivery": pounds(395),
    });
    let answer = ask(&stage, "");
    assert_eq!((answer.json(), answer.headers["etag"].as_str()), (expected, "\"2\""));
    assert!(stage.deliver("keep-price", &event(&stage, &product(1, 300), 1, 2)));
    assert_eq!(look(&stage, "")["total"], json!(pounds(2 * 300 + PRICE + 395)));
    assert_eq!(stage.ask("get-cart").by(&stranger()).get().json()["lines"], json!([]), "it is the caller's own");
}

#[test]
fn what_is_not_for_sale_is_named_and_left_out_of_the_total() {
    let stage = shop(2);
    let unpublished = ProductChanged { published: false, ..product(2, PRICE) };
    let prices = vec![Money::new(300, Currency::EUR), Money::new(PRICE, Currency::GBP)];
    let abroad = ProductChanged { prices, ..product(3, PRICE) };
    for changed in [unpublished, abroad] {
        assert!(stage.deliver("keep-price", &event(&stage, &changed, 1, 1)));
    }
    for n in [9, 2, 0, 3] {
        put(&stage, n, 1);
    }
    let view = look(&stage, "");
    assert_eq!(view["lines"], json!([line(0, 1), line(3, 1)]));
    assert_eq!(view["not_for_sale"], json!([sku(2), sku(9)]));
    assert_eq!(view["total"], json!(pounds(2 * PRICE)));
    assert_eq!(look(&stage, "currency=GBP"), view);

    let abroad = look(&stage, "currency=EUR");
    assert_eq!(abroad["not_for_sale"], json!([sku(0), sku(2), sku(9)]));
    assert_eq!(abroad["total"], json!({ "amount_minor": 300, "currency": "EUR" }));
    assert_eq!(look(&stage, "currency=RUB")["lines"], json!([]));
}

#[test]
fn what_the_cart_says_is_what_an_order_costs() {
    let stage = shop(MAX_LINES);
    stage.set("DELIVERY_FEES", "GBP:395:100000:2000");
    for n in 0..MAX_LINES {
        put(&stage, n, 1 + u32::try_from(n % 3).unwrap());
    }
    let cart = look(&stage, "");
    assert_eq!(cart["lines"].as_array().map(Vec::len), Some(MAX_LINES));
    let mut order = basket(0);
    let lines = cart["lines"].as_array().unwrap().iter();
    order["lines"] = lines.map(|line| json!({ "sku": line["sku"], "quantity": line["quantity"] })).collect();
    order["expected_total"] = cart["total"].clone();
    let placed = stage.ask("place-order").by(&customer()).key(KEY).send(&order);
    assert_eq!(placed.status_code, 201, "{}", placed.body);
    let placed = placed.json();
    for sum in ["total", "tax", "delivery"] {
        assert_eq!(placed[sum], cart[sum], "{sum}");
    }
    stage.settle().unwrap();
    assert_eq!(look(&stage, "")["lines"], json!([]), "what was ordered has left the cart");
}

#[test]
fn a_cart_that_no_amount_can_hold_is_refused() {
    let stage = shop(0);
    assert!(stage.deliver("keep-price", &event(&stage, &product(0, i64::MAX), 1, 1)));
    put(&stage, 0, 2);
    problem(&ask(&stage, ""), 422, "total-too-large");
    put(&stage, 0, 1);
    assert_eq!(look(&stage, "")["total"], json!(pounds(i64::MAX)), "taking something out helps");
}

#[test]
fn queries_that_are_not_as_described_are_refused() {
    let stage = shop(0);
    for query in [
        "currency=gbp",
        "currency=XXX",
        "currency=",
        "currency=%E2%82%BD",
        "currency=GBP&currency=EUR",
        "account=acc_00000000000000000000000002",
    ] {
        problem(&ask(&stage, query), 400, "invalid-query");
    }
    assert!(stage.calls().is_empty());
}

#[test]
fn looking_writes_nothing_and_is_tried_again_without_an_answer() {
    let stage = shop(1);
    put(&stage, 0, 1);
    stage.calls();
    look(&stage, "");
    assert!(!stage.calls().iter().any(writes));
    stage.interfere(|_| Fate::NeverSent);
    problem(&ask(&stage, ""), 503, "try-again");
}
