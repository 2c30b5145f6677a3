//! No more of a purchase will come.
//!
//! Called by a supplier. Writes the purchase as *closed* and announces `supplies.purchase-closed.v1`; from then on more
//! may be bought elsewhere. Who repeats it changes nothing and gets the same reply; a purchase that is complete is refused.

use crate::purchase::{NothingMissing, Purchase, State};
use crate::store::purchase_key;
use derive::Refusal;
use kernel::{PurchaseId, Timestamp};
use platform::http::caller::Supplier;
use platform::http::{self, Path, Staff};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// The purchase is closed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClosedPurchase {
    /// The purchase.
    pub id: PurchaseId,
    /// Always `closed`.
    pub state: State,
    /// How many did not come.
    pub missing: u32,
    /// When it was closed.
    pub closed_at: Timestamp,
}

/// Why a purchase is not closed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// All of it came.
    #[problem(409, "purchase-complete", "There is nothing left to wait for.")]
    Complete,
}

/// `POST /v1/purchases/{purchase}/close`
pub fn function() -> Function {
    http::post("/v1/purchases/{purchase}/close", close_purchase)
}

/// Decides on the purchase as it stands, and writes that if nobody was faster.
pub async fn close_purchase(
    _: Staff<Supplier>,
    Path(id): Path<PurchaseId>,
    Now(now): Now,
    supplies: Table,
) -> Result<http::Ok<ClosedPurchase>, Failure<Refused>> {
    let decide = |found: Option<&Stored<Purchase>>| {
        let purchase = found.ok_or_else(http::not_found)?;
        let next = purchase.value.close(now).map_err(|NothingMissing| Refused::Complete)?;
        Ok(next.map_or(Decision::Keep, |(purchase, events)| Decision::To(purchase, events)))
    };
    let closed = supplies.change(&purchase_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let body = ClosedPurchase {
        id,
        state: closed.state(),
        missing: closed.missing(),
        closed_at: closed.closed_at.unwrap_or(closed.ordered_at),
    };
    Ok(http::Ok { version: None, body })
}
