//! The domain of orders: how one begins.

use crate::domain::{line, place};
use crate::support::sku;
use orders::order::{LINES_A_PART, MAX_INLINE_LINES, State};
use proptest::prelude::*;

proptest! {
    #[test]
    fn lines_are_kept_once_inline_or_apart(lines in 1..=1000usize, delivery in 0..1000i64) {
        let (order, apart) = place((0..lines).map(|n| line(n, 1, 6)).collect(), delivery);
        prop_assert_eq!(order.lines.len() + apart.len(), lines);
        prop_assert_eq!(apart.is_empty(), lines <= MAX_INLINE_LINES);
        prop_assert_eq!(usize::from(order.parts), apart.len().div_ceil(LINES_A_PART));
        prop_assert_eq!(order.total().amount_minor, 6 * i64::try_from(lines).unwrap() + delivery);
        prop_assert_eq!(order.tax().amount_minor, i64::try_from(lines).unwrap());
        prop_assert_eq!(order.delivery_minor, delivery);
        let kept = if apart.is_empty() { &order.lines } else { &apart };
        prop_assert!(kept.iter().enumerate().all(|(n, line)| line.sku == sku(n)));
    }
}

#[test]
fn an_order_begins_placed_and_nothing_has_happened_to_it() {
    let (order, _) = place(vec![line(0, 2, 300)], 0);
    assert_eq!((order.state, order.timeline.len(), order.returns), (State::Placed, 0, 0));
    assert_eq!((order.pay_until, order.tracking.as_ref(), order.told_again_at), (None, None, None));
    assert_eq!(order.refunded().amount_minor, 0);
    assert_eq!(order.came_to(State::Reserved), None);
}
