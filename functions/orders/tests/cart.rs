//! The domain of carts.

use crate::support::{customer, sku};
use kernel::{OrderId, Sku};
use orders::cart::{Cart, CartLine, Full, MAX_LINES};
use proptest::prelude::*;

fn holding(lines: &[(usize, u32)]) -> Cart {
    let empty = Cart::empty(customer().account);
    lines.iter().fold(empty, |cart, (n, quantity)| cart.with(&sku(*n), *quantity).unwrap())
}

fn content(cart: &Cart) -> Vec<(Sku, u32)> {
    cart.lines.iter().map(|CartLine { sku, quantity }| (sku.clone(), *quantity)).collect()
}

fn without(cart: &Cart, order: u128, ordered: &[(usize, u32)]) -> Option<Cart> {
    let ordered: Vec<(Sku, u32)> = ordered.iter().map(|(n, quantity)| (sku(*n), *quantity)).collect();
    cart.without(OrderId::from_bits(order), ordered.iter().map(|(sku, quantity)| (sku, *quantity)))
}

#[test]
fn a_cart_keeps_the_order_in_which_it_was_filled() {
    let cart = holding(&[(2, 1), (0, 5), (1, 3), (0, 7), (2, 1)]);
    assert_eq!(content(&cart), [(sku(2), 1), (sku(0), 7), (sku(1), 3)]);
    let cart = cart.with(&sku(0), 0).unwrap();
    assert_eq!(content(&cart), [(sku(2), 1), (sku(1), 3)]);
    assert_eq!(cart.with(&sku(0), 0), Ok(cart.clone()), "what is not in it cannot leave it");
    assert_eq!(content(&cart.with(&sku(0), 1).unwrap()).last(), Some(&(sku(0), 1)), "what comes back comes last");
}

#[test]
fn a_full_cart_takes_nothing_new_but_can_be_changed() {
    let lines: Vec<(usize, u32)> = (0..MAX_LINES).map(|n| (n, 1)).collect();
    let cart = holding(&lines);
    assert_eq!(cart.with(&sku(MAX_LINES), 1), Err(Full));
    assert_eq!(cart.with(&sku(MAX_LINES), 0), Ok(cart.clone()));
    assert_eq!(cart.with(&sku(0), 100_000).unwrap().lines.len(), MAX_LINES);
    let room = cart.with(&sku(0), 0).unwrap();
    assert_eq!(room.with(&sku(MAX_LINES), 1).unwrap().lines.len(), MAX_LINES);
}

#[test]
fn an_order_takes_its_lines_out_once_and_leaves_what_is_more() {
    let cart = holding(&[(0, 5), (1, 1), (2, 1)]);
    let left = without(&cart, 1, &[(0, 2), (1, 3), (7, 1), (0, 1)]).unwrap();
    assert_eq!(content(&left), [(sku(0), 2), (sku(2), 1)]);
    assert_eq!(without(&left, 1, &[(0, 2)]), None, "the order took them out before");
    assert_eq!(content(&without(&left, 2, &[(0, 2)]).unwrap()), [(sku(2), 1)]);
}

#[test]
fn the_latest_20_orders_are_remembered() {
    let mut cart = holding(&[(0, 100)]);
    for order in 1..=25 {
        cart = without(&cart, order, &[(0, 1)]).unwrap();
    }
    assert_eq!(content(&cart), [(sku(0), 75)]);
    for order in 6..=25 {
        assert_eq!(without(&cart, order, &[(0, 1)]), None, "order {order}");
    }
    assert!(without(&cart, 5, &[(0, 1)]).is_some());
}

proptest! {
    #[test]
    fn a_cart_holds_what_was_put_in_last_and_never_too_much(changes in prop::collection::vec((0..250usize, 0..4u32), 0..600)) {
        let mut cart = Cart::empty(customer().account);
        let mut model: Vec<(Sku, u32)> = Vec::new();
        for (n, quantity) in changes {
            let known = model.iter().position(|(sku, _)| *sku == self::sku(n));
            match cart.with(&sku(n), quantity) {
                Ok(next) => cart = next,
                Err(Full) => {
                    prop_assert!(known.is_none() && quantity > 0 && model.len() == MAX_LINES);
                    continue;
                }
            }
            match (known, quantity) {
                (Some(place), 0) => drop(model.remove(place)),
                (Some(place), _) => model[place].1 = quantity,
                (None, 0) => {}
                (None, _) => model.push((sku(n), quantity)),
            }
            prop_assert!(cart.lines.len() <= MAX_LINES);
        }
        prop_assert_eq!(content(&cart), model);
    }

    #[test]
    fn an_order_takes_out_no_more_than_it_ordered(
        held in prop::collection::vec((0..6usize, 1..9u32), 0..8),
        ordered in prop::collection::vec((0..8usize, 1..9u32), 0..8),
    ) {
        let cart = holding(&held);
        let left = without(&cart, 1, &ordered).unwrap();
        let of = |cart: &Cart, n: usize| content(cart).iter().find(|(held, _)| *held == sku(n)).map_or(0, |(_, quantity)| *quantity);
        for n in 0..8 {
            let wanted: u32 = ordered.iter().filter(|(ordered, _)| *ordered == n).map(|(_, quantity)| quantity).sum();
            prop_assert_eq!(of(&left, n), of(&cart, n).saturating_sub(wanted));
        }
        prop_assert!(left.lines.iter().all(|line| line.quantity > 0));
    }
}
