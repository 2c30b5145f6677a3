//! A customer returns an order, or some of it.
//!
//! Called by the order's customer with an `Idempotency-Key`, within 30 days of the delivery; without lines everything
//! comes back that is left. The same key again gets the same reply. Writes the return and moves the order on in one
//! transaction, and announces `orders.order-returned.v1`: payments then gives back the price (with the last of the order
//! its delivery fee as well), the catalog takes the goods back.

use crate::figures::ReturnDays;
use crate::order::State;
use crate::returning::{self, NotReturnable, Return, ReturnEvent, ReturnedLine};
use crate::store;
use derive::Refusal;
use kernel::{Count, List, Money, OrderId, ReturnId, Sku, Text, Timestamp};
use platform::http::{self, Created, Customer, IdempotencyKey, Json, Path};
use platform::{Commit, Error, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What comes back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"lines": [{"sku": "85123A", "quantity": 1}], "reason": "Too small"}))]
pub struct ReturnOrder {
    /// What, and how many. Everything that is left, if it is not given.
    #[serde(default)]
    pub lines: Option<List<WantedReturn, 1, 1000>>,
    /// Why, in the customer's words.
    #[serde(default)]
    pub reason: Option<Text<1, 500>>,
}

/// So many of one SKU.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedReturn {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    pub quantity: Count<1, 100_000>,
}

/// The return as it was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TakenBack {
    /// Names it.
    pub id: ReturnId,
    /// What the customer gets back.
    pub refund: Money,
    /// When it was taken.
    pub returned_at: Timestamp,
}

/// Why something does not come back.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Only what was delivered can be returned.
    #[problem(409, "not-returnable", "An order can be returned after it was delivered; before, it can be cancelled.")]
    NotReturnable {
        /// The state it is in.
        state: State,
    },
    /// The time to return it is over.
    #[problem(409, "too-late-to-return", "It could be returned until {until}.")]
    TooLate {
        /// When it was over.
        until: Timestamp,
    },
    /// The order has not so many of something left.
    #[problem(422, "not-so-many", "Return at most what was ordered and did not come back before.")]
    NotSoMany {
        /// Of which.
        skus: Vec<Sku>,
    },
    /// The order came back in too many parts.
    #[problem(409, "too-many-returns", "Return all that is left at once: leave out the lines.")]
    TooManyReturns,
}

/// How often this decides anew when others change the order in between.
const DECISIONS: usize = 8;

/// `POST /v1/orders/{order}/returns`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/returns", return_order)
}

/// Reads what was ordered and what came back, decides, and writes both; decides anew if somebody was faster.
pub async fn return_order(
    customer: Customer,
    key: IdempotencyKey,
    Path(order): Path<OrderId>,
    Json(request): Json<ReturnOrder>,
    Now(now): Now,
    Setting(patience): Setting<ReturnDays>,
    orders: Table,
) -> Result<Created<TakenBack>, Failure<Refused>> {
    let id: ReturnId = key.id();
    let wanted = request.lines.as_ref().map(|lines| lines.iter().map(WantedReturn::line).collect::<Vec<_>>());
    for _ in 0..DECISIONS {
        let old = store::order_of(&orders, customer.account, order).await?;
        let (lines, before) =
            platform::both(store::lines(&orders, &old.value), store::returns(&orders, &old.value)).await?;
        if let Some(known) = before.iter().find(|earlier| earlier.id == id) {
            key.replays(&known.request)?;
            return Ok(taken_back(known));
        }
        let taken = returning::take_back(&old.value, &lines, &before, wanted.as_deref(), patience, now)?;
        let new = old.value.took_back(taken.everything, now);
        let back = Return {
            id,
            order,
            customer: customer.account,
            lines: taken.lines,
            refund: taken.refund,
            at: now,
            reason: request.reason.as_ref().map(|reason| reason.as_str().to_owned()),
            request: key.fingerprint().to_owned(),
        };
        let both = orders.transaction().create(&back, vec![ReturnEvent::Returned]).replace(&old, &new, Vec::new());
        if let Commit::Done = both.commit().await? {
            return Ok(taken_back(&back));
        }
    }
    Err(Error::contended(format!("{order} kept changing")).into())
}

fn taken_back(back: &Return) -> Created<TakenBack> {
    Created {
        location: format!("/v1/orders/{}", back.order),
        body: TakenBack { id: back.id, refund: back.refund, returned_at: back.at },
    }
}

impl WantedReturn {
    fn line(&self) -> ReturnedLine {
        ReturnedLine { sku: self.sku.clone(), quantity: self.quantity.get() }
    }
}

impl From<NotReturnable> for Failure<Refused> {
    fn from(reason: NotReturnable) -> Self {
        Failure::Refused(match reason {
            NotReturnable::State(state) => Refused::NotReturnable { state },
            NotReturnable::TooLate(until) => Refused::TooLate { until },
            NotReturnable::NotSoMany(skus) => Refused::NotSoMany { skus },
            NotReturnable::TooManyReturns => Refused::TooManyReturns,
        })
    }
}
