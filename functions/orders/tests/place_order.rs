//! `place-order`: what it promises.

use crate::support::{KEY, PRICE, basket, customer, place, product, shop, sku, state, stored, stranger, writes};
use kernel::{OrderId, Role};
use local::faults::Fate;
use local::testing::{event, only_for, problem, published};
use orders::order::State;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn only_customers_place_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("place-order").key(KEY));
    assert!(stage.calls().is_empty(), "nobody who is turned away causes a call");
}

#[test]
fn an_order_is_priced_stored_and_announced_by_one_write() {
    let stage = shop(2);
    let answer = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(2));
    let reply = answer.json();
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let id: OrderId = reply["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(answer.headers["location"], format!("/v1/orders/{id}"));
    assert_eq!(reply["state"], "placed");
    assert_eq!(reply["placed_at"], stage.now().to_string());
    assert_eq!(reply["total"], json!({ "amount_minor": 510, "currency": "GBP" }));
    assert_eq!(reply["tax"], json!({ "amount_minor": 84, "currency": "GBP" }), "twice a sixth of 2.55");
    assert_eq!(reply["delivery"], json!({ "amount_minor": 0, "currency": "GBP" }));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);

    let order = stored(&stage, id);
    assert_eq!((order.customer, order.state), (customer().account, State::Placed));
    assert_eq!(order.address.name.as_str(), "Мария Петрова 🧶");

    stage.settle().unwrap();
    let events = published(&stage).concat();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "orders.order-placed.v1");
    assert_eq!(
        events[0]["data"],
        json!({
            "order": id,
            "customer": customer().account,
            "lines": [{ "sku": "SKU-0000", "quantity": 1 }, { "sku": "SKU-0001", "quantity": 1 }],
            "total": { "amount_minor": 510, "currency": "GBP" },
        })
    );
}

#[test]
fn small_orders_pay_for_their_delivery_as_the_deployment_says() {
    let stage = shop(20);
    stage.set("DELIVERY_FEES", "EUR:900:100000:0 GBP:395:5000:2000");
    let order = |lines: usize, delivery: i64| {
        let mut body = basket(lines);
        let goods = body["expected_total"]["amount_minor"].as_i64().unwrap();
        body["expected_total"]["amount_minor"] = json!(goods + delivery);
        stage.ask("place-order").by(&customer()).key(&format!("an-order-of-{lines}-lines")).send(&body)
    };
    let refused = problem(&order(1, 0), 409, "total-changed");
    assert_eq!(refused["total"], json!({ "amount_minor": 650, "currency": "GBP" }), "the fee is in the total");
    let reply = order(1, 395).json();
    assert_eq!((&reply["delivery"]["amount_minor"], &reply["total"]["amount_minor"]), (&json!(395), &json!(650)));
    assert_eq!(reply["tax"]["amount_minor"], 42 + 66);
    assert_eq!(order(19, 395).status_code, 201, "48.45");
    let free = order(20, 0).json();
    assert_eq!((&free["delivery"]["amount_minor"], &free["total"]["amount_minor"]), (&json!(0), &json!(5100)));
    stage.set("DELIVERY_FEES", "GBP:0:0:0");
    assert_eq!(order(1, 395).json(), reply, "a repeated request gets the same reply after a change of fees");
}

#[test]
fn a_sku_may_be_ordered_on_several_lines_which_keep_their_order() {
    let stage = shop(2);
    let mut request = basket(0);
    let wanted = json!([
        { "sku": sku(1), "quantity": 2 },
        { "sku": sku(0), "quantity": 1 },
        { "sku": sku(1), "quantity": 3 },
    ]);
    request["lines"] = wanted.clone();
    request["expected_total"]["amount_minor"] = json!(6 * PRICE);
    let answer = stage.ask("place-order").by(&customer()).key(KEY).send(&request);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    stage.settle().unwrap();
    assert_eq!(published(&stage).concat()[0]["data"]["lines"], wanted);
}

