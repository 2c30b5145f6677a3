//! `empty-cart`.

use crate::support::{KEY, basket, customer, first_write, kinds, meanwhile, place_this, shop, sku, writes};
use contracts::orders::{OrderPlaced, OrderedLine};
use kernel::{Currency, Money, OrderId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, reports_only_what_it_cannot_read};
use serde_json::{Value, json};
use std::sync::Arc;

/// Product and quantity.
type Held = (usize, u32);

fn put(stage: &Stage, (n, quantity): Held) {
    let answer = stage.ask("change-cart").by(&customer()).at(sku(n)).send(&json!({ "quantity": quantity }));
    assert_eq!(answer.status_code, 200, "{}", answer.body);
}

/// A stage whose customer has these in the cart.
fn holding(held: &[Held]) -> Stage {
    let stage = shop(3);
    held.iter().for_each(|held| put(&stage, *held));
    stage.calls();
    stage
}

fn cart(stage: &Stage) -> Vec<(String, u64)> {
    let cart = stage.ask("get-cart").by(&customer()).get().json();
    let line = |line: &Value| (line["sku"].as_str().unwrap().to_owned(), line["quantity"].as_u64().unwrap());
    cart["lines"].as_array().unwrap().iter().map(line).collect()
}

fn named(held: &[Held]) -> Vec<(String, u64)> {
    held.iter().map(|(n, quantity)| (sku(*n).to_string(), (*quantity).into())).collect()
}

fn placed(stage: &Stage, order: u128, lines: &[Held]) -> Value {
    let lines = lines.iter().map(|(n, quantity)| OrderedLine { sku: sku(*n), quantity: *quantity }).collect();
    let (order, customer) = (OrderId::from_bits(order), customer().account);
    event(stage, &OrderPlaced { order, customer, lines, total: Money::new(1, Currency::GBP) }, 1, 1)
}

#[test]
fn what_was_ordered_leaves_the_cart_and_the_rest_stays() {
    let stage = holding(&[(0, 5), (1, 1), (2, 1)]);
    let ordered = placed(&stage, 1, &[(0, 2), (1, 3), (0, 1), (9, 1)]);
    assert!(stage.deliver("empty-cart", &ordered));
    assert_eq!(cart(&stage), named(&[(0, 2), (2, 1)]));
    assert!(kinds(&stage).is_empty(), "nobody is told");
}

#[test]
fn an_order_empties_the_cart_by_itself() {
    let stage = holding(&[(0, 1), (1, 2)]);
    place_this(&stage, KEY, &basket(2));
    stage.settle().unwrap();
    assert_eq!(cart(&stage), named(&[(1, 1)]));
}

#[test]
fn a_repeated_event_takes_nothing_out_again() {
    let stage = holding(&[(0, 5)]);
    let first = placed(&stage, 1, &[(0, 1)]);
    assert!(stage.deliver("empty-cart", &first));
    put(&stage, (0, 5));
    stage.calls();
    assert!(stage.deliver("empty-cart", &first));
    assert_eq!(cart(&stage), named(&[(0, 5)]), "what was put in since stays");
    assert!(!stage.calls().iter().any(writes));
    assert!(stage.deliver("empty-cart", &placed(&stage, 2, &[(0, 1)])), "another order counts");
    assert_eq!(cart(&stage), named(&[(0, 4)]));
}

#[test]
fn who_has_no_cart_needs_none_emptied() {
    let stage = shop(3);
    stage.calls();
    assert!(stage.deliver("empty-cart", &placed(&stage, 1, &[(0, 1)])));
    assert!(!stage.calls().iter().any(writes));
    put(&stage, (0, 1));
    assert_eq!(cart(&stage), named(&[(0, 1)]));
}

#[test]
fn a_large_order_empties_a_large_cart() {
    let stage = shop(674);
    (0..200).for_each(|n| put(&stage, (n, 1)));
    place_this(&stage, KEY, &basket(674));
    stage.settle().unwrap();
    assert!(cart(&stage).is_empty());
}

#[test]
fn a_change_at_the_same_moment_is_not_lost() {
    let stage = Arc::new(holding(&[(0, 5)]));
    meanwhile(&stage, |stage| put(stage, (1, 7)));
    assert!(stage.deliver("empty-cart", &placed(&stage, 1, &[(0, 2)])));
    stage.calm();
    assert_eq!(cart(&stage), named(&[(0, 3), (1, 7)]));
}

#[test]
fn a_lost_reply_of_the_table_takes_out_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = holding(&[(0, 5)]);
        first_write(&stage, fate);
        assert!(stage.deliver("empty-cart", &placed(&stage, 1, &[(0, 2)])));
        assert_eq!(cart(&stage), named(&[(0, 3)]));
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = holding(&[(0, 5)]);
    reports_only_what_it_cannot_read(&stage, "empty-cart", &placed(&stage, 1, &[(0, 2)]));
    assert_eq!(cart(&stage), named(&[(0, 3)]));
}
