//! Staff counted the shelves: so many of a SKU are on hand.
//!
//! Called by a manager. What is set aside for orders stays set aside; the rest becomes available. A count below what
//! is set aside is refused. Writes the stock's counters; nobody else needs to know. Repeating a request is harmless.

use crate::product::Product;
use crate::stock::{BelowReserved, Stock};
use crate::store;
use derive::Refusal;
use kernel::{Count, Sku};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A count of the shelves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"on_hand": 100}))]
pub struct SetStock {
    /// How many there are, those set aside for orders included.
    pub on_hand: Count<0, 1_000_000_000>,
}

/// The stock of a SKU.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StockView {
    /// The SKU.
    pub sku: Sku,
    /// Free to be ordered.
    pub available: u32,
    /// Set aside for orders.
    pub reserved: u32,
}

/// Why a count is not taken.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// More is set aside than was counted.
    #[problem(409, "below-reserved", "{reserved} are set aside for orders. Cancel orders first, or count again.")]
    BelowReserved {
        /// How many are set aside.
        reserved: u32,
    },
}

/// `PUT /v1/products/{sku}/stock`
pub fn function() -> Function {
    http::put("/v1/products/{sku}/stock", set_stock)
}

/// Sets the counters of a known product.
pub async fn set_stock(
    _: Staff<Manager>,
    Path(sku): Path<Sku>,
    seen: IfMatch,
    Json(request): Json<SetStock>,
    catalog: Table,
) -> Result<http::Ok<StockView>, Failure<Refused>> {
    catalog.get::<Product>(&store::product_key(&sku)).await?.ok_or_else(http::not_found)?;
    let decide = |found: Option<&Stored<Stock>>| {
        let old = found.map_or_else(|| Stock::none(sku.clone()), |found| found.value.clone());
        let new = old.counted(request.on_hand.get())?;
        if found.is_some_and(|found| found.value == new) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(new, Vec::new()))
    };
    let stock = catalog.change(&store::stock_key(&sku), decide).await?.ok_or_else(http::not_found)?;
    let Stored { version, value: Stock { sku, available, reserved }, .. } = stock;
    Ok(http::Ok::at(version, StockView { sku, available, reserved }))
}

impl From<BelowReserved> for Failure<Refused> {
    fn from(BelowReserved { reserved }: BelowReserved) -> Self {
        Failure::Refused(Refused::BelowReserved { reserved })
    }
}
