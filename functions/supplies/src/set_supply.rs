//! Staff say what something is called, when more of it is bought, and perhaps how many there are.
//!
//! Called by a supplier; makes what is not there. A count replaces the number on hand, so a count of what is known
//! already needs `If-Match`: a request that comes late must not give back what was issued in between. Nobody else needs
//! to know. Setting what is already so changes nothing.

use crate::store;
use crate::supply::{Name, Supply, Wish};
use derive::Refusal;
use kernel::{Count, Sku};
use platform::http::caller::Supplier;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that workers use up, as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"name": "Sponge", "on_hand": 100, "reorder_point": 20, "order_quantity": 100}))]
pub struct SetSupply {
    /// What staff call it.
    pub name: Name,
    /// How many were counted. Without it the number stays as it is.
    #[serde(default)]
    pub on_hand: Option<Count<0, 100_000_000>>,
    /// Below how many more is bought; 0: never.
    pub reorder_point: Count<0, 1_000_000>,
    /// How many are bought at a time.
    pub order_quantity: Count<1, 1_000_000>,
}

/// Something that workers use up.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SupplyView {
    /// The code.
    pub sku: Sku,
    /// What staff call it.
    pub name: String,
    /// How many there are.
    pub on_hand: u32,
    /// Below how many more is bought.
    pub reorder_point: u32,
    /// How many are bought at a time.
    pub order_quantity: u32,
    /// The version to send as `If-Match` with a count, in quotes.
    pub version: u64,
}

/// Why something is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// A count needs the version that was counted.
    #[problem(428, "count-needs-version", "There are {on_hand}. List the supplies, and send the version as If-Match.")]
    CountNeedsVersion {
        /// How many there are.
        on_hand: u32,
    },
}

/// `PUT /v1/supplies/{sku}`
pub fn function() -> Function {
    http::put("/v1/supplies/{sku}", set_supply)
}

/// Writes it if it differs from what is there and that is what the caller saw.
pub async fn set_supply(
    _: Staff<Supplier>,
    Path(sku): Path<Sku>,
    seen: IfMatch,
    Json(request): Json<SetSupply>,
    supplies: Table,
) -> Result<http::Ok<SupplyView>, Failure<Refused>> {
    let wish = Wish {
        name: request.name,
        on_hand: request.on_hand.map(Count::get),
        reorder_point: request.reorder_point.get(),
        order_quantity: request.order_quantity.get(),
    };
    let decide = |found: Option<&Stored<Supply>>| {
        let (new, counted) = match found {
            None => (Supply::new(sku.clone(), wish.clone()), None),
            Some(found) => {
                let new = found.value.set(wish.clone());
                if new == found.value {
                    return Ok(Decision::Keep);
                }
                (new, Some(found.value.on_hand))
            }
        };
        if let (Some(on_hand), IfMatch::Unconditional) = (counted.filter(|known| *known != new.on_hand), &seen) {
            return Err(Refused::CountNeedsVersion { on_hand }.into());
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(new, Vec::new()))
    };
    let set = supplies.change(&store::supply_key(&sku), decide).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(set.version, set.into()))
}

impl From<Stored<Supply>> for SupplyView {
    fn from(Stored { value: supply, version, .. }: Stored<Supply>) -> Self {
        Self {
            sku: supply.sku,
            name: supply.name.as_str().to_owned(),
            on_hand: supply.on_hand,
            reorder_point: supply.reorder_point,
            order_quantity: supply.order_quantity,
            version,
        }
    }
}
