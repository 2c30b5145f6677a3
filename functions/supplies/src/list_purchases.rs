//! Staff look at what was bought, and what of it came.
//!
//! Called by a supplier; the newest first, in pages. A list may be a moment behind.

use crate::purchase::{Purchase, State};
use crate::store;
use kernel::{Page, PurchaseId, Sku, Timestamp};
use platform::http::caller::Supplier;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A purchase in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PurchaseView {
    /// Names it.
    pub id: PurchaseId,
    /// What was ordered.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// How many came so far.
    pub received: u32,
    /// How far it is.
    pub state: State,
    /// When it was ordered.
    pub ordered_at: Timestamp,
}

/// `GET /v1/purchases`
pub fn function() -> Function {
    http::get("/v1/purchases", list_purchases)
}

/// Reads one page of the purchases.
pub async fn list_purchases(
    _: Staff<Supplier>,
    Query(query): Query<Paging>,
    supplies: TableReader,
) -> Result<http::Ok<Page<PurchaseView>>, Failure<Infallible>> {
    let page = store::all_purchases(&supplies, query.limit(), query.cursor.as_ref()).await?;
    Ok(http::Ok {
        version: None,
        body: page.map(|purchase| purchase.value.into()),
    })
}

impl From<Purchase> for PurchaseView {
    fn from(purchase: Purchase) -> Self {
        Self {
            received: purchase.received(),
            state: purchase.state(),
            id: purchase.id,
            sku: purchase.sku,
            quantity: purchase.quantity,
            ordered_at: purchase.ordered_at,
        }
    }
}
