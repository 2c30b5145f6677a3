//! Staff counted the shelves of a location: so many of a SKU are on hand.
//!
//! Called by a manager. What is set aside for orders stays set aside; the rest becomes available. What is paid for is
//! gone already and is not counted. A count below what is set aside is refused. Writes the stock's counters; nobody else
//! needs to know. Repeating a request is harmless.

use crate::product::Product;
use crate::stock::{BelowReserved, Location, Locations, Stock};
use crate::store;
use derive::Refusal;
use kernel::{Count, Sku};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A count of the shelves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"on_hand": 100}))]
pub struct SetStock {
    /// How many there are, those set aside for orders included.
    pub on_hand: Count<0, 1_000_000_000>,
    /// Where. Without it: the location that orders are served from first.
    #[serde(default)]
    pub location: Option<Location>,
}

/// The stock of a SKU at a location.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StockView {
    /// The SKU.
    pub sku: Sku,
    /// Where.
    pub location: Location,
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
    /// There is no such location.
    #[problem(422, "unknown-location", "Orders are not served from there. Name one of the locations.")]
    UnknownLocation {
        /// Those that there are.
        locations: Vec<Location>,
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
    Setting(locations): Setting<Locations>,
    catalog: Table,
) -> Result<http::Ok<StockView>, Failure<Refused>> {
    let location = request.location.unwrap_or_else(|| locations.first().clone());
    if !locations.knows(&location) {
        return Err(Refused::UnknownLocation { locations: locations.as_slice().to_vec() }.into());
    }
    catalog.get::<Product>(&store::product_key(&sku)).await?.ok_or_else(http::not_found)?;
    let counted = count(&catalog, &sku, &location, request.on_hand.get(), seen).await;
    let Stored { version, value: Stock { available, reserved, .. }, .. } =
        counted.map_err(|failure| match failure {
            Failure::Refused(BelowReserved { reserved }) => Failure::Refused(Refused::BelowReserved { reserved }),
            Failure::Problem(problem) => Failure::Problem(problem),
            Failure::Failed(error) => Failure::Failed(error),
        })?;
    Ok(http::Ok::at(version, StockView { sku, location, available, reserved }))
}

/// Sets the counters so that they come to `on_hand`, if they do not already and are what the caller saw.
pub(crate) async fn count(
    catalog: &Table,
    sku: &Sku,
    location: &Location,
    on_hand: u32,
    seen: IfMatch,
) -> Result<Stored<Stock>, Failure<BelowReserved>> {
    let decide = |found: Option<&Stored<Stock>>| {
        let old = found.map_or_else(|| Stock::none(sku.clone(), location.clone()), |found| found.value.clone());
        let new = old.counted(on_hand).map_err(Failure::Refused)?;
        if found.is_some_and(|found| found.value == new) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(new, Vec::new()))
    };
    catalog.change(&store::stock_key(sku, location), decide).await?.ok_or_else(http::not_found)
}
