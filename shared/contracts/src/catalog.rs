//! What the catalog publishes: products as they are sold, and what became of each order's reservation.

use crate::{event, published};
use kernel::{Money, OrderId, Sku, TaxRate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A product was created or changed: the whole of it as it is sold now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ProductChanged::example())]
pub struct ProductChanged {
    /// The code it is sold under.
    pub sku: Sku,
    /// Its title.
    pub title: String,
    /// Price of one, tax included: one for each currency it is sold in. At most 10.
    pub prices: Vec<Money>,
    /// The rate of the tax included, in basis points.
    pub tax_rate: TaxRate,
    /// Whether customers may order it.
    pub published: bool,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}
event!(ProductChanged = "catalog.product-changed.v1", about sku);

/// All goods of an order are set aside for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = StockReserved { order: OrderId::from_bits(1) })]
pub struct StockReserved {
    /// The order.
    pub order: OrderId,
}
event!(StockReserved = "catalog.stock-reserved.v1", about order);

/// An order cannot be served; nothing is set aside for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = StockRejected::example())]
pub struct StockRejected {
    /// The order.
    pub order: OrderId,
    /// What is short: at least one SKU, not always every one (large orders stop at the first shortage).
    pub short: Vec<Shortage>,
}
event!(StockRejected = "catalog.stock-rejected.v1", about order);

/// One SKU of which there is not enough.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Shortage {
    /// The SKU.
    pub sku: Sku,
    /// How many the order wants.
    pub wanted: u32,
    /// How many were available then.
    pub available: u32,
}

/// What was set aside for an order is available again, or never was set aside.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = StockReleased { order: OrderId::from_bits(1) })]
pub struct StockReleased {
    /// The order.
    pub order: OrderId,
}
event!(StockReleased = "catalog.stock-released.v1", about order);

/// The goods of an order have left the shelf for good.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = StockCommitted { order: OrderId::from_bits(1) })]
pub struct StockCommitted {
    /// The order.
    pub order: OrderId,
}
event!(StockCommitted = "catalog.stock-committed.v1", about order);

published!(ProductChanged, StockReserved, StockRejected, StockReleased, StockCommitted);

impl ProductChanged {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "sku": "85123A",
            "title": "WHITE HANGING HEART T-LIGHT HOLDER",
            "prices": [{"amount_minor": 255, "currency": "GBP"}],
            "tax_rate": 2000,
            "published": true,
            "category": "candles",
        })
    }
}

impl StockRejected {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "order": OrderId::from_bits(1),
            "short": [{"sku": "85123A", "wanted": 6, "available": 2}],
        })
    }
}
