//! What the supplies context publishes: what workers drew, what was bought, and the cookie of each job.

use crate::{event, published};
use kernel::{AccountId, CookieOrderId, DrawId, JobId, PurchaseId, Sku};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A worker has the supplies of a job.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "draw": DrawId::from_bits(15), "job": JobId::from_bits(14), "worker": AccountId::from_bits(3),
}))]
pub struct SuppliesIssued {
    /// The worker's request for them.
    pub draw: DrawId,
    /// The job they are for.
    pub job: JobId,
    /// Who has them.
    pub worker: AccountId,
}
event!(SuppliesIssued = "supplies.supplies-issued.v1", about job);

/// A job needs no supplies: its worker may start without.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"job": JobId::from_bits(14), "worker": AccountId::from_bits(3)}))]
pub struct SuppliesNotNeeded {
    /// The job.
    pub job: JobId,
    /// Whose it is.
    pub worker: AccountId,
}
event!(SuppliesNotNeeded = "supplies.supplies-not-needed.v1", about job);

/// A worker's request for supplies was refused by staff.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "draw": DrawId::from_bits(15), "job": JobId::from_bits(14), "worker": AccountId::from_bits(3),
}))]
pub struct SuppliesRefused {
    /// The worker's request.
    pub draw: DrawId,
    /// The job they were for.
    pub job: JobId,
    /// Who asked.
    pub worker: AccountId,
}
event!(SuppliesRefused = "supplies.supplies-refused.v1", about job);

/// What became of a job's cookie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CookieOutcome {
    /// The vendor brings it.
    Confirmed,
    /// The vendor does not.
    Refused,
    /// It was not needed any more.
    Cancelled,
}

/// It is settled whether a job has its cookie.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "cookie": CookieOrderId::from_bits(16), "job": JobId::from_bits(14), "outcome": "confirmed",
}))]
pub struct CookieSettled {
    /// Our order of it.
    pub cookie: CookieOrderId,
    /// The job it is for.
    pub job: JobId,
    /// What became of it.
    pub outcome: CookieOutcome,
}
event!(CookieSettled = "supplies.cookie-settled.v1", about job);

/// Of something there is less than its reorder point.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = SupplyLow::example())]
pub struct SupplyLow {
    /// What.
    pub sku: Sku,
    /// How many there are.
    pub on_hand: u32,
    /// Below how many more is to be bought.
    pub reorder_point: u32,
}
event!(SupplyLow = "supplies.supply-low.v1", about sku);

/// Supplies were ordered from a supplier.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PurchaseOrdered::example())]
pub struct PurchaseOrdered {
    /// The purchase.
    pub purchase: PurchaseId,
    /// What, and how many.
    pub lines: Vec<SupplyLine>,
}
event!(PurchaseOrdered = "supplies.purchase-ordered.v1", about purchase);

/// Some or all of a purchase came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PurchaseReceived::example())]
pub struct PurchaseReceived {
    /// The purchase.
    pub purchase: PurchaseId,
    /// What came this time.
    pub lines: Vec<SupplyLine>,
    /// Whether all of it is here now.
    pub complete: bool,
}
event!(PurchaseReceived = "supplies.purchase-received.v1", about purchase);

/// No more of a purchase will come, though not all of it did.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PurchaseClosed::example())]
pub struct PurchaseClosed {
    /// The purchase.
    pub purchase: PurchaseId,
    /// What did not come.
    pub missing: Vec<SupplyLine>,
}
event!(PurchaseClosed = "supplies.purchase-closed.v1", about purchase);

/// So many of one thing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SupplyLine {
    /// What.
    pub sku: Sku,
    /// How many, at least 1.
    pub quantity: u32,
}

published!(
    SuppliesIssued,
    SuppliesNotNeeded,
    SuppliesRefused,
    CookieSettled,
    SupplyLow,
    PurchaseOrdered,
    PurchaseReceived,
    PurchaseClosed,
);

impl SupplyLow {
    fn example() -> Value {
        json!({"sku": "SPONGE", "on_hand": 3, "reorder_point": 20})
    }
}

impl PurchaseOrdered {
    fn example() -> Value {
        json!({"purchase": PurchaseId::from_bits(17), "lines": [{"sku": "SPONGE", "quantity": 100}]})
    }
}

impl PurchaseReceived {
    fn example() -> Value {
        let mut example = PurchaseOrdered::example();
        example["complete"] = json!(true);
        example
    }
}

impl PurchaseClosed {
    fn example() -> Value {
        json!({"purchase": PurchaseId::from_bits(17), "missing": [{"sku": "SPONGE", "quantity": 40}]})
    }
}
