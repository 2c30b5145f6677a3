//! Orders without a table, for the tests of the pure domain.

use crate::support::{customer, sku};
use contracts::catalog::Shortage;
use kernel::{Currency, Money, OrderId, Text, Timestamp};
use orders::life::Payment;
use orders::order::{Address, Basket, Command, Line, Order, State};
use std::time::Duration;

/// How long a customer has to pay.
pub const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Every state.
pub const STATES: [State; 11] = [
    State::Placed,
    State::Reserved,
    State::Rejected,
    State::Expiring,
    State::Expired,
    State::Cancelled,
    State::Paid,
    State::Packed,
    State::Shipped,
    State::Delivered,
    State::Returned,
];

/// So many seconds after the order was placed.
pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000).after(Duration::from_secs(seconds))
}

pub fn pounds(pence: i64) -> Money {
    Money::new(pence, Currency::GBP)
}

/// So many of product `n` at this price.
pub fn line(n: usize, quantity: u32, unit_minor: i64) -> Line {
    Line {
        sku: sku(n),
        title: "Scarf".to_owned(),
        quantity,
        unit_minor,
        tax_minor: 1,
    }
}

/// A new order of these lines, and those that are kept apart.
pub fn place(lines: Vec<Line>, delivery: i64) -> (Order, Vec<Line>) {
    let goods: i64 = lines.iter().map(|line| line.unit_minor * i64::from(line.quantity)).sum();
    let basket = Basket {
        total: pounds(goods + delivery),
        tax: pounds(lines.iter().map(|line| line.tax_minor).sum()),
        delivery: pounds(delivery),
        lines,
    };
    let address = Address {
        name: text("A. Customer"),
        street: text("1 High Street"),
        city: text("London"),
        postcode: text("N1 9GU"),
        country: text("GB"),
    };
    Order::place(OrderId::from_bits(1), customer().account, basket, address, "fingerprint", at(0))
}

fn text<const MIN: usize, const MAX: usize>(text: &str) -> Text<MIN, MAX> {
    Text::new(text).unwrap()
}

/// The request that cancels.
pub fn command() -> Command {
    Command {
        key: "key".to_owned(),
        fingerprint: "fingerprint".to_owned(),
        reason: None,
    }
}

pub fn shortage() -> Vec<Shortage> {
    vec![Shortage { sku: sku(0), wanted: 2, available: 1 }]
}

/// An order after it was paid.
pub fn pay(order: &Order, now: Timestamp) -> Order {
    match order.paid(order.total(), now) {
        Payment::Paid(next) => next.0,
        other => panic!("{:?} is not paid: {other:?}", order.state),
    }
}

/// An order of one thing for six pounds that came to `state` on the shortest way: one second a step.
pub fn in_state(state: State) -> Order {
    let before = |before| in_state(before);
    match state {
        State::Placed => place(vec![line(0, 1, 600)], 0).0,
        State::Reserved => before(State::Placed).reserved(PATIENCE, at(1)).unwrap().0,
        State::Rejected => before(State::Placed).rejected(shortage(), at(1)).unwrap().0,
        State::Cancelled => before(State::Placed).cancel(command(), at(1)).unwrap().0,
        State::Expiring => before(State::Reserved).unpaid(at(1).after(PATIENCE)).unwrap().0,
        State::Expired => before(State::Expiring).expired(at(2).after(PATIENCE)).unwrap().0,
        State::Paid => pay(&before(State::Reserved), at(2)),
        State::Packed => before(State::Paid).pack(at(3)).unwrap().unwrap().0,
        State::Shipped => before(State::Packed).ship(Some("RM1"), at(4)).unwrap().unwrap().0,
        State::Delivered => before(State::Shipped).deliver(at(5)).unwrap().unwrap().0,
        State::Returned => before(State::Delivered).took_back(true, at(6)),
    }
}
