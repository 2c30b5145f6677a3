//! The domain of reservations.

use crate::support::{order, sku};
use catalog::reservation::{CHUNK, Reservation, ReservationEvent, State, Wanted, merged};
use contracts::catalog::Shortage;
use contracts::orders::OrderedLine;
use kernel::Sku;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn wanted(count: usize) -> Vec<Wanted> {
    (0..count).map(|n| Wanted { sku: sku(n), quantity: 1 }).collect()
}

fn shortage() -> Vec<Shortage> {
    vec![Shortage { sku: sku(0), wanted: 1, available: 0 }]
}

fn ended(reservation: &Reservation) -> bool {
    matches!(reservation.state, State::Rejected { .. } | State::Released)
}

/// What may happen to a reservation next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Taken,
    Short,
    GivenBack,
}

/// The step that the use cases would make in this state, if `wish` is what happens.
fn possible(reservation: &Reservation, wish: Step) -> Option<Step> {
    match (&reservation.state, wish) {
        (State::Reserving { .. }, step) => Some(step),
        (State::Reserved, _) | (State::Releasing { .. }, _) => Some(Step::GivenBack),
        (State::Rejected { .. } | State::Released, _) => None,
    }
}

fn after(reservation: &Reservation, step: Step) -> (Reservation, Vec<ReservationEvent>) {
    match step {
        Step::Taken => reservation.taken(),
        Step::Short => reservation.short(shortage()),
        Step::GivenBack => reservation.given_back(),
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![6 => Just(Step::Taken), 1 => Just(Step::Short), 1 => Just(Step::GivenBack)];
    prop::collection::vec(step, 40)
}

proptest! {
    /// Whatever happens: never more is held than there are chunks, each step holds one chunk more or less or as many,
    /// the end comes, and it is announced exactly once and as what it is.
    #[test]
    fn every_reservation_ends_and_says_so_exactly_once(lines in 1..=1000usize, wishes in steps()) {
        let mut reservation = Reservation::open(order(1), &wanted(lines));
        prop_assert_eq!(usize::from(reservation.chunks), lines.div_ceil(CHUNK));
        let (mut reserved, mut rejected, mut released) = (0, 0, 0);
        for (made, wish) in wishes.into_iter().enumerate() {
            // Nothing is held when the first step is made, so there is nothing to give back.
            let wish = if made == 0 && matches!(wish, Step::GivenBack) { Step::Taken } else { wish };
            let Some(step) = possible(&reservation, wish) else { break };
            let (next, events) = after(&reservation, step);
            prop_assert!(next.held() <= next.chunks, "{next:?}");
            let change = i32::from(next.held()) - i32::from(reservation.held());
            let expected = match step { Step::Taken => 1, Step::Short => 0, Step::GivenBack => -1 };
            prop_assert_eq!(change, expected, "{:?} of {:?}", step, reservation);
            prop_assert_eq!(next.order, reservation.order);
            prop_assert_eq!((next.chunks, &next.wanted), (reservation.chunks, &reservation.wanted));
            for event in &events {
                match event {
                    ReservationEvent::Reserved => { reserved += 1; prop_assert_eq!(&next.state, &State::Reserved) }
                    ReservationEvent::Rejected => { rejected += 1; prop_assert_eq!(&next.state, &State::Rejected { short: shortage() }) }
                    ReservationEvent::Released => { released += 1; prop_assert_eq!(&next.state, &State::Released) }
                }
            }
            let news = next.state == State::Reserved || ended(&next);
            prop_assert_eq!(events.len(), usize::from(news), "news are {:?} at {:?}", events, next);
            reservation = next;
        }
        // At most 11 chunks are taken and given back: 40 wishes see every reservation to its end.
        prop_assert!(ended(&reservation), "{reservation:?}");
        prop_assert_eq!(reservation.held(), 0);
        prop_assert_eq!(rejected + released, 1);
        prop_assert!(reserved + rejected <= 1, "what is reserved is not rejected");
    }

    #[test]
    fn only_a_reservation_of_one_chunk_holds_what_is_wanted(lines in 1..=1000usize) {
        let reservation = Reservation::open(order(1), &wanted(lines));
        let inline = if lines <= CHUNK { wanted(lines) } else { Vec::new() };
        prop_assert_eq!(reservation.wanted, inline);
    }

    #[test]
    fn merged_lines_are_sorted_unique_and_lose_nothing(lines in prop::collection::vec((0..50usize, 1..=100_000u32), 0..1000)) {
        let ordered: Vec<OrderedLine> = lines.iter().map(|(n, quantity)| OrderedLine { sku: sku(*n), quantity: *quantity }).collect();
        let merged = merged(&ordered);
        prop_assert!(merged.windows(2).all(|pair| pair[0].sku < pair[1].sku));
        let mut sums: BTreeMap<Sku, u32> = BTreeMap::new();
        for (n, quantity) in lines {
            *sums.entry(sku(n)).or_default() += quantity;
        }
        let merged: BTreeMap<Sku, u32> = merged.into_iter().map(|wanted| (wanted.sku, wanted.quantity)).collect();
        prop_assert_eq!(merged, sums);
    }
}

#[test]
fn each_step_leads_from_each_state_where_it_should() {
    let at = |state: State| Reservation { order: order(1), state, chunks: 3, wanted: Vec::new() };
    let (reserving, short) = (|taken| State::Reserving { taken }, shortage);
    let releasing = |left, short| State::Releasing { left, short };
    for (from, step, to, events) in [
        (reserving(0), Step::Taken, reserving(1), vec![]),
        (reserving(1), Step::Taken, reserving(2), vec![]),
        (reserving(2), Step::Taken, State::Reserved, vec![ReservationEvent::Reserved]),
        (reserving(0), Step::Short, State::Rejected { short: short() }, vec![ReservationEvent::Rejected]),
        (reserving(2), Step::Short, releasing(2, short()), vec![]),
        (reserving(2), Step::GivenBack, releasing(1, vec![]), vec![]),
        (reserving(1), Step::GivenBack, State::Released, vec![ReservationEvent::Released]),
        (State::Reserved, Step::GivenBack, releasing(2, vec![]), vec![]),
        (releasing(2, short()), Step::GivenBack, releasing(1, short()), vec![]),
        (
            releasing(1, short()),
            Step::GivenBack,
            State::Rejected { short: short() },
            vec![ReservationEvent::Rejected],
        ),
        (releasing(1, vec![]), Step::GivenBack, State::Released, vec![ReservationEvent::Released]),
    ] {
        let (next, announced) = after(&at(from.clone()), step);
        assert_eq!((next.state, announced), (to, events), "{step:?} from {from:?}");
    }
}

#[test]
fn quantities_that_no_count_can_hold_become_the_largest_one() {
    let line = OrderedLine { sku: sku(0), quantity: u32::MAX };
    assert_eq!(merged(&[line.clone(), line])[0].quantity, u32::MAX, "which no shelf has, so it is short");
}
