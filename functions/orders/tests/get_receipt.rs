//! `get-receipt`.

use crate::domain::{STATES, pounds};
use crate::support::{
    KEY, NO_ORDERS, PRICE, basket, bring, customer, manager, order_in, place_this, refunded, shop, sku, stored,
    stranger, writes,
};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use orders::order::State;
use serde_json::json;
use std::time::Duration;

fn receipt(stage: &Stage, id: OrderId) -> HttpResponse {
    stage.ask("get-receipt").by(&customer()).at(id).get()
}

#[test]
fn only_customers_get_receipts() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("get-receipt").at(OrderId::from_bits(1)));
}

#[test]
fn a_receipt_says_what_was_paid_for_line_by_line() {
    let stage = shop(2);
    stage.set("DELIVERY_FEES", "GBP:395:5000:2000");
    let mut body = basket(2);
    body["lines"][1]["quantity"] = json!(3);
    body["expected_total"]["amount_minor"] = json!(4 * PRICE + 395);
    let id = place_this(&stage, KEY, &body);
    bring(&stage, id, State::Paid);
    let paid_at = stage.now();
    stage.pass(Duration::from_secs(60));
    assert_eq!(stage.ask("pack-order").by(&manager()).at(id).get().status_code, 200);
    let line = |n: usize, quantity: i64, tax: i64| {
        json!({
            "sku": sku(n),
            "title": format!("Scarf № {n} 🧣"),
            "quantity": quantity,
            "unit_price": pounds(PRICE),
            "price": pounds(quantity * PRICE),
            "tax": pounds(tax),
        })
    };
    let mut expected = json!({
        "order": id,
        "paid_at": paid_at,
        "address": body["address"],
        "lines": [line(0, 1, 42), line(1, 3, 128)],
        "delivery": pounds(395),
        "total": pounds(4 * PRICE + 395),
        "tax": pounds(42 + 128 + 66),
        "refunded": pounds(0),
    });
    assert_eq!(receipt(&stage, id).json(), expected);
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(PRICE))));
    expected["refunded"] = json!(pounds(PRICE));
    assert_eq!(receipt(&stage, id).json(), expected, "what went back stands beside what was paid");
}

#[test]
fn there_is_a_receipt_once_the_order_is_paid() {
    for state in STATES {
        let (stage, id) = order_in(state, 1);
        let answer = receipt(&stage, id);
        if stored(&stage, id).came_to(State::Paid).is_some() {
            assert_eq!(answer.status_code, 200, "{state:?}: {}", answer.body);
        } else {
            let refused = problem(&answer, 409, "not-paid");
            assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
        }
    }
    let (stage, id) = order_in(State::Paid, 1);
    let cancelled = stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    assert_eq!(cancelled.status_code, 200);
    assert_eq!(receipt(&stage, id).status_code, 200, "it was paid before it was cancelled");
}

#[test]
fn the_receipt_of_a_large_order_has_all_lines() {
    let (stage, id) = order_in(State::Paid, 674);
    let receipt = receipt(&stage, id).json();
    let lines = receipt["lines"].as_array().unwrap();
    assert!(lines.iter().enumerate().all(|(n, line)| line["sku"] == json!(sku(n))));
    assert_eq!((lines.len(), &receipt["total"]), (674, &json!(pounds(674 * PRICE))));
    let sum = |field: &str| -> i64 { lines.iter().map(|line| line[field]["amount_minor"].as_i64().unwrap()).sum() };
    assert_eq!((sum("price"), sum("tax")), (674 * PRICE, receipt["tax"]["amount_minor"].as_i64().unwrap()));
}

#[test]
fn what_is_not_the_callers_order_is_not_found() {
    let (stage, id) = order_in(State::Paid, 1);
    let theirs = stage.ask("get-receipt").by(&stranger()).at(id).get();
    let nobodys = receipt(&stage, OrderId::from_bits(7));
    problem(&theirs, 404, "not-found");
    problem(&nobodys, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the order exists");
    for path in NO_ORDERS {
        problem(&stage.ask("get-receipt").by(&customer()).at(path).get(), 404, "not-found");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_read_that_gets_no_answer_is_tried_again() {
    let (stage, id) = order_in(State::Paid, 51);
    stage.interfere(|call| if call.operation == "Query" { Fate::NeverSent } else { Fate::Answered });
    problem(&receipt(&stage, id), 503, "try-again");
    stage.calm();
    assert_eq!(receipt(&stage, id).status_code, 200);
}
