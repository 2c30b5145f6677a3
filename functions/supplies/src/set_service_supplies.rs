//! Staff say what supplies a job of a service needs, maybe nothing.
//!
//! Called by a supplier; counts for jobs that are made from then on. A service of which nobody said anything needs
//! nothing. Nobody else needs to know. Setting what is already so changes nothing.

use crate::job::Kit;
use crate::store;
use crate::supply;
use contracts::supplies::SupplyLine;
use derive::Refusal;
use kernel::{Count, List, ServiceId, Sku};
use platform::http::caller::Supplier;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a job of the service is to need.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"lines": [{"sku": "SPONGE", "quantity": 2}]}))]
pub struct SetServiceSupplies {
    /// What, each thing once; none: nothing.
    pub lines: List<NeededLine, 0, 20>,
}

/// So many of one thing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NeededLine {
    /// What.
    pub sku: Sku,
    /// How many.
    pub quantity: Count<1, 1000>,
}

/// What a job of a service needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceSupplies {
    /// The service.
    pub service: ServiceId,
    /// What.
    pub lines: Vec<SupplyLine>,
}

/// Why it is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Something occurs more than once.
    #[problem(422, "supply-twice", "Name {sku} once, with how many are needed.")]
    Twice {
        /// What.
        sku: Sku,
    },
    /// Something is unknown.
    #[problem(422, "supply-unknown", "Set up what is missing first.")]
    Unknown {
        /// What.
        skus: Vec<Sku>,
    },
}

/// `PUT /v1/services/{service}/supplies`
pub fn function() -> Function {
    http::put("/v1/services/{service}/supplies", set_service_supplies)
}

/// Writes it if it differs from what is there and that is what the caller saw.
pub async fn set_service_supplies(
    _: Staff<Supplier>,
    Path(service): Path<ServiceId>,
    seen: IfMatch,
    Json(request): Json<SetServiceSupplies>,
    supplies: Table,
) -> Result<http::Ok<ServiceSupplies>, Failure<Refused>> {
    let lines = request.lines.iter().map(|line| SupplyLine { sku: line.sku.clone(), quantity: line.quantity.get() });
    let kit = Kit { service, lines: lines.collect() };
    if let Some(sku) = supply::twice(&kit.lines) {
        return Err(Refused::Twice { sku: sku.clone() }.into());
    }
    let skus = store::unknown(&supplies, &kit.lines).await?;
    if !skus.is_empty() {
        return Err(Refused::Unknown { skus }.into());
    }
    let decide = |found: Option<&Stored<Kit>>| {
        if found.is_some_and(|found| found.value == kit) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(kit.clone(), Vec::new()))
    };
    let Stored { version, value: Kit { lines, .. }, .. } =
        supplies.change(&store::kit_key(service), decide).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(version, ServiceSupplies { service, lines }))
}
