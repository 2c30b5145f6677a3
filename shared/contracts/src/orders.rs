//! What the orders context publishes.

use crate::{event, published};
use kernel::{AccountId, Money, OrderId, Sku};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A customer placed an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderPlaced::example())]
pub struct OrderPlaced {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What was ordered, in the customer's order; a SKU may occur more than once. At most 1,000.
    pub lines: Vec<OrderedLine>,
    /// What the customer is to pay.
    pub total: Money,
}
event!(OrderPlaced = "orders.order-placed.v1", about order);

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OrderedLine {
    /// The SKU.
    pub sku: Sku,
    /// How many, at least 1.
    pub quantity: u32,
}

/// An order was cancelled by its customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderCancelled::example())]
pub struct OrderCancelled {
    /// The order.
    pub order: OrderId,
    /// Whose it was.
    pub customer: AccountId,
}
event!(OrderCancelled = "orders.order-cancelled.v1", about order);

published!(OrderPlaced, OrderCancelled);

impl OrderPlaced {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "order": OrderId::from_bits(1),
            "customer": AccountId::from_bits(2),
            "lines": [{"sku": "85123A", "quantity": 6}],
            "total": {"amount_minor": 1530, "currency": "GBP"},
        })
    }
}

impl OrderCancelled {
    fn example() -> serde_json::Value {
        serde_json::json!({"order": OrderId::from_bits(1), "customer": AccountId::from_bits(2)})
    }
}
