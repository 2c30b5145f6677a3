//! `get-order`.

use crate::domain::pounds;
use crate::support::{KEY, NO_ORDERS, PRICE, customer, order_in, place, refunded, rejected, shop, sku, stranger};
use kernel::{OrderId, Role, Timestamp};
use local::faults::Fate;
use local::outside::Answer;
use local::stage::Stage;
use local::testing::{only_for, problem};
use orders::order::State;
use serde_json::{Value, json};
use std::time::Duration;

fn look(stage: &Stage, id: OrderId) -> Value {
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

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
    let mut expected = json!({
        "id": id,
        "state": "placed",
        "placed_at": placed_at,
        "lines": [{
            "sku": "SKU-0000",
            "title": "Scarf № 0 🧣",
            "quantity": 1,
            "unit_price": pounds(PRICE),
            "tax": pounds(42),
        }],
        "total": pounds(PRICE),
        "tax": pounds(42),
        "delivery": pounds(0),
        "returns": [],
        "refunded": pounds(0),
        "address": {
            "name": "Мария Петрова 🧶", "street": "1 High Street", "city": "Zürich", "postcode": "8001", "country": "CH",
        },
        "timeline": [],
    });
    assert_eq!(answer.json(), expected);

    stage.pass(Duration::from_secs(5));
    assert!(stage.deliver("mark-rejected", &rejected(&stage, id)));
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    assert_eq!(answer.headers["etag"], "\"2\"");
    expected["state"] = json!("rejected");
    let short = json!([{ "sku": "SKU-0000", "wanted": 1, "available": 0 }]);
    expected["timeline"] = json!([{ "state": "rejected", "at": stage.now(), "short": short }]);
    assert_eq!(answer.json(), expected);
}

#[test]
fn the_whole_way_of_an_order_is_in_its_timeline() {
    let (stage, id) = order_in(State::Delivered, 1);
    let view = look(&stage, id);
    let placed_at: Timestamp = view["placed_at"].as_str().unwrap().parse().unwrap();
    let states = ["reserved", "paid", "packed", "shipped", "delivered"];
    let step = |(n, state): (u64, &str)| json!({ "state": state, "at": placed_at.after(Duration::from_secs(10 * n)) });
    assert_eq!(view["timeline"], json!((1..).zip(states).map(step).collect::<Vec<_>>()));
    assert_eq!(view["tracking"], "RM1");
    assert!(view.get("pay_until").is_none(), "only an order that is to be paid says until when");
}

#[test]
fn what_came_back_is_shown_with_what_the_customer_gets_for_it() {
    let (stage, id) = order_in(State::Delivered, 51);
    assert_eq!(look(&stage, id)["returns"], json!([]));
    stage.pass(Duration::from_secs(60));
    let back = |key: &str, body: Value| {
        let answer = stage.ask("return-order").by(&customer()).at(id).key(key).send(&body);
        assert_eq!(answer.status_code, 201, "{}", answer.body);
        answer.json()
    };
    let lines = json!([{ "sku": sku(3), "quantity": 1 }, { "sku": sku(1), "quantity": 1 }]);
    let first = back("the-key-of-the-first", json!({ "lines": lines }));
    assert!(stage.deliver("mark-refunded", &refunded(&stage, id, 1, pounds(2 * PRICE))));
    let view = look(&stage, id);
    assert_eq!(view["state"], "delivered");
    assert_eq!(view["refunded"], json!(pounds(2 * PRICE)));
    let sorted = json!([{ "sku": sku(1), "quantity": 1 }, { "sku": sku(3), "quantity": 1 }]);
    let expected = json!([{
        "id": first["id"],
        "returned_at": stage.now(),
        "lines": sorted,
        "refund": pounds(2 * PRICE),
    }]);
    assert_eq!(view["returns"], expected);

    back("the-key-of-the-second", json!({}));
    let view = look(&stage, id);
    assert_eq!((&view["state"], view["returns"].as_array().map(Vec::len)), (&json!("returned"), Some(2)));
    assert_eq!(view["refunded"], json!(pounds(2 * PRICE)), "the rest is on its way");
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
    for path in NO_ORDERS.into_iter().chain(["ord_8zzzzzzzzzzzzzzzzzzzzzzzzz", "price#SKU-0000"]) {
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
