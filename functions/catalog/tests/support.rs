//! What the tests of the catalog share: shelves, orders as the catalog hears of them, and a look at what is set aside.

use catalog::reservation::{Reservation, State};
use catalog::stock::Stock;
use catalog::store::{product_key, reservation_key, stock_key};
use contracts::orders::{OrderCancelled, OrderPlaced, OrderedLine};
use kernel::{AccountId, Currency, Money, OrderId, Principal, Role, Sku};
use local::outside::{OutsideCall, Service};
use local::stage::Stage;
use local::testing::{caller, event, item, published, raw_item};
use serde_json::{Value, json};

/// Who sets products and counts stock.
pub fn manager() -> Principal {
    caller(1, Role::Manager)
}

/// The code of product `n`.
pub fn sku(n: usize) -> Sku {
    format!("SKU-{n:04}").parse().unwrap()
}

/// An order's id.
pub fn order(n: u128) -> OrderId {
    OrderId::from_bits(n)
}

/// A product as staff set it.
pub fn product(pence: i64) -> Value {
    json!({
        "title": "Шарф 🧣",
        "price": { "amount_minor": pence, "currency": "GBP" },
        "tax_rate": 2000,
        "published": true,
    })
}

/// A stage with `products` products of which `on_hand` each are on the shelves.
pub fn shelves(products: usize, on_hand: u32) -> Stage {
    let stage = Stage::new(vec![catalog::context()]).unwrap();
    for n in 0..products {
        let set = stage.ask("set-product").by(&manager()).at(sku(n)).send(&product(255));
        assert_eq!(set.status_code, 200, "{}", set.body);
        count(&stage, n, on_hand);
    }
    stage.settle().unwrap();
    stage.calls();
    stage
}

/// Staff count product `n`.
pub fn count(stage: &Stage, n: usize, on_hand: u32) {
    let set = stage.ask("set-stock").by(&manager()).at(sku(n)).send(&json!({ "on_hand": on_hand }));
    assert_eq!(set.status_code, 200, "{}", set.body);
}

/// Order `n` was placed: so many of each of these products.
pub fn placed(stage: &Stage, n: u128, lines: &[(usize, u32)]) -> Value {
    let lines = lines.iter().map(|(product, quantity)| OrderedLine { sku: sku(*product), quantity: *quantity });
    let placed = OrderPlaced {
        order: order(n),
        customer: AccountId::from_bits(7),
        lines: lines.collect(),
        total: Money::new(255, Currency::GBP),
    };
    event(stage, &placed, 1, 1)
}

/// Order `n` was placed: one of each of the first `lines` products.
pub fn placed_one_of_each(stage: &Stage, n: u128, lines: usize) -> Value {
    let lines: Vec<_> = (0..lines).map(|product| (product, 1)).collect();
    placed(stage, n, &lines)
}

/// Order `n` was cancelled.
pub fn cancelled(stage: &Stage, n: u128) -> Value {
    let cancelled = OrderCancelled { order: order(n), customer: AccountId::from_bits(7) };
    event(stage, &cancelled, 1, 2)
}

/// Available and reserved of product `n`; none if it was never counted.
pub fn stock(stage: &Stage, n: usize) -> Option<(u32, u32)> {
    let stock: Stock = item(stage, "catalog", &stock_key(&sku(n)))?;
    Some((stock.available, stock.reserved))
}

/// Checks that the first `products` products all stand at these counters.
pub fn all_stock_is(stage: &Stage, products: usize, counters: (u32, u32)) {
    for n in 0..products {
        assert_eq!(stock(stage, n), Some(counters), "product {n} of {products}");
    }
}

/// How far the reservation of order `n` is.
pub fn state(stage: &Stage, n: u128) -> Option<State> {
    let reservation: Reservation = item(stage, "catalog", &reservation_key(order(n)))?;
    Some(reservation.state)
}

/// Whether product `n` is known.
pub fn is_known(stage: &Stage, n: usize) -> bool {
    raw_item(stage, "catalog", &product_key(&sku(n))).is_some()
}

/// Publishes what waits; type and data of each event since calls were last taken.
pub fn announced(stage: &Stage) -> Vec<(String, Value)> {
    stage.settle().unwrap();
    let events = published(stage).concat().into_iter();
    events
        .map(|event| (event["type"].as_str().unwrap_or_default().to_owned(), event["data"].clone()))
        .collect()
}

/// The types only.
pub fn announced_types(stage: &Stage) -> Vec<String> {
    announced(stage).into_iter().map(|(kind, _)| kind).collect()
}

/// Whether a call writes.
pub fn writes(call: &OutsideCall) -> bool {
    call.service == Service::DynamoDb && matches!(call.operation.as_str(), "PutItem" | "TransactWriteItems")
}

/// The end of a reservation that took everything.
pub const RESERVED: &str = "catalog.stock-reserved.v1";
/// The end of one that something was short of.
pub const REJECTED: &str = "catalog.stock-rejected.v1";
/// The end of one that was cancelled.
pub const RELEASED: &str = "catalog.stock-released.v1";
