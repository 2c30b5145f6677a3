//! What the payments context publishes: money that came, money that went back, and what will never come.

use crate::{event, published};
use kernel::{AccountId, BreakId, InvoiceId, Money, OrderId, PaymentId, PaymentMethodId, RefundId, ReturnId, TopUpId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An order was paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PaymentSucceeded::example())]
pub struct PaymentSucceeded {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// The payment.
    pub payment: PaymentId,
    /// What was captured.
    pub amount: Money,
}
event!(PaymentSucceeded = "payments.payment-succeeded.v1", about order);

/// An attempt to pay failed; the customer may try again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PaymentFailed::example())]
pub struct PaymentFailed {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// The payment.
    pub payment: PaymentId,
    /// The provider's word for it, such as `card_declined`.
    pub reason: String,
}
event!(PaymentFailed = "payments.payment-failed.v1", about order);

/// Nothing was paid for an order, and nothing will be.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PaymentClosed::example())]
pub struct PaymentClosed {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
}
event!(PaymentClosed = "payments.payment-closed.v1", about order);

/// Money went back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RefundSucceeded::example())]
pub struct RefundSucceeded {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// The refund: an order may have several.
    pub refund: RefundId,
    /// How much.
    pub amount: Money,
    /// The return it is for, if it is for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<ReturnId>,
}
event!(RefundSucceeded = "payments.refund-succeeded.v1", about order);

/// The provider could not give money back: people must find another way.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RefundFailed::example())]
pub struct RefundFailed {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// The refund.
    pub refund: RefundId,
    /// How much.
    pub amount: Money,
    /// The provider's word for it, such as `expired_or_canceled_card`.
    pub reason: String,
}
event!(RefundFailed = "payments.refund-failed.v1", about order);

/// A customer saved a method to pay with later.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PaymentMethodSaved::example())]
pub struct PaymentMethodSaved {
    /// Whose it is.
    pub customer: AccountId,
    /// The method.
    pub method: PaymentMethodId,
}
event!(PaymentMethodSaved = "payments.payment-method-saved.v1", about customer);

/// A customer removed a saved method.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = PaymentMethodSaved::example())]
pub struct PaymentMethodRemoved {
    /// Whose it was.
    pub customer: AccountId,
    /// The method.
    pub method: PaymentMethodId,
}
event!(PaymentMethodRemoved = "payments.payment-method-removed.v1", about customer);

/// The holder of a card disputes a payment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = DisputeOpened::example())]
pub struct DisputeOpened {
    /// The order.
    pub order: OrderId,
    /// The payment.
    pub payment: PaymentId,
    /// How much of it.
    pub amount: Money,
    /// The provider's word for it, such as `fraudulent`.
    pub reason: String,
}
event!(DisputeOpened = "payments.dispute-opened.v1", about order);

/// A client's invoice was paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = InvoicePaid::example())]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose it is.
    pub client: AccountId,
    /// The payment.
    pub payment: PaymentId,
    /// What was captured.
    pub amount: Money,
}
event!(InvoicePaid = "payments.invoice-paid.v1", about invoice);

/// Why a client's invoice was not paid off-session: the client is to act.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unpaid {
    /// There is no saved method to charge.
    NoMethod,
    /// The bank wants the client to confirm.
    ActionRequired,
    /// The method was declined.
    Declined,
}

/// A client's invoice could not be charged; the client may pay it still.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = InvoiceUnpaid::example())]
pub struct InvoiceUnpaid {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Whose it is.
    pub client: AccountId,
    /// What is due.
    pub amount: Money,
    /// Why.
    pub because: Unpaid,
}
event!(InvoiceUnpaid = "payments.invoice-unpaid.v1", about invoice);

/// Somebody paid something onto a balance.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = BalanceToppedUp::example())]
pub struct BalanceToppedUp {
    /// The top-up.
    pub top_up: TopUpId,
    /// Whose balance.
    pub account: AccountId,
    /// The payment.
    pub payment: PaymentId,
    /// What was captured.
    pub amount: Money,
}
event!(BalanceToppedUp = "payments.balance-topped-up.v1", about top_up);

/// What differs between our payments and the provider's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BreakKind {
    /// The provider moved money of which we know nothing, or which the ledger does not have.
    MissingHere,
    /// We say that money moved of which the provider knows nothing.
    MissingThere,
    /// The amount.
    Amount,
    /// The currency.
    Currency,
    /// How far it is: one side says that money moved, or that it moved for good, and the other does not.
    State,
}

