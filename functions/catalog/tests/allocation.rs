//! The domain of where goods are taken from.

use crate::support::{locations, sku};
use catalog::allocation::Allocation;
use catalog::reservation::Wanted;
use catalog::stock::Location;
use kernel::Sku;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn wanted(quantities: &[u32]) -> Vec<Wanted> {
    quantities
        .iter()
        .enumerate()
        .map(|(n, quantity)| Wanted { sku: sku(n), quantity: *quantity })
        .collect()
}

/// Asks as the use case does: everything at once, and again where something refuses. How often it asked.
fn ask(allocation: &mut Allocation<'_>, shelves: &BTreeMap<(Sku, Location), u32>) -> usize {
    for asked in 1.. {
        let available =
            |location: &Location, sku: &Sku| shelves.get(&(sku.clone(), location.clone())).copied().unwrap_or_default();
        let goods = allocation.goods();
        let short = goods.iter().filter(|(location, sku, quantity)| available(location, sku) < *quantity);
        let short: Vec<_> = short.map(|(location, sku, _)| (sku.clone(), location.clone())).collect();
        for (sku, location) in &short {
            allocation.refused(sku, location, available(location, sku));
        }
        if short.is_empty() || !allocation.short().is_empty() {
            return asked;
        }
    }
    unreachable!("each refusal leaves one location less")
}

proptest! {
    /// Each SKU comes from the first location that has enough of it; if there is none, it is short.
    #[test]
    fn every_sku_comes_from_the_first_location_that_has_enough(
        lines in prop::collection::vec((1..10u32, prop::array::uniform3(0..12u32)), 1..20),
    ) {
        let places = locations("near far last");
        let quantities: Vec<u32> = lines.iter().map(|(quantity, _)| *quantity).collect();
        let wanted = wanted(&quantities);
        let mut shelves = BTreeMap::new();
        for (n, (_, on_hand)) in lines.iter().enumerate() {
            for (location, on_hand) in places.as_slice().iter().zip(on_hand) {
                shelves.insert((sku(n), location.clone()), *on_hand);
            }
        }
        let mut allocation = Allocation::first(&wanted, places.as_slice());
        let asked = ask(&mut allocation, &shelves);
        prop_assert!(asked <= places.as_slice().len(), "each time at least one location less");
        let expected = |(quantity, on_hand): &(u32, [u32; 3])| on_hand.iter().position(|on_hand| on_hand >= quantity);
        let all_there = lines.iter().all(|line| expected(line).is_some());
        prop_assert_eq!(allocation.short().is_empty(), all_there);
        if all_there {
            let goods = allocation.goods();
            prop_assert_eq!(goods.iter().count(), lines.len());
            for (location, sku, quantity) in goods.iter() {
                let n = wanted.iter().position(|wanted| wanted.sku == *sku).unwrap();
                prop_assert_eq!(quantity, wanted[n].quantity);
                prop_assert_eq!(location, &places.as_slice()[expected(&lines[n]).unwrap()]);
            }
        }
        for short in allocation.short() {
            let n = wanted.iter().position(|wanted| wanted.sku == short.sku).unwrap();
            prop_assert_eq!(expected(&lines[n]), None);
            prop_assert_eq!(short.wanted, quantities[n]);
            prop_assert_eq!(short.available, lines[n].1.into_iter().max().unwrap(), "the most that there is");
        }
    }
}

#[test]
fn a_refusal_of_what_was_not_asked_for_there_changes_nothing() {
    let places = locations("near far");
    let wanted = wanted(&[1, 1]);
    let mut allocation = Allocation::first(&wanted, places.as_slice());
    let before = allocation.clone();
    allocation.refused(&sku(0), &"far".parse().unwrap(), 0);
    allocation.refused(&sku(2), &"near".parse().unwrap(), 0);
    assert_eq!(allocation, before);
}

#[test]
fn nothing_is_asked_for_nothing() {
    let places = locations("main");
    let allocation = Allocation::first(&[], places.as_slice());
    assert!(allocation.goods().is_empty() && allocation.short().is_empty());
}
