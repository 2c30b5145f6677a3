//! What the orders context publishes: each step of an order that others act on or a person hears of. And what
//! it answers.

use crate::{Question, event, published};
use kernel::{AccountId, Money, OrderId, ReturnId, Sku, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A customer placed an order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderPlaced::example())]
pub struct OrderPlaced {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What was ordered, in the customer's order; a SKU may occur more than once. At most 1,000.
    pub lines: Vec<OrderedLine>,
    /// What the customer is to pay.
    pub total: Money,
}
event!(OrderPlaced = "orders.order-placed.v1", about order);

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OrderedLine {
    /// The SKU.
    pub sku: Sku,
    /// How many, at least 1.
    pub quantity: u32,
}

/// The goods of an order are set aside; the customer is to pay.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderReserved::example())]
pub struct OrderReserved {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What the customer is to pay.
    pub total: Money,
    /// Until when.
    pub pay_until: Timestamp,
}
event!(OrderReserved = "orders.order-reserved.v1", about order);

/// Declares events that say no more than that something happened to an order.
macro_rules! step {
    ($(#[doc = $doc:literal])* $name:ident = $kind:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
        #[schemars(example = step_example())]
        pub struct $name {
            /// The order.
            pub order: OrderId,
            /// Whose it is.
            pub customer: AccountId,
        }
        event!($name = $kind, about order);
    };
}

step! {
    /// There was not enough of something; the order has ended.
    OrderRejected = "orders.order-rejected.v1"
}
step! {
    /// An order was cancelled by its customer: goods go back, and money that was or will be paid as well.
    OrderCancelled = "orders.order-cancelled.v1"
}
step! {
    /// An order was not paid in time. Whether a payment came first is for payments to say.
    OrderExpiring = "orders.order-expiring.v1"
}
step! {
    /// An order was not paid and has ended: its goods are free again.
    OrderExpired = "orders.order-expired.v1"
}
step! {
    /// The goods of an order are packed: it can no longer be cancelled.
    OrderPacked = "orders.order-packed.v1"
}
step! {
    /// The order was handed over to its customer.
    OrderDelivered = "orders.order-delivered.v1"
}

/// An order is paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderPaid::example())]
pub struct OrderPaid {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What was paid.
    pub total: Money,
}
event!(OrderPaid = "orders.order-paid.v1", about order);

/// The order is on its way.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderShipped::example())]
pub struct OrderShipped {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// The carrier's number to follow it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
}
event!(OrderShipped = "orders.order-shipped.v1", about order);

/// The customer returns an order or some of it: goods go back on the shelf, their price goes back to the customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderReturned::example())]
pub struct OrderReturned {
    /// The return: an order may have several.
    pub return_id: ReturnId,
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What is returned: one entry a SKU. At most 1,000.
    pub lines: Vec<OrderedLine>,
    /// What the customer gets back.
    pub refund: Money,
}
event!(OrderReturned = "orders.order-returned.v1", about order);

/// Money of an order went back to its customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OrderRefunded::example())]
pub struct OrderRefunded {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// How much this time.
    pub amount: Money,
}
event!(OrderRefunded = "orders.order-refunded.v1", about order);

published!(
    OrderPlaced,
    OrderReserved,
    OrderRejected,
    OrderCancelled,
    OrderExpiring,
    OrderExpired,
    OrderPaid,
    OrderPacked,
    OrderShipped,
    OrderDelivered,
    OrderReturned,
    OrderRefunded,
);

/// May this order be paid? Answered by `read-payable`; `None` for an order that does not exist.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"order": OrderId::from_bits(1)}))]
pub struct ReadPayable {
    /// The order.
    pub order: OrderId,
}

impl Question for ReadPayable {
    type Reply = Option<PayableOrder>;
    const FUNCTION: &'static str = "read-payable";
}

/// Whether an order may be paid, and by whom.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct PayableOrder {
    /// Whose it is.
    pub customer: AccountId,
    /// Whether it may be paid.
    pub offer: Offer,
}

/// Whether an order may be paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Offer {
    /// Its goods are being set aside.
    NotYet,
    /// Its goods are set aside: it may be paid.
    Open {
        /// What the customer is to pay.
        total: Money,
        /// Until when.
        pay_until: Timestamp,
    },
    /// Not any more.
    Over,
}

/// What every event of an order says.
fn step_example() -> Value {
    json!({"order": OrderId::from_bits(1), "customer": AccountId::from_bits(2)})
}

fn step_with(field: &str, value: Value) -> Value {
    let mut example = step_example();
    example[field] = value;
    example
}

fn pounds(pence: i64) -> Value {
    json!({"amount_minor": pence, "currency": "GBP"})
}

impl OrderPlaced {
    fn example() -> Value {
        let mut example = step_with("total", pounds(1530));
        example["lines"] = json!([{"sku": "85123A", "quantity": 6}]);
        example
    }
}

impl OrderReserved {
    fn example() -> Value {
        let mut example = step_with("total", pounds(1530));
        example["pay_until"] = json!("2026-01-31T12:15:00.000Z");
        example
    }
}

impl OrderPaid {
    fn example() -> Value {
        step_with("total", pounds(1530))
    }
}

impl OrderShipped {
    fn example() -> Value {
        step_with("tracking", json!("RM123456785GB"))
    }
}

impl OrderReturned {
    fn example() -> Value {
        let mut example = step_with("refund", pounds(255));
        example["return_id"] = json!(ReturnId::from_bits(3));
        example["lines"] = json!([{"sku": "85123A", "quantity": 1}]);
        example
    }
}

impl OrderRefunded {
    fn example() -> Value {
        step_with("amount", pounds(255))
    }
}
