//! A customer places an order.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply, even after a
//! change of prices. Prices come from this context's replica of the catalog; if they add up to another total than
//! the customer saw, nothing is written and the new total is told. One write creates the order as *placed* and
//! announces `orders.order-placed.v1`; the catalog then reserves the goods or rejects the order, and the lines leave
//! the customer's cart.

use crate::delivery::DeliveryFees;
use crate::order::{Address, Order, State};
use crate::pricing::{self, Unpriced};
use crate::store;
use derive::Refusal;
use kernel::{Count, List, Money, OrderId, Sku, Timestamp};
use platform::http::{self, Created, Customer, IdempotencyKey, Json};
use platform::{Creation, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a customer wants to buy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = PlaceOrder::example())]
pub struct PlaceOrder {
    /// What, in the order in which the receipt is to show it. A SKU may occur more than once.
    pub lines: List<WantedLine, 1, 1000>,
    /// Where it goes.
    pub address: Address,
    /// The total, tax and delivery included, that the customer saw and agrees to pay.
    pub expected_total: Money,
}

/// So many of one SKU.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedLine {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    pub quantity: Count<1, 100_000>,
}

/// The order as it was placed. Read it again to see how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlacedOrder {
    /// Names it.
    pub id: OrderId,
    /// Always `placed`.
    pub state: State,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What the customer is to pay.
    pub total: Money,
    /// The tax in it.
    pub tax: Money,
    /// What of the total is for the delivery.
    pub delivery: Money,
}

/// Why an order is not placed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Something in the order is not for sale.
    #[problem(422, "not-for-sale", "Remove what is not for sale in this currency, and place the order again.")]
    NotForSale {
        /// Which.
        skus: Vec<Sku>,
    },
    /// The total has changed.
    #[problem(409, "total-changed", "The total is {total} now. Show it, and place the order with it and a new key.")]
    TotalChanged {
        /// What it is now.
        total: Money,
    },
    /// The total is too large.
    #[problem(422, "total-too-large", "Split the order.")]
    TotalTooLarge,
}

/// `POST /v1/orders`
pub fn function() -> Function {
    http::post("/v1/orders", place_order)
}

/// Prices the lines, compares the total, and writes the order.
pub async fn place_order(
    customer: Customer,
    key: IdempotencyKey,
    Json(request): Json<PlaceOrder>,
    Now(now): Now,
    Setting(delivery): Setting<DeliveryFees>,
    orders: Table,
) -> Result<Created<PlacedOrder>, Failure<Refused>> {
    let id: OrderId = key.id();
    let skus = request.lines.iter().map(|line| &line.sku);
    let (known, prices) = platform::both(orders.get(&store::order_key(id)), store::prices(&orders, skus)).await?;
    if let Some(known) = known {
        return replay(&key, &known.value);
    }
    let wanted: Vec<_> = request.lines.iter().map(|line| (line.sku.clone(), line.quantity.get())).collect();
    let basket = pricing::price(&wanted, prices, request.expected_total.currency, &delivery)?;
    if basket.total != request.expected_total {
        return Err(Refused::TotalChanged { total: basket.total }.into());
    }

    let (order, apart) = Order::place(id, customer.account, basket, request.address, key.fingerprint(), now);
    match store::insert(&orders, &order, &apart).await? {
        Creation::Created => Ok(placed(&order)),
        Creation::Exists(other) => replay(&key, &other.value),
    }
}

/// The reply to a request that was carried out before.
fn replay(key: &IdempotencyKey, order: &Order) -> Result<Created<PlacedOrder>, Failure<Refused>> {
    key.replays(&order.request)?;
    Ok(placed(order))
}

fn placed(order: &Order) -> Created<PlacedOrder> {
    Created {
        location: format!("/v1/orders/{}", order.id),
        body: PlacedOrder {
            id: order.id,
            state: State::Placed,
            placed_at: order.placed_at,
            total: order.total(),
            tax: order.tax(),
            delivery: order.money(order.delivery_minor),
        },
    }
}

impl From<Unpriced> for Failure<Refused> {
    fn from(unpriced: Unpriced) -> Self {
        Failure::Refused(match unpriced {
            Unpriced::NotForSale(skus) => Refused::NotForSale { skus },
            Unpriced::TooLarge => Refused::TotalTooLarge,
        })
    }
}

impl PlaceOrder {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "lines": [{"sku": "85123A", "quantity": 6}],
            "address": {"name": "Ivan", "street": "1 High Street", "city": "London", "postcode": "N1 9GU", "country": "GB"},
            "expected_total": {"amount_minor": 1530, "currency": "GBP"},
        })
    }
}
