//! The domain of returns.

use crate::domain::{STATES, at, in_state, line, pay, place, pounds};
use crate::support::{customer, sku};
use kernel::{ReturnId, Sku};
use orders::order::{Line, Order, State};
use orders::returning::{MAX_RETURNS, NotReturnable, Return, ReturnedLine, Taken, take_back};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// For how long an order may be returned.
const PATIENCE: Duration = Duration::from_secs(30 * 86_400);
/// The second in which the orders here are delivered.
const DELIVERED: u64 = 1000;

/// An order that was delivered.
fn delivered(lines: &[Line], delivery: i64) -> Order {
    let (order, _) = place(lines.to_vec(), delivery);
    let (order, _) = order.reserved(Duration::from_secs(900), at(1)).unwrap();
    let order = if order.state == State::Paid { order } else { pay(&order, at(2)) };
    let order = order.pack(at(3)).unwrap().unwrap().0;
    let order = order.ship(None, at(4)).unwrap().unwrap().0;
    order.deliver(at(DELIVERED)).unwrap().unwrap().0
}

fn some(n: usize, quantity: u32) -> ReturnedLine {
    ReturnedLine { sku: sku(n), quantity }
}

/// An order on its way back.
struct Story {
    order: Order,
    lines: Vec<Line>,
    returns: Vec<Return>,
}

impl Story {
    fn new(lines: Vec<Line>, delivery: i64) -> Self {
        Self {
            order: delivered(&lines, delivery),
            lines,
            returns: Vec::new(),
        }
    }

    fn ask(&self, wanted: Option<&[ReturnedLine]>) -> Result<Taken, NotReturnable> {
        take_back(&self.order, &self.lines, &self.returns, wanted, PATIENCE, at(DELIVERED))
    }

    fn give(&mut self, wanted: Option<&[ReturnedLine]>) -> Result<Taken, NotReturnable> {
        let taken = self.ask(wanted)?;
        self.order = self.order.took_back(taken.everything, at(DELIVERED));
        self.returns.push(Return {
            id: ReturnId::from_bits(self.returns.len() as u128),
            order: self.order.id,
            customer: customer().account,
            lines: taken.lines.clone(),
            refund: taken.refund,
            at: at(DELIVERED),
            reason: None,
            request: String::new(),
        });
        Ok(taken)
    }

    fn refunded(&self) -> i64 {
        self.returns.iter().map(|back| back.refund.amount_minor).sum()
    }
}

#[test]
fn only_what_was_delivered_comes_back() {
    for state in STATES.into_iter().filter(|state| *state != State::Delivered) {
        let order = in_state(state);
        let refused = take_back(&order, &order.lines, &[], None, PATIENCE, at(10));
        assert_eq!(refused, Err(NotReturnable::State(state)));
    }
}

#[test]
fn the_time_to_return_ends_to_the_millisecond() {
    let story = Story::new(vec![line(0, 1, 600)], 0);
    let until = at(DELIVERED).after(PATIENCE);
    let ask = |patience, now| take_back(&story.order, &story.lines, &[], None, patience, now);
    assert_eq!(ask(PATIENCE, until).unwrap().refund, pounds(600));
    let late = until.after(Duration::from_millis(1));
    assert_eq!(ask(PATIENCE, late), Err(NotReturnable::TooLate(until)));
    assert!(ask(Duration::ZERO, at(DELIVERED)).is_ok());
    assert_eq!(ask(Duration::ZERO, at(DELIVERED + 1)), Err(NotReturnable::TooLate(at(DELIVERED))));
}

#[test]
fn without_a_wish_everything_that_is_left_comes_back_with_the_delivery_fee() {
    let mut story = Story::new(vec![line(1, 2, 300), line(0, 1, 50), line(1, 1, 200)], 395);
    let part = story.give(Some(&[some(1, 1)])).unwrap();
    assert_eq!((part.lines, part.refund, part.everything), (vec![some(1, 1)], pounds(300), false));
    let rest = story.give(None).unwrap();
    assert_eq!(rest.lines, [some(0, 1), some(1, 2)], "each SKU once, by SKU");
    assert_eq!((rest.refund, rest.everything), (pounds(50 + 300 + 200 + 395), true));
    assert_eq!(story.order.state, State::Returned);
    assert_eq!(story.ask(None), Err(NotReturnable::State(State::Returned)));
}

#[test]
fn of_a_sku_at_several_prices_the_dearest_comes_back_first() {
    let mut story = Story::new(vec![line(0, 1, 100), line(0, 2, 300), line(0, 1, 200)], 0);
    let refunds: Vec<i64> = (0..4).map(|_| story.give(Some(&[some(0, 1)])).unwrap().refund.amount_minor).collect();
    assert_eq!(refunds, [300, 300, 200, 100]);
    assert_eq!(story.order.state, State::Returned);
}

