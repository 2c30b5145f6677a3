//! The domain of stock.

use crate::support::{locations, main, sku};
use catalog::stock::{Availability, BelowReserved, Locations, LowStock, Stock};
use platform::Figure;
use proptest::prelude::*;

fn stock(available: u32, reserved: u32) -> Stock {
    Stock { available, reserved, ..Stock::none(sku(0), main()) }
}

proptest! {
    #[test]
    fn what_is_on_hand_is_available_or_set_aside(available: u32, reserved: u32, gone: u64, on_hand: u32) {
        let stock = Stock { gone, ..stock(available, reserved) };
        match stock.counted(on_hand) {
            Ok(counted) => {
                prop_assert_eq!(counted.reserved, reserved, "what is set aside stays set aside");
                prop_assert_eq!(counted.gone, gone, "what is sold stays sold");
                prop_assert_eq!(u64::from(counted.available) + u64::from(counted.reserved), u64::from(on_hand));
                prop_assert_eq!(counted.on_hand(), on_hand);
                prop_assert_eq!((&counted.sku, &counted.location), (&stock.sku, &stock.location));
                prop_assert_eq!(counted.counted(on_hand), Ok(counted.clone()), "counting again changes nothing");
            }
            Err(refused) => {
                prop_assert!(on_hand < reserved);
                prop_assert_eq!(refused, BelowReserved { reserved });
            }
        }
    }
}

#[test]
fn the_count_may_be_exactly_what_is_set_aside_and_not_one_less() {
    let stock = stock(5, 3);
    assert_eq!(stock.counted(3).map(|stock| (stock.available, stock.reserved)), Ok((0, 3)));
    assert_eq!(stock.counted(2), Err(BelowReserved { reserved: 3 }));
}

#[test]
fn of_what_was_never_counted_there_is_nothing() {
    let none = Stock::none(sku(0), main());
    assert_eq!((none.available, none.reserved, none.gone), (0, 0, 0));
}

#[test]
fn locations_are_named_once_each_in_their_order() {
    let read = |text| Locations::read(text).map(|locations| locations.as_slice().len());
    assert_eq!(read(Locations::DEFAULT), Ok(1));
    assert_eq!(locations(" leeds  london\nmain ").as_slice().len(), 3);
    assert_eq!(locations("leeds main").first().as_str(), "leeds");
    for wrong in [
        "",
        "  ",
        "Leeds",
        "a/b",
        "a#b",
        "main main",
        "a,b",
        "a b c d e f g h i j k",
        &"x".repeat(21),
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_everybody_is_told_is_what_one_location_has() {
    let places = locations("main leeds");
    let at = |location: &str, available| Stock { location: location.parse().unwrap(), ..stock(available, 7) };
    let told = |stock: &[Stock]| Availability::of(stock, &places, LowStock::read(LowStock::DEFAULT).unwrap());
    assert_eq!(told(&[]), Availability::None);
    assert_eq!(told(&[at("main", 0), at("leeds", 0)]), Availability::None);
    assert_eq!(told(&[at("main", 1)]), Availability::Low);
    assert_eq!(told(&[at("main", 5), at("leeds", 5)]), Availability::Low, "one line comes from one location");
    assert_eq!(told(&[at("main", 0), at("leeds", 6)]), Availability::InStock);
    assert_eq!(told(&[at("closed", 100)]), Availability::None, "orders are not served from there");
}
