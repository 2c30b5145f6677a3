//! What the tests of orders share: a shop, its customers and staff, their orders, and what other contexts say of them.

use contracts::catalog::{ProductChanged, Shortage, StockRejected, StockReserved};
use contracts::orders::OrderReserved;
use contracts::payments::{PaymentClosed, PaymentSucceeded, RefundSucceeded};
use kernel::{Currency, Money, OrderId, PaymentId, Principal, RefundId, Role, Sku};
use local::stage::Stage;
use local::testing::{caller, event, item};
use local::trigger::HttpResponse;
use orders::order::{Order, State};
use orders::store::order_key;
use serde_json::{Value, json};
use std::time::Duration;

pub use local::testing::{announced, first_write, kinds, meanwhile, writes};

/// What one of anything costs in the shop, in pence.
pub const PRICE: i64 = 255;

/// The customer who orders.
pub fn customer() -> Principal {
    caller(1, Role::Customer)
}

/// Another one.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// Who packs, ships and delivers.
pub fn manager() -> Principal {
    caller(3, Role::Manager)
}

/// The code of product `n`.
pub fn sku(n: usize) -> Sku {
    format!("SKU-{n:04}").parse().unwrap()
}

/// Product `n` at this price.
pub fn product(n: usize, pence: i64) -> ProductChanged {
    ProductChanged {
        sku: sku(n),
        title: format!("Scarf № {n} 🧣"),
        prices: vec![Money::new(pence, Currency::GBP)],
        category: None,
        tax_rate: 2000.try_into().unwrap(),
        published: true,
    }
}

/// A stage whose orders context knows the prices of `products` products.
pub fn shop(products: usize) -> Stage {
    let stage = Stage::new(vec![orders::context()]).unwrap();
    for n in 0..products {
        let changed = event(&stage, &product(n, PRICE), 1, 1);
        assert!(stage.deliver("keep-price", &changed));
    }
    stage.calls();
    stage
}

/// A request for one of each of the first `lines` products.
pub fn basket(lines: usize) -> Value {
    let lines: Vec<Value> = (0..lines).map(|n| json!({ "sku": sku(n), "quantity": 1 })).collect();
    json!({
        "expected_total": { "amount_minor": PRICE * lines.len() as i64, "currency": "GBP" },
        "lines": lines,
        "address": {
            "name": "Мария Петрова 🧶", "street": "1 High Street", "city": "Zürich", "postcode": "8001", "country": "CH",
        },
    })
}

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

/// Places an order of so many lines.
pub fn place(stage: &Stage, lines: usize) -> OrderId {
    place_this(stage, KEY, &basket(lines))
}

/// Places this order.
pub fn place_this(stage: &Stage, key: &str, body: &Value) -> OrderId {
    let answer = stage.ask("place-order").by(&customer()).key(key).send(body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// What the catalog says when the goods of an order are set aside.
pub fn reserved(stage: &Stage, order: OrderId) -> Value {
    event(stage, &StockReserved { order }, 1, 1)
}

/// What the catalog says when there is not enough.
pub fn rejected(stage: &Stage, order: OrderId) -> Value {
    let short = vec![Shortage { sku: sku(0), wanted: 1, available: 0 }];
    event(stage, &StockRejected { order, short }, 1, 1)
}

/// What the order itself says when it is reserved, as `expire-order` hears it later.
pub fn reserved_order(stage: &Stage, id: OrderId) -> Value {
    let order = stored(stage, id);
    let (customer, total, pay_until) = (order.customer, order.total(), order.pay_until.unwrap());
    event(stage, &OrderReserved { order: id, customer, total, pay_until }, 1, 2)
}

/// What payments says when so much was paid for an order.
pub fn paid(stage: &Stage, order: OrderId, amount: Money) -> Value {
    let (customer, payment) = (customer().account, PaymentId::from_bits(1));
    event(stage, &PaymentSucceeded { order, customer, payment, amount }, 1, 1)
}

/// What payments says when nothing was paid and nothing will be.
pub fn closed(stage: &Stage, order: OrderId) -> Value {
    event(stage, &PaymentClosed { order, customer: customer().account }, 1, 2)
}

/// What payments says when refund `n` went back.
pub fn refunded(stage: &Stage, order: OrderId, n: u64, amount: Money) -> Value {
    let (customer, refund) = (customer().account, RefundId::from_bits(n.into()));
    event(stage, &RefundSucceeded { order, customer, refund, amount, return_id: None }, 1, 10 + n)
}

/// How long a customer has to pay, and a message of `expire-order` is held back.
pub const QUARTER: Duration = Duration::from_secs(15 * 60);

/// Takes an order that was just placed to `state`, on the shortest way, ten seconds a step.
pub fn bring(stage: &Stage, id: OrderId, state: State) {
    let before = match state {
        State::Placed => return,
        State::Reserved | State::Rejected | State::Cancelled => State::Placed,
        State::Expiring | State::Paid => State::Reserved,
        State::Expired => State::Expiring,
        State::Packed => State::Paid,
        State::Shipped => State::Packed,
        State::Delivered => State::Shipped,
        State::Returned => State::Delivered,
    };
    bring(stage, id, before);
    stage.pass(Duration::from_secs(10));
    let heard = |function, event| assert!(stage.deliver(function, &event), "{function}: {:?}", stage.log().last());
    let done = |answer: HttpResponse| assert!([200, 201].contains(&answer.status_code), "{}", answer.body);
    match state {
        State::Placed => {}
        State::Reserved => heard("mark-reserved", reserved(stage, id)),
        State::Rejected => heard("mark-rejected", rejected(stage, id)),
        State::Expiring => {
            stage.pass(QUARTER);
            heard("expire-order", reserved_order(stage, id));
        }
        State::Expired => heard("mark-expired", closed(stage, id)),
        State::Cancelled => done(stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}))),
        State::Paid => heard("mark-paid", paid(stage, id, stored(stage, id).total())),
        State::Packed => done(stage.ask("pack-order").by(&manager()).at(id).get()),
        State::Shipped => done(stage.ask("ship-order").by(&manager()).at(id).send(&json!({ "tracking": "RM1" }))),
        State::Delivered => done(stage.ask("deliver-order").by(&manager()).at(id).get()),
        State::Returned => done(stage.ask("return-order").by(&customer()).at(id).key(KEY).send(&json!({}))),
    }
    assert_eq!(stored(stage, id).state, state);
}

/// An order of so many lines that came to `state`, in a shop of its own; what led there is forgotten.
pub fn order_in(state: State, lines: usize) -> (Stage, OrderId) {
    let stage = shop(lines);
    let id = place(&stage, lines);
    bring(&stage, id, state);
    kinds(&stage);
    (stage, id)
}

/// The order as it stands in the table.
pub fn stored(stage: &Stage, id: OrderId) -> Order {
    item(stage, "orders", &order_key(id)).expect("the order is stored")
}

/// The order's state as its customer sees it.
pub fn state(stage: &Stage, id: OrderId) -> String {
    let answer = stage.ask("get-order").by(&customer()).at(id).get();
    answer.json()["state"].as_str().unwrap_or_default().to_owned()
}

/// Paths that name no order.
pub const NO_ORDERS: [&str; 8] = [
    "",
    "1",
    "ord_",
    "ord_7",
    "acc_00000000000000000000000001",
    "ORD_00000000000000000000000001",
    "заказ",
    "../x",
];
