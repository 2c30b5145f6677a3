//! A customer looks at the payment of an order.
//!
//! Called by a signed-in customer. Somebody else's order is not found. Shows what was paid and what was given back, by
//! a strongly consistent read.

use crate::attempt::{Attempt, Progress};
use crate::payable::Payable;
use crate::payment::{Payment, Standing};
use crate::refund::{Refund, RefundState};
use crate::store::{payable_key, payment_key};
use kernel::{Money, OrderId, PaymentId, RefundId};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// The payment of an order as its customer sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PaymentView {
    /// The order.
    pub order: OrderId,
    /// How far it is.
    pub state: PaymentState,
    /// What came and what went back: one entry for each time that money came.
    pub payments: Vec<CaptureView>,
}

/// How far the payment of an order is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentState {
    /// Nobody is paying it.
    Unpaid,
    /// A payment was started.
    Paying,
    /// It is paid.
    Paid,
    /// No more money is wanted; whether some came is being settled.
    Closing,
    /// No more money will come.
    Closed,
}

/// Money that came for an order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CaptureView {
    /// The payment.
    pub id: PaymentId,
    /// How much came.
    pub paid: Money,
    /// How much of it was given back, or is on its way.
    pub refunded: Money,
    /// The refunds.
    pub refunds: Vec<RefundView>,
}

/// Money that goes back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RefundView {
    /// The refund.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub state: RefundProgress,
}

/// How far a refund is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefundProgress {
    /// On its way.
    Pending,
    /// Done.
    Succeeded,
    /// It failed; the support finds another way.
    Failed,
}

/// `GET /v1/orders/{order}/payments`
pub fn function() -> Function {
    http::get("/v1/orders/{order}/payments", get_payment)
}

/// Reads the payment, and the order where there is none yet.
pub async fn get_payment(
    customer: Customer,
    Path(order): Path<OrderId>,
    payments: TableReader,
) -> Result<http::Ok<PaymentView>, Failure<Infallible>> {
    let (payment, payable) =
        platform::both(payments.get::<Payment>(&payment_key(order)), payments.get::<Payable>(&payable_key(order)))
            .await?;
    let version = payment.as_ref().map(|payment| payment.version);
    let payable = payable.map(|payable| Payment::of(order, payable.value.customer));
    let payment = payment.map(|payment| payment.value).or(payable);
    let payment = payment.filter(|payment| payment.customer == customer.account).ok_or_else(http::not_found)?;
    let body = PaymentView {
        order,
        state: state(&payment),
        payments: payment.attempts.iter().filter_map(capture).collect(),
    };
    Ok(http::Ok { version, body })
}

fn state(payment: &Payment) -> PaymentState {
    match payment.standing {
        Standing::Payable if payment.attempts.iter().any(Attempt::is_live) => PaymentState::Paying,
        Standing::Payable => PaymentState::Unpaid,
        Standing::Paid { .. } => PaymentState::Paid,
        Standing::Closing { .. } => PaymentState::Closing,
        Standing::Closed { .. } => PaymentState::Closed,
    }
}

fn capture(attempt: &Attempt) -> Option<CaptureView> {
    let Progress::Captured { amount, refunds, .. } = &attempt.progress else {
        return None;
    };
    Some(CaptureView {
        id: attempt.id,
        paid: *amount,
        refunded: Money::new(amount.amount_minor - attempt.kept_minor(), amount.currency),
        refunds: refunds.iter().map(refund).collect(),
    })
}

fn refund(refund: &Refund) -> RefundView {
    let state = match refund.state {
        RefundState::Asked { .. } | RefundState::Pending { .. } => RefundProgress::Pending,
        RefundState::Done => RefundProgress::Succeeded,
        RefundState::Failed { .. } => RefundProgress::Failed,
    };
    RefundView { id: refund.id, amount: refund.amount, state }
}
