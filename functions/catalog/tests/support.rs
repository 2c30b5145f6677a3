//! What the tests of the catalog share: shelves, orders as the catalog hears of them, and a look at what is set aside.

use catalog::product::{Details, Product, TaxRates};
use catalog::reservation::{Reservation, State};
use catalog::stock::{Location, Locations, Stock};
use catalog::store::{product_key, reservation_key, stock_key};
use contracts::orders::{OrderCancelled, OrderExpired, OrderPaid, OrderPlaced, OrderReturned, OrderedLine};
use kernel::{AccountId, Currency, Money, OrderId, Principal, ReturnId, Role, Sku};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, event, item, raw_item};
use platform::Figure;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use local::testing::{first_write, told as announced, writes};

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

/// The location that orders are served from.
pub fn main() -> Location {
    "main".parse().unwrap()
}

/// The locations of this setting.
pub fn locations(text: &str) -> Locations {
    Locations::read(text).unwrap()
}

/// A product as staff set it.
pub fn product(pence: i64) -> Value {
    json!({
        "title": "Шарф 🧣",
        "prices": [{ "amount_minor": pence, "currency": "GBP" }],
        "published": true,
    })
}

/// A product of these details.
pub fn product_of(n: usize, details: &Value) -> Product {
    let details: Details = serde_json::from_value(details.clone()).unwrap();
    Product::of(sku(n), details, &TaxRates::read(TaxRates::DEFAULT).unwrap())
}

/// Staff set product `n`.
pub fn set(stage: &Stage, n: usize, body: &Value) {
    let set = stage.ask("set-product").by(&manager()).at(sku(n)).send(body);
    assert_eq!(set.status_code, 200, "{}", set.body);
}

/// A stage on which nothing is sold yet.
pub fn empty() -> Stage {
    Stage::new(vec![catalog::context()]).unwrap()
}

/// A stage with `products` products of which `on_hand` each are on the shelves.
pub fn shelves(products: usize, on_hand: u32) -> Stage {
    let stage = empty();
    if products > 0 {
        set(&stage, 0, &product(255));
        count(&stage, 0, on_hand);
        copies(&stage, products);
    }
    stage.settle().unwrap();
    stage.calls();
    stage
}

/// Puts products like the first one beside it, `products` in all, of which nothing is left to announce. Large orders
/// want many, and requests take their time.
fn copies(stage: &Stage, products: usize) {
    for key in [product_key(&sku(0)), stock_key(&sku(0), &main())] {
        let mut item = raw_item(stage, "catalog", &key).unwrap();
        item.as_object_mut().unwrap().remove("outbox");
        for n in 1..products {
            for name in ["pk", "sku"] {
                item[name]["S"] = json!(sku(n));
            }
            let request = serde_json::from_value(json!({ "TableName": "catalog", "Item": item })).unwrap();
            stage.cloud.table("catalog").unwrap().put_item(request).unwrap();
        }
    }
}

/// Staff count product `n`.
pub fn count(stage: &Stage, n: usize, on_hand: u32) {
    count_at(stage, n, "main", on_hand);
}

/// Staff count product `n` at a location.
pub fn count_at(stage: &Stage, n: usize, location: &str, on_hand: u32) {
    let body = json!({ "on_hand": on_hand, "location": location });
    let set = stage.ask("set-stock").by(&manager()).at(sku(n)).send(&body);
    assert_eq!(set.status_code, 200, "{}", set.body);
}

const CUSTOMER: AccountId = AccountId::from_bits(7);

fn ordered(lines: &[(usize, u32)]) -> Vec<OrderedLine> {
    lines
        .iter()
        .map(|(product, quantity)| OrderedLine { sku: sku(*product), quantity: *quantity })
        .collect()
}

/// Order `n` was placed: so many of each of these products.
pub fn placed(stage: &Stage, n: u128, lines: &[(usize, u32)]) -> Value {
    let total = Money::new(255, Currency::GBP);
    let placed = OrderPlaced {
        order: order(n),
        customer: CUSTOMER,
        lines: ordered(lines),
        total,
    };
    event(stage, &placed, 1, 1)
}

/// One of each of the first `lines` products.
pub fn one_of_each(lines: usize) -> Vec<(usize, u32)> {
    (0..lines).map(|product| (product, 1)).collect()
}

/// Order `n` was placed: one of each of the first `lines` products.
pub fn placed_one_of_each(stage: &Stage, n: u128, lines: usize) -> Value {
    placed(stage, n, &one_of_each(lines))
}

/// Order `n` was cancelled.
pub fn cancelled(stage: &Stage, n: u128) -> Value {
    event(stage, &OrderCancelled { order: order(n), customer: CUSTOMER }, 1, 2)
}