#[test]
fn one_sku_may_be_wished_several_times_and_is_taken_together() {
    let mut story = Story::new(vec![line(0, 3, 100), line(1, 1, 10)], 0);
    let taken = story.give(Some(&[some(0, 1), some(1, 1), some(0, 1)])).unwrap();
    assert_eq!((taken.lines, taken.refund), (vec![some(0, 2), some(1, 1)], pounds(210)));
    assert_eq!(story.ask(Some(&[some(0, 1), some(0, 1)])), Err(NotReturnable::NotSoMany(vec![sku(0)])));
    assert_eq!(
        story.ask(Some(&[some(0, u32::MAX), some(0, u32::MAX)])),
        Err(NotReturnable::NotSoMany(vec![sku(0)]))
    );
}

#[test]
fn what_the_order_has_not_so_many_of_is_named_once_and_in_order() {
    let mut story = Story::new(vec![line(0, 1, 100), line(2, 2, 100), line(3, 1, 100)], 0);
    story.give(Some(&[some(3, 1)])).unwrap();
    let wanted = [some(9, 1), some(3, 1), some(2, 2), some(0, 2), some(9, 1)];
    assert_eq!(story.ask(Some(&wanted)), Err(NotReturnable::NotSoMany(vec![sku(0), sku(3), sku(9)])));
}

#[test]
fn after_many_returns_only_the_rest_as_a_whole_comes_back() {
    let mut story = Story::new(vec![line(0, 100, 7)], 395);
    for _ in 0..MAX_RETURNS {
        story.give(Some(&[some(0, 1)])).unwrap();
    }
    assert_eq!(story.ask(Some(&[some(0, 1)])), Err(NotReturnable::TooManyReturns));
    assert_eq!(story.ask(Some(&[some(0, 101)])), Err(NotReturnable::NotSoMany(vec![sku(0)])));
    assert!(story.ask(Some(&[some(0, 50)])).unwrap().everything);
    story.give(None).unwrap();
    assert_eq!(story.refunded(), 100 * 7 + 395);
}

#[test]
fn the_largest_amounts_come_back_whole() {
    let mut story = Story::new(vec![line(0, 1, i64::MAX - 1), line(1, 1, 0)], 1);
    assert_eq!(story.give(Some(&[some(1, 1)])).unwrap().refund, pounds(0));
    assert_eq!(story.give(None).unwrap().refund, pounds(i64::MAX));
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let one = (0..4usize, 1..6u32, 0..1000i64).prop_map(|(n, quantity, unit)| line(n, quantity, unit));
    prop::collection::vec(one, 1..8)
}

fn wishes() -> impl Strategy<Value = Vec<Vec<ReturnedLine>>> {
    // A fifth SKU that was never ordered, and more than was.
    let line = (0..5usize, 1..4u32).prop_map(|(n, quantity)| some(n, quantity));
    prop::collection::vec(prop::collection::vec(line, 1..4), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// However an order comes back, the customer gets for each piece what it cost, and in the end all that was paid.
    #[test]
    fn any_sequence_of_returns_gives_back_exactly_what_was_paid(
        lines in lines(),
        delivery in 0..500i64,
        wishes in wishes(),
    ) {
        let mut story = Story::new(lines.clone(), delivery);
        let total = story.order.total_minor;
        // What each SKU's pieces cost, the cheapest first.
        let mut pieces: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for line in &lines {
            let of_sku = pieces.entry(line.sku.clone()).or_default();
            of_sku.extend(std::iter::repeat_n(line.unit_minor, line.quantity as usize));
            of_sku.sort_unstable();
        }
        for wish in wishes {
            let left: usize = pieces.values().map(Vec::len).sum();
            let taken = match story.give(Some(&wish)) {
                Ok(taken) => taken,
                Err(NotReturnable::NotSoMany(skus)) => {
                    let asked = |sku: &Sku| wish.iter().filter(|line| line.sku == *sku).map(|line| line.quantity as usize).sum::<usize>();
                    prop_assert!(skus.iter().all(|sku| asked(sku) > pieces.get(sku).map_or(0, Vec::len)));
                    continue;
                }
                Err(other) => {
                    prop_assert_eq!((other, left), (NotReturnable::State(State::Returned), 0));
                    continue;
                }
            };
            prop_assert!(taken.lines.windows(2).all(|pair| pair[0].sku < pair[1].sku), "each SKU once");
            let mut expected = 0;
            for line in &taken.lines {
                prop_assert!(line.quantity > 0);
                for _ in 0..line.quantity {
                    expected += pieces.get_mut(&line.sku).and_then(Vec::pop).expect("no more than was ordered");
                }
            }
            let is_last = pieces.values().all(Vec::is_empty);
            prop_assert_eq!(taken.everything, is_last);
            prop_assert_eq!(taken.refund.amount_minor, expected + if is_last { delivery } else { 0 });
            prop_assert!(story.refunded() <= total);
        }
        if story.order.state != State::Returned {
            prop_assert!(story.give(None).unwrap().everything);
        }
        prop_assert_eq!(story.refunded(), total);
        prop_assert_eq!(story.order.state, State::Returned);
    }
}
