//! `list-orders`.

use crate::domain::pounds;
use crate::support::{PRICE, basket, customer, place_this, shop, stranger, writes};
use kernel::{OrderId, Principal, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::time::Duration;

fn ask(stage: &Stage, by: &Principal, query: &str) -> HttpResponse {
    stage.ask("list-orders").by(by).query(query).get()
}

fn page(stage: &Stage, query: &str) -> Value {
    let answer = ask(stage, &customer(), query);
    assert_eq!(answer.status_code, 200, "{query}: {}", answer.body);
    answer.json()
}

fn ids(page: &Value) -> Vec<OrderId> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|order| order["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// All orders of the customer, in pages of so many.
fn walk(stage: &Stage, limit: usize) -> Vec<OrderId> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = page(stage, &format!("limit={limit}{cursor}"));
        assert!(ids(&page).len() <= limit);
        all.extend(ids(&page));
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
            None => return all,
        }
    }
}

/// A shop with 45 orders of the customer, several of them of one moment, and three of a stranger; the customer's, the
/// newest first as far as that can be told.
fn busy_shop() -> (Stage, Vec<OrderId>) {
    let stage = shop(1);
    let mut orders = Vec::new();
    for n in 0..45 {
        if n % 3 == 0 {
            stage.pass(Duration::from_millis(1));
        }
        orders.push(place_this(&stage, &format!("the-key-of-order-{n:03}"), &basket(1)));
        if n % 15 == 0 {
            let theirs = stage.ask("place-order").by(&stranger()).key(&format!("the-key-of-order-{n:03}"));
            assert_eq!(theirs.send(&basket(1)).status_code, 201);
        }
    }
    stage.calls();
    orders.reverse();
    (stage, orders)
}

#[test]
fn only_customers_list_orders() {
    let stage = shop(0);
    only_for(Role::Customer, || stage.ask("list-orders"));
}

#[test]
fn who_never_ordered_has_an_empty_list() {
    let stage = shop(0);
    assert_eq!(page(&stage, ""), json!({ "items": [] }));
}

#[test]
fn an_order_is_listed_with_its_state_and_total() {
    let stage = shop(2);
    let placed_at = stage.now();
    let id = place_this(&stage, "the-key-of-an-order", &basket(2));
    let mut order = json!({ "id": id, "state": "placed", "placed_at": placed_at, "total": pounds(2 * PRICE) });
    assert_eq!(page(&stage, ""), json!({ "items": [order] }));
    stage.ask("cancel-order").by(&customer()).at(id).key("the-key-of-a-request").send(&json!({}));
    order["state"] = json!("cancelled");
    assert_eq!(page(&stage, ""), json!({ "items": [order] }));
}

#[test]
fn a_long_list_comes_in_pages_the_newest_first_and_each_order_once() {
    let (stage, orders) = busy_shop();
    let first = page(&stage, "");
    assert_eq!(ids(&first).len(), 20, "unless another number is asked for");
    let next = |page: &Value| format!("cursor={}", page["next"].as_str().unwrap());
    let second = page(&stage, &next(&first));
    let third = page(&stage, &next(&second));
    assert_eq!((ids(&second).len(), ids(&third).len(), third.get("next")), (20, 5, None));

    let whole = walk(&stage, 100);
    assert_eq!([ids(&first), ids(&second), ids(&third)].concat(), whole);
    for limit in [1, 2, 3, 7, 44, 45, 46] {
        assert_eq!(walk(&stage, limit), whole, "pages of {limit}");
    }
    // Three of a moment each, in no particular order among themselves.
    let moments = |ids: &[OrderId]| -> Vec<Vec<OrderId>> {
        let sorted = ids.chunks(3).map(|moment| {
            let mut moment = moment.to_vec();
            moment.sort();
            moment
        });
        sorted.collect()
    };
    assert_eq!(moments(&whole), moments(&orders));
}

#[test]
fn orders_that_are_placed_meanwhile_do_not_disturb_the_next_pages() {
    let (stage, _) = busy_shop();
    let whole = walk(&stage, 100);
    let first = page(&stage, "limit=30");
    stage.pass(Duration::from_secs(1));
    let latest = place_this(&stage, "the-key-of-a-late-order", &basket(1));
    let rest = page(&stage, &format!("limit=30&cursor={}", first["next"].as_str().unwrap()));
    assert_eq!([ids(&first), ids(&rest)].concat(), whole);
    assert_eq!(ids(&page(&stage, "limit=1")), [latest]);
}

#[test]
fn nobody_sees_what_others_ordered() {
    let (stage, orders) = busy_shop();
    let theirs = ask(&stage, &stranger(), "limit=100").json();
    assert_eq!(ids(&theirs).len(), 3);
    assert!(ids(&theirs).iter().all(|id| !orders.contains(id)));
    let next = page(&stage, "limit=2")["next"].as_str().unwrap().to_owned();
    let crossed = ask(&stage, &stranger(), &format!("cursor={next}"));
    assert_eq!(crossed.status_code, 200);
    assert!(ids(&crossed.json()).iter().all(|id| !orders.contains(id)), "a cursor is a place, not a right");
}

#[test]
fn a_cursor_that_was_tampered_with_opens_nothing() {
    let (stage, orders) = busy_shop();
    let good = page(&stage, "limit=2")["next"].as_str().unwrap().to_owned();
    for place in 0..good.len() {
        for other in ["A", "z", "_", ""] {
            let bad = format!("{}{other}{}", &good[..place], &good[place + 1..]);
            let answer = ask(&stage, &customer(), &format!("limit=100&cursor={bad}"));
            match answer.status_code {
                200 => assert!(ids(&answer.json()).iter().all(|id| orders.contains(id)), "{bad}"),
                _ => drop(problem(&answer, 400, "invalid-query")),
            }
        }
    }
    for bad in [
        "",
        "%20",
        "W10",
        "e30",
        "bnVsbA",
        "WyJhIl0",
        "WzEsMiwzXQ",
        "not-a-cursor",
        "%D1%88",
        &"A".repeat(1025),
    ] {
        problem(&ask(&stage, &customer(), &format!("cursor={bad}")), 400, "invalid-query");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn queries_that_are_not_as_described_are_refused() {
    let stage = shop(0);
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=ten",
        "limit=",
        "limit=1&limit=2",
        "state=paid",
        "customer=acc_00000000000000000000000002",
        &format!("limit=1&cursor={}", "A".repeat(5000)),
    ] {
        problem(&ask(&stage, &customer(), query), 400, "invalid-query");
    }
    assert!(stage.calls().is_empty(), "a bad query causes no call");
    assert_eq!(page(&stage, "limit=100"), json!({ "items": [] }));
}

#[test]
fn a_read_that_gets_no_answer_is_tried_again() {
    let (stage, _) = busy_shop();
    stage.interfere(|_| Fate::NeverSent);
    problem(&ask(&stage, &customer(), ""), 503, "try-again");
    stage.calm();
    assert_eq!(ids(&page(&stage, "")).len(), 20);
}
