//! The domain of purchases: what holds whatever comes of one.

use kernel::{Text, Timestamp};
use proptest::prelude::*;
use supplies::purchase::{NotReceivable, Purchase, PurchaseEvent, Receipt, State};
use supplies::supply::{Supply, Wish};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000 + seconds * 1000)
}

fn supply(on_hand: u32, reorder_point: u32, order_quantity: u32) -> Supply {
    let name = Text::new("Sponge").unwrap();
    Supply::new("SPONGE".parse().unwrap(), Wish { name, on_hand: Some(on_hand), reorder_point, order_quantity })
}

fn receipt(n: usize, quantity: u32) -> Receipt {
    Receipt {
        key: n.to_string(),
        request: String::new(),
        quantity,
        at: at(0),
    }
}

proptest! {
    #[test]
    fn what_is_bought_fills_the_shelves_in_whole_lots(
        on_hand in 0..1_000_000u32, reorder_point in 0..1_000_000u32, lot in 1..1_000_000u32,
    ) {
        match supply(on_hand, reorder_point, lot).to_buy() {
            None => prop_assert!(on_hand >= reorder_point),
            Some(quantity) => {
                prop_assert!(on_hand < reorder_point);
                prop_assert_eq!(quantity % lot, 0);
                prop_assert!(on_hand + quantity >= reorder_point);
                prop_assert!(on_hand + quantity - lot < reorder_point, "not a lot more than that");
            }
        }
    }

    #[test]
    fn no_more_comes_than_was_ordered_and_each_part_is_told(
        parts in prop::collection::vec(0..30u32, 0..30), close in 0..60usize,
    ) {
        let ((mut purchase, events), remembered) = Purchase::order(&supply(0, 20, 50), at(0)).unwrap();
        prop_assert_eq!(events, vec![PurchaseEvent::Low { on_hand: 0, reorder_point: 20 }, PurchaseEvent::Ordered]);
        prop_assert_eq!(remembered.purchases, 1);
        let mut told = 0;
        for (n, quantity) in parts.into_iter().map(|quantity| quantity + 1).enumerate() {
            if n == close && let Ok(Some((closed, events))) = purchase.close(at(1)) {
                prop_assert_eq!(events, vec![PurchaseEvent::Closed(50 - told)]);
                purchase = closed;
            }
            let before = purchase.state();
            match purchase.receive(receipt(n, quantity)) {
                Ok((next, events)) => {
                    told += quantity;
                    prop_assert_eq!(before, State::Open);
                    prop_assert_eq!(events, vec![PurchaseEvent::Received { quantity, complete: told == 50 }]);
                    prop_assert_eq!(next.receipt(&n.to_string()).unwrap().1, told);
                    purchase = next;
                }
                Err(NotReceivable::TooMany(left)) => prop_assert!(left < quantity && left == 50 - told),
                Err(NotReceivable::State(state)) => prop_assert!(state == before && state != State::Open),
                Err(NotReceivable::TooManyParts) => prop_assert!(false),
            }
            prop_assert_eq!(purchase.received(), told);
            prop_assert!(told <= 50);
            prop_assert_eq!(purchase.state() == State::Complete, told == 50);
        }
    }
}

#[test]
fn purchases_of_one_thing_have_names_of_their_own() {
    let first = supplies::purchase::id_of(&"A".parse().unwrap(), 1);
    for (sku, number) in [("A", 2), ("B", 1), ("A1", 1)] {
        assert_ne!(supplies::purchase::id_of(&sku.parse().unwrap(), number), first);
    }
}