impl std::fmt::Display for BreakKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BreakKind::MissingHere => "missing-here",
            BreakKind::MissingThere => "missing-there",
            BreakKind::Amount => "amount",
            BreakKind::Currency => "currency",
            BreakKind::State => "state",
        })
    }
}

/// Our payments and the provider's differ: a manager is to look into it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = BreakFound::example())]
pub struct BreakFound {
    /// The break.
    pub id: BreakId,
    /// What differs.
    pub kind: BreakKind,
    /// The provider's name of what it is about; ours of a refund that the provider does not know.
    pub object: String,
    /// The order, invoice or top-up that is paid.
    pub paid: String,
    /// The amount that we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Money>,
    /// The amount that the provider knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Money>,
}
event!(BreakFound = "payments.break-found.v1", about id);

/// A difference between our payments and the provider's needs nobody any more.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = BreakClosed::example())]
pub struct BreakClosed {
    /// The break.
    pub id: BreakId,
    /// What differed.
    pub kind: BreakKind,
    /// What it was about.
    pub object: String,
    /// The manager who closed it; absent if both sides came to agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<AccountId>,
}
event!(BreakClosed = "payments.break-closed.v1", about id);

published!(
    PaymentSucceeded,
    PaymentFailed,
    PaymentClosed,
    RefundSucceeded,
    RefundFailed,
    PaymentMethodSaved,
    PaymentMethodRemoved,
    DisputeOpened,
    InvoicePaid,
    InvoiceUnpaid,
    BalanceToppedUp,
    BreakFound,
    BreakClosed,
);

fn with(fields: Value) -> Value {
    let mut example = json!({"order": OrderId::from_bits(1), "customer": AccountId::from_bits(2)});
    if let (Some(example), Value::Object(fields)) = (example.as_object_mut(), fields) {
        example.extend(fields);
    }
    example
}

impl PaymentSucceeded {
    fn example() -> Value {
        with(json!({"payment": PaymentId::from_bits(4), "amount": {"amount_minor": 1530, "currency": "GBP"}}))
    }
}

impl PaymentFailed {
    fn example() -> Value {
        with(json!({"payment": PaymentId::from_bits(4), "reason": "card_declined"}))
    }
}

impl PaymentClosed {
    fn example() -> Value {
        with(json!({}))
    }
}

impl RefundSucceeded {
    fn example() -> Value {
        with(json!({
            "refund": RefundId::from_bits(5),
            "amount": {"amount_minor": 255, "currency": "GBP"},
            "return_id": ReturnId::from_bits(3),
        }))
    }
}

impl RefundFailed {
    fn example() -> Value {
        with(json!({
            "refund": RefundId::from_bits(5),
            "amount": {"amount_minor": 255, "currency": "GBP"},
            "reason": "expired_or_canceled_card",
        }))
    }
}

impl PaymentMethodSaved {
    fn example() -> Value {
        json!({"customer": AccountId::from_bits(2), "method": PaymentMethodId::from_bits(6)})
    }
}

impl InvoicePaid {
    fn example() -> Value {
        json!({
            "invoice": InvoiceId::from_bits(21),
            "client": AccountId::from_bits(2),
            "payment": PaymentId::from_bits(4),
            "amount": {"amount_minor": 19_000, "currency": "RUB"},
        })
    }
}

impl InvoiceUnpaid {
    fn example() -> Value {
        json!({
            "invoice": InvoiceId::from_bits(21),
            "client": AccountId::from_bits(2),
            "amount": {"amount_minor": 19_000, "currency": "RUB"},
            "because": "no-method",
        })
    }
}

impl BalanceToppedUp {
    fn example() -> Value {
        json!({
            "top_up": TopUpId::from_bits(24),
            "account": AccountId::from_bits(2),
            "payment": PaymentId::from_bits(4),
            "amount": {"amount_minor": 50_000, "currency": "RUB"},
        })
    }
}

impl BreakFound {
    fn example() -> Value {
        json!({
            "id": BreakId::from_bits(30),
            "kind": "missing-here",
            "object": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "paid": OrderId::from_bits(1),
            "theirs": {"amount_minor": 1530, "currency": "GBP"},
        })
    }
}

impl BreakClosed {
    fn example() -> Value {
        json!({
            "id": BreakId::from_bits(30),
            "kind": "missing-here",
            "object": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "closed_by": AccountId::from_bits(9),
        })
    }
}

impl DisputeOpened {
    fn example() -> Value {
        json!({
            "order": OrderId::from_bits(1),
            "payment": PaymentId::from_bits(4),
            "amount": {"amount_minor": 1530, "currency": "GBP"},
            "reason": "fraudulent",
        })
    }
}
