//! `get-order`.

use crate::support::{KEY, PRICE, customer, place, shop, stranger};
use contracts::catalog::{Shortage, StockRejected};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::outside::Answer;
use local::testing::{event, only_for, problem};
use serde_json::json;
use std::time::Duration;

#[test]
fn only_customers_look_at_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("get-order").at(OrderId::from_bits(1)));
}

#[test]
fn the_customer_sees_lines_prices_address_and_how_the_order_came_to_its_state() {
    let stage = shop(1);
    let placed_at = stage.now();
    let id = place(&stage, 1);
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    assert_eq!((answer.status_code, answer.headers["etag"].as_str()), (200, "\"1\""), "{}", answer.body);
    let money = |minor: i64| json!({ "amount_minor": minor, "currency": "GBP" });
    let mut expected = json!({
        "id": id,
        "state": "placed",
        "placed_at": placed_at,
        "lines": [{
            "sku": "SKU-0000", "title": "Scarf № 0 🧣", "quantity": 1, "unit_price": money(PRICE), "tax": money(42),
        }],
        "total": money(PRICE),
        "tax": money(42),
        "address": {
            "name": "Мария Петрова 🧶", "street": "1 High Street", "city": "Zürich", "postcode": "8001", "country": "CH",
        },
        "timeline": [],
    });
    assert_eq!(answer.json(), expected);

    stage.pass(Duration::from_secs(5));
    let shortage = Shortage { sku: "SKU-0000".parse().unwrap(), wanted: 1, available: 0 };
    let rejected = StockRejected { order: id, short: vec![shortage] };
    assert!(stage.deliver("mark-rejected", &event(&stage, &rejected, 1, 1)));
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    assert_eq!(answer.headers["etag"], "\"2\"");
    expected["state"] = json!("rejected");
    let short = json!([{ "sku": "SKU-0000", "wanted": 1, "available": 0 }]);
    expected["timeline"] = json!([{ "state": "rejected", "at": stage.now(), "short": short }]);
    assert_eq!(answer.json(), expected);
}

#[test]
fn what_is_not_the_callers_order_is_not_found() {
    let stage = shop(1);
    let id = place(&stage, 1);
    let theirs = stage.ask("get-order").by(&stranger()).at(id).get();
    let nobodys = stage.ask("get-order").by(&customer()).at(OrderId::from_bits(7)).get();
    problem(&theirs, 404, "not-found");
    problem(&nobodys, 404, "not-found");
    assert_eq!(theirs.body, nobodys.body, "an answer does not tell that the order exists");
    for path in [
        "",
        "1",
        "ord_",
        "ord_8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "price#SKU-0000",
        "заказ",
    ] {
        problem(&stage.ask("get-order").by(&customer()).at(path).get(), 404, "not-found");
    }
    problem(&stage.ask("get-order").by(&customer()).get(), 404, "not-found");
}

#[test]
fn a_read_that_gets_no_answer_is_tried_again() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.interfere(|_| Fate::NeverSent);
    let busy = stage.ask("get-order").by(&customer()).at(id).get();
    problem(&busy, 503, "try-again");
    assert_eq!(busy.headers["retry-after"], "1");
    stage.calm();
    assert_eq!(stage.ask("get-order").by(&customer()).at(id).key(KEY).get().status_code, 200);
}

#[test]
fn an_order_whose_lines_are_gone_is_an_error_that_shows_no_internals() {
    let stage = shop(51);
    let id = place(&stage, 51);
    stage.interfere(|call| match call.operation.as_str() {
        "Query" => Fate::Instead(Answer::new(200, br#"{"Items":[],"Count":0,"ScannedCount":0}"#.to_vec())),
        _ => Fate::Answered,
    });
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    problem(&answer, 500, "internal");
    assert!(!answer.body.contains("parts"), "the cause is for the log: {}", answer.body);
    assert!(stage.log().iter().any(|line| line.contains("has 0 of 1 parts")), "the log has the cause");
    assert!(!stage.log().iter().any(|line| line.contains("Петрова")), "logs hold no personal data");
}
