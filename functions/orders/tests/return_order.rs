//! `return-order`.

use crate::domain::{STATES, pounds};
use crate::support::{
    KEY, NO_ORDERS, PRICE, announced, basket, bring, customer, first_write, kinds, meanwhile, order_in, place_this,
    refunded, shop, sku, stored, stranger, writes,
};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use orders::order::State;
use orders::returning::MAX_RETURNS;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const DAYS_30: Duration = Duration::from_secs(30 * 86_400);

fn give_back(stage: &Stage, id: OrderId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("return-order").by(&customer()).at(id).key(key).send(body)
}

fn some(lines: &[(usize, u32)]) -> Value {
    let lines = lines.iter().map(|(n, quantity)| json!({ "sku": sku(*n), "quantity": quantity }));
    json!({ "lines": lines.collect::<Vec<_>>() })
}

/// A delivered order of these quantities of products 0, 1, …, with a delivery fee of 3.95.
fn delivered(quantities: &[u32]) -> (Stage, OrderId) {
    let stage = shop(quantities.len());
    stage.set("DELIVERY_FEES", "GBP:395:1000000:2000");
    let mut body = basket(quantities.len());
    for (n, quantity) in quantities.iter().enumerate() {
        body["lines"][n]["quantity"] = json!(quantity);
    }
    let pieces: i64 = quantities.iter().map(|quantity| i64::from(*quantity)).sum();
    body["expected_total"]["amount_minor"] = json!(pieces * PRICE + 395);
    let id = place_this(&stage, KEY, &body);
    bring(&stage, id, State::Delivered);
    kinds(&stage);
    (stage, id)
}

#[test]
fn only_customers_return_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("return-order").key(KEY).at(OrderId::from_bits(1)));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_whole_order_comes_back_with_its_delivery_fee() {
    let (stage, id) = delivered(&[2, 1]);
    stage.pass(Duration::from_secs(60));
    let answer = give_back(&stage, id, KEY, &json!({ "reason": "Не подошло 🧣" }));
    let reply = answer.json();
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    assert_eq!(answer.headers["location"], format!("/v1/orders/{id}"));
    assert_eq!(reply["refund"], json!(pounds(3 * PRICE + 395)));
    assert_eq!(reply["returned_at"], json!(stage.now()));
    let order = stored(&stage, id);
    assert_eq!((order.state, order.came_to(State::Returned)), (State::Returned, Some(stage.now())));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-returned.v1");
    assert_eq!(events[0]["data"]["return_id"], reply["id"]);
    assert_eq!(events[0]["data"]["lines"], some(&[(0, 2), (1, 1)])["lines"]);
    assert_eq!(events[0]["data"]["refund"], reply["refund"]);
    assert!(!events[0].to_string().contains("подошло"), "a customer's words stay here");
}

#[test]
fn an_order_may_come_back_in_parts_and_gives_back_exactly_what_was_paid() {
    let (stage, id) = delivered(&[2, 1, 3]);
    let mut refunds = 0;
    for (n, (body, refund)) in [
        (some(&[(2, 1), (0, 1), (2, 1)]), 3 * PRICE),
        (some(&[(1, 1)]), PRICE),
        (json!({}), 2 * PRICE + 395),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(stored(&stage, id).state, State::Delivered);
        let answer = give_back(&stage, id, &format!("the-key-of-return-{n}"), &body);
        assert_eq!((answer.status_code, &answer.json()["refund"]), (201, &json!(pounds(refund))), "{}", answer.body);
        refunds += refund;
    }
    let order = stored(&stage, id);
    assert_eq!((order.state, order.total_minor, order.returns), (State::Returned, refunds, 3));
    assert_eq!(kinds(&stage), ["orders.order-returned.v1"; 3]);
}

#[test]
fn a_large_order_comes_back_whole_and_in_parts() {
    let (stage, id) = order_in(State::Delivered, 674);
    let half: Vec<(usize, u32)> = (0..337).map(|n| (2 * n, 1)).collect();
    let first = give_back(&stage, id, "the-key-of-the-first", &some(&half)).json();
    assert_eq!(first["refund"], json!(pounds(337 * PRICE)));
    let rest = give_back(&stage, id, "the-key-of-the-second", &json!({})).json();
    assert_eq!(rest["refund"], json!(pounds(337 * PRICE)));
    let events = announced(&stage);
    let skus =
        |event: &Value| event["data"]["lines"].as_array().unwrap().iter().map(|line| line["sku"].clone()).collect();
    let returned: Vec<Vec<Value>> = events.iter().map(skus).collect();
    assert_eq!(returned[0], half.iter().map(|(n, _)| json!(sku(*n))).collect::<Vec<_>>());
    assert_eq!(returned[1], (0..337).map(|n| json!(sku(2 * n + 1))).collect::<Vec<_>>());
}

