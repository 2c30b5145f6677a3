//! Purchases of supplies: ordered once, received in parts, perhaps never complete. Pure.
//!
//! ```text
//!   open ── the last of it came ──▶ complete
//!     └──── no more will come ────▶ closed
//! ```
//!
//! The purchases of one thing are numbered, and only the last one can be open: a number names its purchase for ever, so
//! nothing is ordered twice.

use crate::supply::Supply;
use kernel::id::Id;
use kernel::{Digest, PurchaseId, Sku, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The list of all purchases.
pub const LIST: &str = "purchases";
/// In how many parts a purchase may come.
pub const MAX_RECEIPTS: usize = 100;

/// A purchase of one thing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Purchase {
    /// Names it.
    pub id: PurchaseId,
    /// What was ordered.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
    /// When.
    pub ordered_at: Timestamp,
    /// What came, in the order in which it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<Receipt>,
    /// When it was said that no more will come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Always [`LIST`].
    pub list: String,
    /// Where in the list: by time.
    pub place: String,
}

/// A part of a purchase that came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The idempotency key of the request that said so.
    pub key: String,
    /// That request's fingerprint.
    pub request: String,
    /// How many came.
    pub quantity: u32,
    /// When.
    pub at: Timestamp,
}

/// What a purchase announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PurchaseEvent {
    /// There is too little of what is bought.
    Low {
        /// How many there were.
        on_hand: u32,
        /// How many there should be.
        reorder_point: u32,
    },
    /// It was ordered.
    Ordered,
    /// Some of it came.
    Received {
        /// How many.
        quantity: u32,
        /// Whether all of it is here now.
        complete: bool,
    },
    /// So many did not come, and will not.
    Closed(u32),
}

/// How far a purchase is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PurchaseState")]
pub enum State {
    /// More is to come.
    Open,
    /// All of it is here.
    Complete,
    /// Not all of it came, and no more will.
    Closed,
}

/// Why something cannot be received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotReceivable {
    /// It is in this state.
    State(State),
    /// Only so many are still to come.
    TooMany(u32),
    /// It came in too many parts.
    TooManyParts,
}

/// Nothing is missing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NothingMissing;

/// A purchase and what it announces.
pub type Next = (Purchase, Vec<PurchaseEvent>);

/// The id of purchase `number` of a thing.
pub fn id_of(sku: &Sku, number: u32) -> PurchaseId {
    PurchaseId::from_digest(&Digest::of(["purchase", sku.as_str(), &number.to_string()]))
}

impl Purchase {
    /// Orders more of what runs low: the purchase, and the supply that remembers it. `None`: there are enough. That no
    /// purchase of it is open, the caller has seen.
    pub fn order(supply: &Supply, now: Timestamp) -> Option<(Next, Supply)> {
        let quantity = supply.to_buy()?;
        let number = supply.purchases.checked_add(1)?;
        let purchase = Self {
            id: id_of(&supply.sku, number),
            sku: supply.sku.clone(),
            quantity,
            ordered_at: now,
            receipts: Vec::new(),
            closed_at: None,
            list: LIST.to_owned(),
            place: now.to_string(),
        };
        let low = PurchaseEvent::Low { on_hand: supply.on_hand, reorder_point: supply.reorder_point };
        let remembered = Supply { purchases: number, ..supply.clone() };
        Some(((purchase, vec![low, PurchaseEvent::Ordered]), remembered))
    }

    /// How many came so far.
    pub fn received(&self) -> u32 {
        self.received_until(self.receipts.len())
    }

    /// How many came with the first `parts` parts.
    fn received_until(&self, parts: usize) -> u32 {
        self.receipts.iter().take(parts).map(|receipt| receipt.quantity).sum()
    }

    /// How many are missing.
    pub fn missing(&self) -> u32 {
        self.quantity.saturating_sub(self.received())
    }

    /// How far it is.
    pub fn state(&self) -> State {
        match (self.missing(), self.closed_at) {
            (0, _) => State::Complete,
            (_, Some(_)) => State::Closed,
            (_, None) => State::Open,
        }
    }

    /// Whether it should have come by now.
    pub fn is_late(&self, patience: Duration, now: Timestamp) -> bool {
        self.state() == State::Open && self.ordered_at.after(patience) <= now
    }

    /// The part that a request with this key was about, and how many had come with it.
    pub fn receipt(&self, key: &str) -> Option<(&Receipt, u32)> {
        let part = self.receipts.iter().position(|receipt| receipt.key == key)?;
        Some((self.receipts.get(part)?, self.received_until(part + 1)))
    }

    /// A part came.
    pub fn receive(&self, receipt: Receipt) -> Result<Next, NotReceivable> {
        if self.state() != State::Open {
            return Err(NotReceivable::State(self.state()));
        }
        if receipt.quantity > self.missing() {
            return Err(NotReceivable::TooMany(self.missing()));
        }
        if self.receipts.len() >= MAX_RECEIPTS {
            return Err(NotReceivable::TooManyParts);
        }
        let quantity = receipt.quantity;
        let mut next = self.clone();
        next.receipts.push(receipt);
        let complete = next.state() == State::Complete;
        Ok((next, vec![PurchaseEvent::Received { quantity, complete }]))
    }

    /// No more will come. `None`: that is known.
    pub fn close(&self, now: Timestamp) -> Result<Option<Next>, NothingMissing> {
        match self.state() {
            State::Complete => Err(NothingMissing),
            State::Closed => Ok(None),
            State::Open => {
                let closed = Self { closed_at: Some(now), ..self.clone() };
                Ok(Some((closed, vec![PurchaseEvent::Closed(self.missing())])))
            }
        }
    }
}