/// Order `n` was not paid in time.
pub fn expired(stage: &Stage, n: u128) -> Value {
    event(stage, &OrderExpired { order: order(n), customer: CUSTOMER }, 1, 3)
}

/// Order `n` was paid.
pub fn paid(stage: &Stage, n: u128) -> Value {
    let total = Money::new(255, Currency::GBP);
    event(stage, &OrderPaid { order: order(n), customer: CUSTOMER, total }, 1, 4)
}

/// Return `id` of order `n`: so many of each of these products came back.
pub fn returned(stage: &Stage, n: u128, id: u128, lines: &[(usize, u32)]) -> Value {
    let returned = OrderReturned {
        return_id: ReturnId::from_bits(id),
        order: order(n),
        customer: CUSTOMER,
        lines: ordered(lines),
        refund: Money::new(255, Currency::GBP),
    };
    event(stage, &returned, 1, 5 + u64::try_from(id).unwrap())
}

/// Places an order, and sees it reserved.
pub fn reserve(stage: &Stage, n: u128, lines: &[(usize, u32)]) {
    assert!(stage.deliver("reserve-stock", &placed(stage, n, lines)));
    assert_eq!(state(stage, n), Some(State::Reserved));
}

/// Places an order and pays it.
pub fn sell(stage: &Stage, n: u128, lines: &[(usize, u32)]) {
    reserve(stage, n, lines);
    assert!(stage.deliver("commit-stock", &paid(stage, n)));
    assert_eq!(state(stage, n), Some(State::Committed));
}

/// All counters of product `n` at a location.
pub fn stock_at(stage: &Stage, n: usize, location: &str) -> Option<Stock> {
    item(stage, "catalog", &stock_key(&sku(n), &location.parse().unwrap()))
}

/// Available, reserved and gone of product `n`; none if it was never counted.
pub fn counters(stage: &Stage, n: usize) -> Option<(u32, u32, u64)> {
    stock_at(stage, n, "main").map(|stock| (stock.available, stock.reserved, stock.gone))
}

/// Available and reserved of product `n`; none if it was never counted.
pub fn stock(stage: &Stage, n: usize) -> Option<(u32, u32)> {
    counters(stage, n).map(|(available, reserved, _)| (available, reserved))
}

/// Checks that the first `products` products all stand at these counters.
pub fn all_stock_is(stage: &Stage, products: usize, expected: (u32, u32)) {
    for n in 0..products {
        assert_eq!(stock(stage, n), Some(expected), "product {n} of {products}");
    }
}

/// The reservation of order `n`.
pub fn reservation(stage: &Stage, n: u128) -> Option<Reservation> {
    item(stage, "catalog", &reservation_key(order(n)))
}

/// How far the reservation of order `n` is.
pub fn state(stage: &Stage, n: u128) -> Option<State> {
    reservation(stage, n).map(|reservation| reservation.state)
}

/// Whether product `n` is known.
pub fn is_known(stage: &Stage, n: usize) -> bool {
    raw_item(stage, "catalog", &product_key(&sku(n))).is_some()
}

/// The types only.
pub fn announced_types(stage: &Stage) -> Vec<String> {
    announced(stage).into_iter().map(|(kind, _)| kind).collect()
}

/// How many writes there were since calls were last taken.
pub fn writes_made(stage: &Stage) -> usize {
    stage.calls().iter().filter(|call| writes(call)).count()
}

/// Before the `nth` write (from 0) of `function`, something else happens, once.
pub fn before_write(
    stage: &Arc<Stage>,
    function: &'static str,
    nth: usize,
    happens: impl Fn(&Stage) + Send + Sync + 'static,
) {
    let (other, made) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.function == function && writes(call) && made.fetch_add(1, Ordering::Relaxed) == nth {
            happens(&other);
        }
        Fate::Answered
    });
}

/// From the `nth` write on, no call of a function gets through, as if its process were gone.
pub fn dies_before_write(stage: &Stage, nth: usize, last: Fate) {
    let made = AtomicUsize::new(0);
    stage.interfere(move |call| match writes(call).then(|| made.fetch_add(1, Ordering::Relaxed)) {
        Some(write) if write < nth => Fate::Answered,
        Some(write) if write == nth => last.clone(),
        Some(_) => Fate::NeverSent,
        None if made.load(Ordering::Relaxed) > nth => Fate::NeverSent,
        None => Fate::Answered,
    });
}

/// The end of a reservation that took everything.
pub const RESERVED: &str = "catalog.stock-reserved.v1";
/// The end of one that something was short of.
pub const REJECTED: &str = "catalog.stock-rejected.v1";
/// The end of one that was cancelled or not paid.
pub const RELEASED: &str = "catalog.stock-released.v1";
/// The end of one that was paid.
pub const COMMITTED: &str = "catalog.stock-committed.v1";
