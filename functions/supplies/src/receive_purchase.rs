//! Some or all of a purchase came.
//!
//! Called by a supplier with an `Idempotency-Key`; the same key again gets the same reply. One transaction notes the part
//! with the purchase and adds it to what is on hand. Announces `supplies.purchase-received.v1`. More than was ordered is
//! refused.

use crate::purchase::{NotReceivable, Purchase, Receipt, State};
use crate::store::{DECISIONS, on_hand, purchase_key, supply_key};
use derive::Refusal;
use kernel::{Count, PurchaseId, Sku, Timestamp};
use platform::http::caller::Supplier;
use platform::http::{self, Created, IdempotencyKey, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"quantity": 40}))]
pub struct ReceivePurchase {
    /// How many.
    pub quantity: Count<1, 10_000_000>,
}

/// A part of a purchase as it was taken in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReceivedPurchase {
    /// The purchase.
    pub id: PurchaseId,
    /// What came.
    pub sku: Sku,
    /// How many came this time.
    pub quantity: u32,
    /// How many had come with it.
    pub received: u32,
    /// Whether that was all of it.
    pub complete: bool,
    /// When it was taken in.
    pub received_at: Timestamp,
}

/// Why something is not taken in.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// More came than was ordered.
    #[problem(409, "more-than-ordered", "{left} are still to come. Send the rest back, or count it in.")]
    MoreThanOrdered {
        /// How many are still to come.
        left: u32,
    },
    /// Nothing of the purchase is still to come.
    #[problem(409, "purchase-settled", "It is complete, or was closed.")]
    Settled {
        /// The state it is in.
        state: State,
    },
    /// The purchase came in too many parts.
    #[problem(409, "too-many-parts", "Close the purchase, and count what comes.")]
    TooManyParts,
}

/// `POST /v1/purchases/{purchase}/receipts`
pub fn function() -> Function {
    http::post("/v1/purchases/{purchase}/receipts", receive_purchase)
}

/// Decides on the purchase as it stands, and writes it with the stock; decides anew if somebody was faster.
pub async fn receive_purchase(
    _: Staff<Supplier>,
    key: IdempotencyKey,
    Path(id): Path<PurchaseId>,
    Json(request): Json<ReceivePurchase>,
    Now(now): Now,
    supplies: Table,
) -> Result<Created<ReceivedPurchase>, Failure<Refused>> {
    let receipt = Receipt {
        key: key.stored(),
        request: key.fingerprint().to_owned(),
        quantity: request.quantity.get(),
        at: now,
    };
    for _ in 0..DECISIONS {
        let purchase = supplies.get::<Purchase>(&purchase_key(id)).await?.ok_or_else(http::not_found)?;
        if let Some((known, received)) = purchase.value.receipt(&receipt.key) {
            key.replays(&known.request)?;
            return Ok(taken_in(&purchase.value, known, received));
        }
        let (next, events) = purchase.value.receive(receipt.clone())?;
        let added = on_hand(i64::from(receipt.quantity));
        let both = supplies.transaction().replace(&purchase, &next, events).shift(supply_key(&next.sku), &added);
        match both.commit().await? {
            Commit::Done => return Ok(taken_in(&next, &receipt, next.received())),
            Commit::Refused(refused) if refused.iter().any(|refused| refused.key == purchase_key(id)) => {}
            Commit::Refused(_) => return Err(Error::broken(format!("there is no supply of {id}")).into()),
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

fn taken_in(purchase: &Purchase, receipt: &Receipt, received: u32) -> Created<ReceivedPurchase> {
    Created {
        location: "/v1/purchases".to_owned(),
        body: ReceivedPurchase {
            id: purchase.id,
            sku: purchase.sku.clone(),
            quantity: receipt.quantity,
            received,
            complete: received == purchase.quantity,
            received_at: receipt.at,
        },
    }
}

impl From<NotReceivable> for Failure<Refused> {
    fn from(reason: NotReceivable) -> Self {
        Failure::Refused(match reason {
            NotReceivable::State(state) => Refused::Settled { state },
            NotReceivable::TooMany(left) => Refused::MoreThanOrdered { left },
            NotReceivable::TooManyParts => Refused::TooManyParts,
        })
    }
}