#[test]
fn orders_of_every_size_keep_all_lines_in_their_order() {
    let stage = shop(1000);
    for lines in [1, 50, 51, 98, 99, 100, 101, 674, 1000] {
        stage.calls();
        let key = format!("an-order-of-{lines}-lines");
        let answer = stage.ask("place-order").by(&customer()).key(&key).send(&basket(lines));
        assert_eq!(answer.status_code, 201, "{lines} lines: {}", answer.body);
        assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1, "{lines} lines");

        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let view = stage.ask("get-order").by(&customer()).at(&id).get().json();
        let expected: Vec<String> = (0..lines).map(|n| sku(n).to_string()).collect();
        let seen = |lines: &serde_json::Value| -> Vec<String> {
            let lines = lines.as_array().unwrap().iter();
            lines.map(|line| line["sku"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(seen(&view["lines"]), expected, "{lines} lines as the customer sees them");
        assert_eq!(view["total"]["amount_minor"], json!(PRICE * lines as i64));

        stage.settle().unwrap();
        let events = published(&stage).concat();
        assert_eq!(events.len(), 1, "{lines} lines are one event");
        assert_eq!(seen(&events[0]["data"]["lines"]), expected, "{lines} lines as consumers see them");
    }
}

#[test]
fn the_same_request_again_gets_the_same_reply_and_places_nothing() {
    let stage = shop(1);
    let ask = || stage.ask("place-order").by(&customer()).key(KEY).send(&basket(1));
    let first = ask();
    let id: OrderId = first.json()["id"].as_str().unwrap().parse().unwrap();
    let same = |when: &str| {
        let again = ask();
        assert_eq!((again.status_code, &again.body), (201, &first.body), "{when}");
        assert_eq!(again.headers["location"], first.headers["location"], "{when}");
    };
    same("at once");
    stage.pass(Duration::from_secs(86_400));
    same("a day later");
    assert!(stage.deliver("keep-price", &event(&stage, &product(0, 999), 1, 2)));
    same("after a change of prices");
    let cancelled = stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    assert_eq!(cancelled.status_code, 200, "{}", cancelled.body);
    same("after it was cancelled");
    stage.settle().unwrap();
    let kinds: Vec<_> = published(&stage).concat().iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["orders.order-placed.v1", "orders.order-cancelled.v1"]);
}

#[test]
fn a_request_is_the_same_whatever_the_order_and_spacing_of_its_fields() {
    let stage = shop(1);
    let body = basket(1);
    let first = stage.ask("place-order").by(&customer()).key(KEY).send(&body);
    let fields = ["lines", "expected_total", "address"].map(|name| format!("\"{name}\" :\n {}", body[name]));
    let shuffled = format!("{{ {} }}", fields.join(" , "));
    let again = stage.ask("place-order").by(&customer()).key(KEY).send_text(Some(shuffled));
    assert_eq!((again.status_code, again.body), (201, first.body));
}

#[test]
fn a_key_is_refused_for_another_body_and_free_for_another_caller() {
    let stage = shop(2);
    let id = place(&stage, 1);
    let other = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(2));
    problem(&other, 422, "idempotency-key-reused");

    let theirs = stage.ask("place-order").by(&stranger()).key(KEY).send(&basket(2));
    assert_eq!(theirs.status_code, 201, "{}", theirs.body);
    assert_ne!(theirs.json()["id"], json!(id));
    assert_eq!(stored(&stage, id).customer, customer().account);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for lines in [1, 51] {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = shop(lines);
            let broken = AtomicUsize::new(3);
            let when = format!("{lines} lines, {fate:?}");
            stage.interfere(move |call| {
                let breaks = writes(call)
                    && broken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok();
                if breaks { fate.clone() } else { Fate::Answered }
            });
            let id = place(&stage, lines);
            stage.settle().unwrap();
            assert_eq!(published(&stage).concat().len(), 1, "{when}");
            assert_eq!(state(&stage, id), "placed", "{when}");
        }
    }
}

#[test]
fn when_every_reply_is_lost_the_customer_may_repeat_the_request() {
    for lines in [1, 51] {
        let stage = shop(lines);
        stage.interfere(|call| if writes(call) { Fate::ReplyLost } else { Fate::Answered });
        let busy = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(lines));
        problem(&busy, 503, "try-again");
        assert_eq!(busy.headers["retry-after"], "1");
        stage.calm();
        place(&stage, lines);
        stage.settle().unwrap();
        assert_eq!(published(&stage).concat().len(), 1, "{lines} lines");
    }
}

#[test]
fn of_two_requests_at_once_with_one_key_both_get_the_same_reply() {
    for lines in [1, 51] {
        let stage = Arc::new(shop(lines));
        let (other, first) = (stage.clone(), Arc::new(std::sync::Mutex::new(None)));
        let slot = first.clone();
        stage.interfere(move |call| {
            if writes(call) && slot.lock().unwrap().is_none() {
                *slot.lock().unwrap() = Some(String::new());
                let answer = other.ask("place-order").by(&customer()).key(KEY).send(&basket(lines));
                *slot.lock().unwrap() = Some(answer.body);
            }
            Fate::Answered
        });
        let second = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(lines));
        assert_eq!(second.status_code, 201, "{}", second.body);
        assert_eq!(first.lock().unwrap().as_ref(), Some(&second.body));
        stage.settle().unwrap();
        assert_eq!(published(&stage).concat().len(), 1, "{lines} lines");
        stage.calm();
    }
}

#[test]
fn of_two_requests_at_once_with_one_key_and_two_bodies_one_is_refused() {
    for lines in [1, 51] {
        let stage = Arc::new(shop(lines + 1));
        let other = stage.clone();
        let entered = AtomicUsize::new(0);
        stage.interfere(move |call| {
            if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
                let answer = other.ask("place-order").by(&customer()).key(KEY).send(&basket(lines + 1));
                assert_eq!(answer.status_code, 201, "{}", answer.body);
            }
            Fate::Answered
        });
        let second = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(lines));
        problem(&second, 422, "idempotency-key-reused");
        stage.calm();
    }
}
