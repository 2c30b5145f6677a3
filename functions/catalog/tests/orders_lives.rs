//! The lives of orders as the catalog hears of them: every event, in any order, more than once, beside each other.

use crate::support::{cancelled, counters, expired, paid, placed, returned, shelves, state, stock};
use catalog::reservation::State;
use local::stage::Stage;
use proptest::prelude::*;
use serde_json::Value;

const PRODUCTS: usize = 3;
const ON_HAND: u32 = 12;
const ORDERS: u128 = 4;

/// What the catalog hears of an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Heard {
    Placed,
    Paid,
    Cancelled,
    Expired,
    /// One of each product came back, by return number 1 or 2.
    Returned(u128),
}

use Heard::{Cancelled, Expired, Paid, Placed, Returned};

/// What an order wants of each product.
type Lines = [u32; PRODUCTS];

fn deliver(stage: &Stage, n: u128, heard: Heard, lines: &Lines) -> bool {
    let lines: Vec<(usize, u32)> = lines.iter().copied().enumerate().collect();
    let one_of_each: Vec<(usize, u32)> = lines.iter().map(|(product, _)| (*product, 1)).collect();
    let (function, event): (&str, Value) = match heard {
        Placed => ("reserve-stock", placed(stage, n, &lines)),
        Paid => ("commit-stock", paid(stage, n)),
        Cancelled => ("release-stock", cancelled(stage, n)),
        Expired => ("release-stock", expired(stage, n)),
        Returned(id) => ("restock-return", returned(stage, n, id, &one_of_each)),
    };
    stage.deliver(function, &event)
}

/// Each product's units are available, set aside or gone, as orders hold them, and as many as were counted.
fn adds_up(stage: &Stage, orders: &[(Lines, Vec<u128>)]) {
    for product in 0..PRODUCTS {
        let (available, reserved, gone) = counters(stage, product).unwrap();
        assert_eq!(u64::from(available) + u64::from(reserved) + gone, u64::from(ON_HAND), "product {product}");
        let (mut expected_reserved, mut expected_gone) = (0, 0);
        for ((lines, returns), n) in orders.iter().zip(1..) {
            match state(stage, n) {
                Some(State::Reserved) => expected_reserved += lines[product],
                Some(State::Committed) => expected_gone += u64::from(lines[product]) - returns.len() as u64,
                Some(State::Rejected { .. } | State::Released) | None => {}
                Some(half_done) => panic!("order {n} is {half_done:?}"),
            }
        }
        assert_eq!((reserved, gone), (expected_reserved, expected_gone), "product {product}");
    }
}

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        Just(Placed),
        Just(Paid),
        Just(Cancelled),
        Just(Expired),
        Just(Returned(1)),
        Just(Returned(2))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// After each event, whatever came before it, every unit is in its place.
    #[test]
    fn every_unit_is_in_its_place_after_every_event(
        wanted in prop::array::uniform4(prop::array::uniform3(2..5u32)),
        history in prop::collection::vec((1..=ORDERS, heard()), 1..40),
    ) {
        let stage = shelves(PRODUCTS, ON_HAND);
        let mut orders: Vec<(Lines, Vec<u128>)> = wanted.into_iter().map(|lines| (lines, Vec::new())).collect();
        for (n, heard) in history {
            let (lines, returns) = &mut orders[usize::try_from(n).unwrap() - 1];
            let known = state(&stage, n).is_some();
            let taken = deliver(&stage, n, heard, lines);
            // Only what needs a reservation comes again if there is none.
            prop_assert_eq!(taken, known || !matches!(heard, Paid | Returned(_)), "{:?} of order {}", heard, n);
            if let Returned(id) = heard && state(&stage, n) == Some(State::Committed) && !returns.contains(&id) {
                returns.push(id);
            }
            adds_up(&stage, &orders);
        }
    }

    /// However the events of one order are shuffled and repeated, it comes to the same end.
    #[test]
    fn an_order_comes_to_the_same_end_in_whatever_order_its_events_come(
        ends in prop::sample::subsequence(vec![Paid, Cancelled, Expired], 0..=3),
        order in prop::collection::vec((0..4usize, any::<bool>()), 12),
    ) {
        let stage = shelves(PRODUCTS, ON_HAND);
        let mut all = vec![Placed];
        all.extend(&ends);
        let mut waiting = all.clone();
        // Some now, some twice, some later; what is not taken comes again.
        for (pick, again) in order {
            if let Some(heard) = waiting.get(pick % waiting.len().max(1)).copied()
                && deliver(&stage, 1, heard, &[2, 3, 4])
                && !again
            {
                waiting.retain(|other| *other != heard);
            }
        }
        while !waiting.is_empty() {
            waiting.retain(|heard| !deliver(&stage, 1, *heard, &[2, 3, 4]));
        }
        for heard in all {
            prop_assert!(deliver(&stage, 1, heard, &[2, 3, 4]), "late repetitions are taken and do nothing");
        }
        let ended = ends.iter().any(|heard| matches!(heard, Cancelled | Expired));
        let expected = match (ended, ends.contains(&Paid)) {
            (true, _) => State::Released,
            (false, true) => State::Committed,
            (false, false) => State::Reserved,
        };
        prop_assert_eq!(state(&stage, 1), Some(expected.clone()), "{:?}", ends);
        let reserved = if expected == State::Reserved { 2 } else { 0 };
        let available = if expected == State::Released { ON_HAND } else { ON_HAND - 2 };
        prop_assert_eq!(stock(&stage, 0), Some((available, reserved)));
    }
}
