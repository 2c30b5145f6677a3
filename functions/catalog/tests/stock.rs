//! The domain of stock.

use crate::support::sku;
use catalog::stock::{BelowReserved, Stock};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_on_hand_is_available_or_set_aside(available: u32, reserved: u32, on_hand: u32) {
        let stock = Stock { sku: sku(0), available, reserved };
        match stock.counted(on_hand) {
            Ok(counted) => {
                prop_assert_eq!(counted.reserved, reserved, "what is set aside stays set aside");
                prop_assert_eq!(u64::from(counted.available) + u64::from(counted.reserved), u64::from(on_hand));
                prop_assert_eq!(&counted.sku, &stock.sku);
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
    let stock = Stock { sku: sku(0), available: 5, reserved: 3 };
    assert_eq!(stock.counted(3).map(|stock| (stock.available, stock.reserved)), Ok((0, 3)));
    assert_eq!(stock.counted(2), Err(BelowReserved { reserved: 3 }));
}

#[test]
fn of_what_was_never_counted_there_is_nothing() {
    assert_eq!(Stock::none(sku(0)), Stock { sku: sku(0), available: 0, reserved: 0 });
}
