//! An order: what it holds and how it begins. How it goes on is in [`life`](crate::life).

use contracts::catalog::Shortage;
use kernel::{AccountId, Currency, Money, OrderId, RefundId, Sku, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Above this many lines an order keeps them in items of their own: the order's item is rewritten at each step, and
/// every started kilobyte of it is paid for each time.
pub const MAX_INLINE_LINES: usize = 50;
/// How many lines one of those items holds.
pub const LINES_A_PART: usize = 100;

/// An order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Names it.
    pub id: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// How far it is.
    pub state: State,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// What the customer is to pay, tax included, in minor units.
    pub total_minor: i64,
    /// The tax in it.
    pub tax_minor: i64,
    /// What of it is for the delivery.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub delivery_minor: i64,
    /// The lines, in the customer's order. Empty if they are apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
    /// How many items of [`LINES_A_PART`] lines they are in. 0: they are inline.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parts: u16,
    /// Where it goes.
    pub address: Address,
    /// How it came to its state: each step but the placing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Step>,
    /// Fingerprint of the request that placed it.
    pub request: String,
    /// The request that cancelled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<Command>,
    /// Until when it is to be paid, once it is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<Timestamp>,
    /// The carrier's number to follow it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// How many returns there are of it. They are items of their own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub returns: u16,
    /// Money that went back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// When it last announced once more what nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_again_at: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde passes it")]
fn is_zero(count: &u16) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde passes it")]
fn is_nothing(minor: &i64) -> bool {
    *minor == 0
}

/// Money of an order that went back to its customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Names it.
    pub id: RefundId,
    /// How much, in minor units.
    #[serde(rename = "minor")]
    pub amount_minor: i64,
}

/// How far an order is.
///
/// ```text
/// placed ──▶ reserved ──▶ paid ──▶ packed ──▶ shipped ──▶ delivered ──▶ returned
///   │           │  │        │
///   │           │  └▶ expiring ──▶ expired          (a payment that came first leads back to paid)
///   ▼           ▼           ▼
/// rejected    cancelled   cancelled
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The customer placed it; the catalog has not answered yet.
    Placed,
    /// Its goods are set aside; the customer is to pay.
    Reserved,
    /// There was not enough of something.
    Rejected,
    /// It was not paid in time; whether a payment came first is being found out.
    Expiring,
    /// It was not paid.
    Expired,
    /// The customer cancelled it.
    Cancelled,
    /// It is paid.
    Paid,
    /// It is packed.
    Packed,
    /// It is on its way.
    Shipped,
    /// The customer has it.
    Delivered,
    /// All of it came back.
    Returned,
}

/// One step of an order's timeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The state it came to.
    pub state: State,
    /// When.
    pub at: Timestamp,
    /// What was short, if it was rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<Shortage>,
}

/// So many of one SKU, at the price of the day it was ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The SKU.
    pub sku: Sku,
    /// Its title then.
    pub title: String,
    /// How many.
    #[serde(rename = "qty")]
    pub quantity: u32,
    /// Price of one, tax included, in minor units.
    #[serde(rename = "unit")]
    pub unit_minor: i64,
    /// Tax in the line, in minor units.
    #[serde(rename = "tax")]
    pub tax_minor: i64,
}

/// Where an order goes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives it.
    pub name: Text<1, 100>,
    /// Street and number.
    pub street: Text<1, 200>,
    /// Town.
    pub city: Text<1, 100>,
    /// Postal code.
    pub postcode: Text<1, 20>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Text<2, 2>,
}

/// What an order announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderEvent {
    /// It was placed.
    Placed,
    /// Its goods are set aside.
    Reserved,
    /// There was not enough.
    Rejected,
    /// Its customer cancelled it.
    Cancelled,
    /// It was not paid in time.
    Expiring,
    /// It has ended unpaid.
    Expired,
    /// It is paid.
    Paid,
    /// It is packed.
    Packed,
    /// It is on its way.
    Shipped,
    /// The customer has it.
    Delivered,
    /// So much of its money went back, in minor units.
    Refunded(i64),
}

/// Lines with their sums, ready to be ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basket {
    /// The lines, in the customer's order.
    pub lines: Vec<Line>,
    /// What they and their delivery cost, tax included.
    pub total: Money,
    /// The tax in it.
    pub tax: Money,
    /// What of the total is for the delivery.
    pub delivery: Money,
}

/// A request that changed an order, kept so that its repetition is recognised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Command {
    /// Its idempotency key, as stored.
    pub key: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Why, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Order {
    /// A new order, and its lines if they are kept apart (else none).
    pub fn place(
        id: OrderId,
        customer: AccountId,
        basket: Basket,
        address: Address,
        request: &str,
        now: Timestamp,
    ) -> (Order, Vec<Line>) {
        let (lines, apart) = match basket.lines.len() {
            0..=MAX_INLINE_LINES => (basket.lines, Vec::new()),
            _ => (Vec::new(), basket.lines),
        };
        let order = Order {
            id,
            customer,
            state: State::Placed,
            placed_at: now,
            currency: basket.total.currency,
            total_minor: basket.total.amount_minor,
            tax_minor: basket.tax.amount_minor,
            delivery_minor: basket.delivery.amount_minor,
            lines,
            parts: u16::try_from(apart.len().div_ceil(LINES_A_PART)).unwrap_or(u16::MAX),
            address,
            timeline: Vec::new(),
            request: request.to_owned(),
            cancelled_by: None,
            pay_until: None,
            tracking: None,
            returns: 0,
            refunds: Vec::new(),
            told_again_at: None,
        };
        (order, apart)
    }

    /// So many minor units in the order's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// What the customer is to pay.
    pub fn total(&self) -> Money {
        self.money(self.total_minor)
    }

    /// The tax in it.
    pub fn tax(&self) -> Money {
        self.money(self.tax_minor)
    }

    /// What went back to the customer.
    pub fn refunded(&self) -> Money {
        self.money(self.refunds.iter().map(|refund| refund.amount_minor).sum())
    }

    /// When it came to `state`, if it did.
    pub fn came_to(&self, state: State) -> Option<Timestamp> {
        self.timeline.iter().find(|step| step.state == state).map(|step| step.at)
    }
}