#[test]
fn the_same_request_again_gets_the_same_reply_and_returns_nothing_more() {
    let (stage, id) = delivered(&[3]);
    let first = give_back(&stage, id, KEY, &some(&[(0, 1)]));
    let same = |when: &str| {
        let again = give_back(&stage, id, KEY, &some(&[(0, 1)]));
        assert_eq!((again.status_code, &again.body), (201, &first.body), "{when}");
        assert_eq!(again.headers["location"], first.headers["location"], "{when}");
    };
    same("at once");
    problem(&give_back(&stage, id, KEY, &some(&[(0, 2)])), 422, "idempotency-key-reused");
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(PRICE))));
    same("after the money went back");
    stage.pass(2 * DAYS_30);
    same("when it is too late for another");
    assert_eq!(kinds(&stage), ["orders.order-returned.v1", "orders.order-refunded.v1"]);

    let (stage, id) = delivered(&[3]);
    let first = give_back(&stage, id, KEY, &json!({}));
    let again = give_back(&stage, id, KEY, &json!({}));
    assert_eq!((again.status_code, again.body), (201, first.body), "after all of it came back");
}

#[test]
fn a_key_is_bound_to_its_order() {
    let (stage, first) = delivered(&[1]);
    let mut body = basket(1);
    body["expected_total"]["amount_minor"] = json!(PRICE + 395);
    let second = place_this(&stage, "the-key-of-another-order", &body);
    bring(&stage, second, State::Delivered);
    let (a, b) = (give_back(&stage, first, KEY, &json!({})), give_back(&stage, second, KEY, &json!({})));
    assert_eq!((a.status_code, b.status_code), (201, 201));
    assert_ne!(a.json()["id"], b.json()["id"]);
}

#[test]
fn only_what_was_delivered_comes_back() {
    for state in STATES.into_iter().filter(|state| *state != State::Delivered) {
        let (stage, id) = order_in(state, 1);
        stage.calls();
        let refused = problem(&give_back(&stage, id, "another-key-than-before", &json!({})), 409, "not-returnable");
        assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
        assert!(!stage.calls().iter().any(writes));
    }
}

#[test]
fn an_order_comes_back_within_30_days_of_its_delivery() {
    let (stage, id) = delivered(&[2]);
    let until = stored(&stage, id).came_to(State::Delivered).unwrap().after(DAYS_30);
    stage.pass(DAYS_30);
    assert_eq!(stage.now(), until);
    assert_eq!(give_back(&stage, id, KEY, &some(&[(0, 1)])).status_code, 201);
    stage.pass(Duration::from_millis(1));
    let late = problem(&give_back(&stage, id, "the-key-of-the-second", &json!({})), 409, "too-late-to-return");
    assert_eq!(late["until"], json!(until));
    assert!(late["detail"].as_str().unwrap().contains(&until.to_string()), "{late}");
    stage.set("RETURN_DAYS", "31");
    assert_eq!(give_back(&stage, id, "the-key-of-the-second", &json!({})).status_code, 201);
}

#[test]
fn what_the_order_has_not_so_many_of_is_named() {
    let (stage, id) = delivered(&[2, 1]);
    for (wanted, named) in [
        (&[(0, 3)][..], &[0][..]),
        (&[(0, 1), (0, 1), (0, 1)], &[0]),
        (&[(7, 1), (1, 1), (0, 100_000)], &[0, 7]),
    ] {
        let refused = problem(&give_back(&stage, id, KEY, &some(wanted)), 422, "not-so-many");
        assert_eq!(refused["skus"], json!(named.iter().map(|n| sku(*n)).collect::<Vec<_>>()));
    }
    assert_eq!(give_back(&stage, id, KEY, &some(&[(0, 1)])).status_code, 201, "a refusal does not use up the key");
    let refused = give_back(&stage, id, "the-key-of-the-second", &some(&[(0, 2)]));
    problem(&refused, 422, "not-so-many");
    assert_eq!(kinds(&stage), ["orders.order-returned.v1"]);
}

#[test]
fn an_order_does_not_come_back_in_crumbs() {
    let (stage, id) = delivered(&[60]);
    for n in 0..MAX_RETURNS {
        let answer = give_back(&stage, id, &format!("the-key-of-crumb-{n:02}"), &some(&[(0, 1)]));
        assert_eq!(answer.status_code, 201, "{n}: {}", answer.body);
    }
    problem(&give_back(&stage, id, KEY, &some(&[(0, 1)])), 409, "too-many-returns");
    let rest = give_back(&stage, id, KEY, &json!({}));
    assert_eq!((rest.status_code, &rest.json()["refund"]), (201, &json!(pounds(10 * PRICE + 395))));
}

