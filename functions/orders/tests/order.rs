//! The domain of orders.

use crate::support::{customer, sku};
use contracts::catalog::Shortage;
use kernel::{Currency, Money, OrderId, Text, Timestamp};
use orders::order::{
    Address, Basket, Command, LINES_A_PART, Line, MAX_INLINE_LINES, NotCancellable, Order, OrderEvent, State,
};
use proptest::prelude::*;

const PLACED_AT: i64 = 1_767_600_000_000;

fn placed(lines: usize) -> (Order, Vec<Line>) {
    let line = |n| Line {
        sku: sku(n),
        title: "Scarf".to_owned(),
        quantity: 1,
        unit_minor: 6,
        tax_minor: 1,
    };
    let count = i64::try_from(lines).unwrap();
    let basket = Basket {
        lines: (0..lines).map(line).collect(),
        total: Money::new(6 * count, Currency::GBP),
        tax: Money::new(count, Currency::GBP),
    };
    let address = Address {
        name: text("A. Customer"),
        street: text("1 High Street"),
        city: text("London"),
        postcode: text("N1 9GU"),
        country: text("GB"),
    };
    let now = Timestamp::from_millis(PLACED_AT);
    Order::place(OrderId::from_bits(1), customer().account, basket, address, "fingerprint", now)
}

fn text<const MIN: usize, const MAX: usize>(text: &str) -> Text<MIN, MAX> {
    Text::new(text).unwrap()
}

fn command() -> Command {
    Command {
        key: "key".to_owned(),
        fingerprint: "fingerprint".to_owned(),
        reason: None,
    }
}

fn shortage() -> Vec<Shortage> {
    vec![Shortage { sku: sku(0), wanted: 2, available: 1 }]
}

fn in_state(state: &State) -> Order {
    let (order, _) = placed(1);
    let now = order.placed_at;
    match state {
        State::Placed => order,
        State::Reserved => order.reserved(now).unwrap(),
        State::Rejected => order.rejected(shortage(), now).unwrap(),
        State::Cancelled => order.cancel(command(), now).unwrap().0,
    }
}

#[test]
fn each_transition_leads_from_each_state_where_it_should() {
    use State::{Cancelled, Placed, Rejected, Reserved};
    // From this state, what becomes of the order when it is reserved, rejected, cancelled. `None`: it stays.
    for (from, reserved, rejected, cancelled) in [
        (Placed, Some(Reserved), Some(Rejected), Some(Cancelled)),
        (Reserved, None, None, Some(Cancelled)),
        (Rejected, None, None, None),
        (Cancelled, None, None, None),
    ] {
        let order = in_state(&from);
        let now = order.placed_at.after(std::time::Duration::from_secs(1));
        assert_eq!(order.reserved(now).map(|order| order.state), reserved, "{from:?} is reserved");
        assert_eq!(order.rejected(shortage(), now).map(|order| order.state), rejected, "{from:?} is rejected");
        match (order.cancel(command(), now), cancelled) {
            (Ok((next, events)), Some(state)) => {
                assert_eq!((next.state, events), (state, vec![OrderEvent::Cancelled]), "{from:?} is cancelled");
                assert_eq!(next.cancelled_by, Some(command()));
            }
            (Err(NotCancellable(state)), None) => assert_eq!(state, from),
            (other, expected) => panic!("{from:?} is cancelled: {other:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn only_a_cancellation_remembers_its_command_and_only_a_rejection_what_was_short() {
    for state in [State::Placed, State::Reserved, State::Rejected, State::Cancelled] {
        let order = in_state(&state);
        assert_eq!(order.cancelled_by.is_some(), state == State::Cancelled);
        let short = order.timeline.iter().any(|step| !step.short.is_empty());
        assert_eq!(short, state == State::Rejected);
    }
}

proptest! {
    #[test]
    fn lines_are_kept_once_inline_or_apart(lines in 1..=1000usize) {
        let (order, apart) = placed(lines);
        prop_assert_eq!(order.lines.len() + apart.len(), lines);
        prop_assert_eq!(apart.is_empty(), lines <= MAX_INLINE_LINES);
        prop_assert_eq!(usize::from(order.parts), apart.len().div_ceil(LINES_A_PART));
        prop_assert_eq!(order.total().amount_minor, 6 * i64::try_from(lines).unwrap());
        prop_assert_eq!(order.tax().amount_minor, i64::try_from(lines).unwrap());
        let kept = if apart.is_empty() { &order.lines } else { &apart };
        prop_assert!(kept.iter().enumerate().all(|(n, line)| line.sku == sku(n)));
    }

    /// Whatever happens in whatever order: the timeline only grows, its end is the state, what was agreed stays.
    #[test]
    fn an_order_remembers_every_step_and_never_what_was_agreed(steps in prop::collection::vec(0..3u8, 0..12)) {
        let (mut order, _) = placed(3);
        let agreed = order.clone();
        for (second, step) in (1..).zip(steps) {
            let now = order.placed_at.after(std::time::Duration::from_secs(second));
            let next = match step {
                0 => order.reserved(now),
                1 => order.rejected(shortage(), now),
                _ => order.cancel(command(), now).ok().map(|(order, _)| order),
            };
            if let Some(next) = next {
                prop_assert_eq!(&next.timeline[..order.timeline.len()], &order.timeline[..]);
                prop_assert_eq!(next.timeline.len(), order.timeline.len() + 1);
                let last = next.timeline.last().unwrap();
                prop_assert_eq!((&last.state, last.at), (&next.state, now));
                order = next;
            }
        }
        prop_assert!(order.timeline.len() <= 2, "reserved or rejected once, cancelled once");
        let untouched = Order { state: agreed.state.clone(), timeline: Vec::new(), cancelled_by: None, ..order };
        prop_assert_eq!(untouched, agreed);
    }
}
