//! What the tests of orders share: a shop, its customers, their orders.

use contracts::catalog::ProductChanged;
use kernel::{Currency, Money, OrderId, Principal, Role, Sku};
use local::outside::{OutsideCall, Service};
use local::stage::Stage;
use local::testing::{caller, event, item};
use orders::order::Order;
use orders::store::order_key;
use serde_json::{Value, json};

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
    let answer = stage.ask("place-order").by(&customer()).key(KEY).send(&basket(lines));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
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

/// Whether a call writes.
pub fn writes(call: &OutsideCall) -> bool {
    call.service == Service::DynamoDb && matches!(call.operation.as_str(), "PutItem" | "TransactWriteItems")
}