#[test]
fn what_is_not_the_callers_order_is_not_found() {
    let (stage, id) = delivered(&[1]);
    let theirs = stage.ask("return-order").by(&stranger()).at(id).key(KEY).send(&json!({}));
    let nobodys = give_back(&stage, OrderId::from_bits(7), KEY, &json!({}));
    problem(&theirs, 404, "not-found");
    problem(&nobodys, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the order exists");
    for path in NO_ORDERS {
        let answer = stage.ask("return-order").by(&customer()).at(path).key(KEY).send(&json!({}));
        problem(&answer, 404, "not-found");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn requests_that_are_not_as_described_are_refused() {
    let (stage, id) = delivered(&[1]);
    let line = |sku: Value, quantity: Value| json!({ "lines": [{ "sku": sku, "quantity": quantity }] });
    for (body, field) in [
        (json!({ "lines": [] }), "lines"),
        (json!({ "lines": {} }), "lines"),
        (json!({ "lines": vec![json!({ "sku": "A", "quantity": 1 }); 1001] }), "lines"),
        (line(json!("a b"), json!(1)), "lines[0].sku"),
        (line(json!("SKU-0000"), json!(0)), "lines[0].quantity"),
        (line(json!("SKU-0000"), json!(-1)), "lines[0].quantity"),
        (line(json!("SKU-0000"), json!(1.5)), "lines[0].quantity"),
        (line(json!("SKU-0000"), json!(100_001)), "lines[0].quantity"),
        (json!({ "lines": [{ "sku": "A", "quantity": 1, "price": 1 }] }), "lines[0].price"),
        (json!({ "reason": "" }), "reason"),
        (json!({ "reason": "я".repeat(501) }), "reason"),
        (json!({ "refund": 100 }), "refund"),
        (json!(null), "."),
    ] {
        let refused = problem(&give_back(&stage, id, KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], field, "{body}: {refused}");
    }
    let keyless = stage.ask("return-order").by(&customer()).at(id).send(&json!({}));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn of_one_return_sent_twice_at_once_both_get_the_same_reply() {
    for body in [json!({}), some(&[(0, 1)])] {
        let (stage, id) = delivered(&[2]);
        let stage = Arc::new(stage);
        let faster = body.clone();
        meanwhile(&stage, move |stage| assert_eq!(give_back(stage, id, KEY, &faster).status_code, 201));
        let second = give_back(&stage, id, KEY, &body);
        stage.calm();
        assert_eq!((second.status_code, &second.body), (201, &give_back(&stage, id, KEY, &body).body));
        assert_eq!(kinds(&stage), ["orders.order-returned.v1"]);
        assert_eq!(stored(&stage, id).returns, 1);
    }
}

#[test]
fn two_returns_at_once_never_take_the_same_piece() {
    let (stage, id) = delivered(&[2]);
    let stage = Arc::new(stage);
    let other = "the-key-of-the-faster-one";
    meanwhile(&stage, move |stage| assert_eq!(give_back(stage, id, other, &some(&[(0, 1)])).status_code, 201));
    let last = give_back(&stage, id, KEY, &json!({}));
    stage.calm();
    assert_eq!((last.status_code, &last.json()["refund"]), (201, &json!(pounds(PRICE + 395))), "what is left then");
    assert_eq!(kinds(&stage), ["orders.order-returned.v1"; 2]);

    let (stage, id) = delivered(&[2]);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(give_back(stage, id, other, &json!({})).status_code, 201));
    let refused = problem(&give_back(&stage, id, KEY, &json!({})), 409, "not-returnable");
    assert_eq!(refused["state"], "returned");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-returned.v1"]);
}

#[test]
fn a_refund_that_comes_in_between_is_kept() {
    let (stage, id) = delivered(&[2]);
    give_back(&stage, id, "the-key-of-the-first", &some(&[(0, 1)]));
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert!(stage.deliver("mark-refunded", &refunded(stage, id, 1, pounds(PRICE))));
    });
    assert_eq!(give_back(&stage, id, KEY, &json!({})).status_code, 201);
    stage.calm();
    let order = stored(&stage, id);
    assert_eq!((order.returns, order.refunded()), (2, pounds(PRICE)));
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = delivered(&[2]);
        first_write(&stage, fate);
        assert_eq!(give_back(&stage, id, KEY, &some(&[(0, 1)])).status_code, 201);
        assert_eq!(kinds(&stage), ["orders.order-returned.v1"]);
        assert_eq!(stored(&stage, id).returns, 1);
    }
}

#[test]
fn when_every_reply_is_lost_the_customer_may_repeat_the_request() {
    let (stage, id) = delivered(&[2]);
    stage.interfere(|call| if writes(call) { Fate::ReplyLost } else { Fate::Answered });
    problem(&give_back(&stage, id, KEY, &json!({})), 503, "try-again");
    stage.calm();
    let answer = give_back(&stage, id, KEY, &json!({}));
    assert_eq!((answer.status_code, &answer.json()["refund"]), (201, &json!(pounds(2 * PRICE + 395))));
    assert_eq!(kinds(&stage), ["orders.order-returned.v1"]);
}
