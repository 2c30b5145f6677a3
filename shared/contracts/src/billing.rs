//! What the billing context publishes: what was settled, what is to be paid, and what was paid out.

use crate::{event, published};
use kernel::{AccountId, AdjustmentId, InvoiceId, JobId, Money, PayoutId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A job was settled: what its client owes for it, what its worker earned, or is fined.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = JobSettled::example())]
pub struct JobSettled {
    /// The job.
    pub job: JobId,
    /// Who owes.
    pub client: AccountId,
    /// How much, discount taken off.
    pub charge: Money,
    /// Who worked.
    pub worker: AccountId,
    /// What was earned; zero unless it was completed.
    pub accrual: Money,
    /// What the worker is fined; zero unless it failed.
    pub fine: Money,
}
event!(JobSettled = "billing.job-settled.v1", about job);

/// A client is to pay for a week. Payments charges the client's saved method.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = InvoiceIssued::example())]
pub struct InvoiceIssued {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: AccountId,
    /// How much; more than nothing.
    pub amount: Money,
    /// The Sunday that ends the week, `2026-02-01`.
    pub period: String,
    /// Until when.
    pub pay_until: Timestamp,
}
event!(InvoiceIssued = "billing.invoice-issued.v1", about invoice);

/// A client's invoice is paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = InvoiceSettled::example())]
pub struct InvoiceSettled {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Who paid.
    pub client: AccountId,
    /// How much.
    pub amount: Money,
}
event!(InvoiceSettled = "billing.invoice-settled.v1", about invoice);

/// Declares the steps of a payout.
macro_rules! payout {
    ($(#[doc = $doc:literal])* $name:ident = $kind:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
        #[schemars(example = payout_example())]
        pub struct $name {
            /// The payout.
            pub payout: PayoutId,
            /// To whom.
            pub worker: AccountId,
            /// How much.
            pub amount: Money,
            /// The Sunday that ends the week, `2026-02-01`.
            pub period: String,
        }
        event!($name = $kind, about payout);
    };
}

payout! {
    /// A worker's earnings of a week are set aside to be paid out.
    PayoutPlanned = "billing.payout-planned.v1"
}
payout! {
    /// A worker was paid.
    PayoutPaid = "billing.payout-paid.v1"
}
payout! {
    /// The provider refused a payout for good: the money is the worker's balance again.
    PayoutFailed = "billing.payout-failed.v1"
}

/// A weekly run has looked at everybody. Payouts may still be under way.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RunFinished::example())]
pub struct RunFinished {
    /// The Sunday that ends the week, `2026-02-01`.
    pub period: String,
    /// How many invoices it issued.
    pub invoices: u64,
    /// How many payouts it planned.
    pub payouts: u64,
}
event!(RunFinished = "billing.run-finished.v1", about period);

/// A part of a weekly run has more accounts to look at. Billing's own: how a run hands its work to itself, page by page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"period": "2026-02-01", "part": 7, "step": 3}))]
pub struct PageDue {
    /// The Sunday that ends the week, `2026-02-01`.
    pub period: String,
    /// Which part of all accounts.
    pub part: u8,
    /// Which of its pages.
    pub step: u32,
}
event!(PageDue = "billing.page-due.v1", about period);

/// A manager credited or fined somebody.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = AccountAdjusted::example())]
pub struct AccountAdjusted {
    /// The adjustment.
    pub adjustment: AdjustmentId,
    /// Whose balance.
    pub account: AccountId,
    /// By how much; a fine is negative.
    pub amount: Money,
    /// Who asked for it.
    pub proposed_by: AccountId,
    /// Who approved it, where two are needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<AccountId>,
}
event!(AccountAdjusted = "billing.account-adjusted.v1", about adjustment);

/// A credit or fine above the limit waits for a second manager.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = AdjustmentProposed::example())]
pub struct AdjustmentProposed {
    /// The adjustment.
    pub adjustment: AdjustmentId,
    /// Whose balance.
    pub account: AccountId,
    /// By how much; a fine is negative.
    pub amount: Money,
    /// Who asked for it.
    pub proposed_by: AccountId,
}
event!(AdjustmentProposed = "billing.adjustment-proposed.v1", about adjustment);

published!(
    JobSettled,
    InvoiceIssued,
    InvoiceSettled,
    PayoutPlanned,
    PayoutPaid,
    PayoutFailed,
    PageDue,
    RunFinished,
    AccountAdjusted,
    AdjustmentProposed,
);

fn roubles(minor: i64) -> Value {
    json!({"amount_minor": minor, "currency": "RUB"})
}

impl JobSettled {
    fn example() -> Value {
        json!({
            "job": JobId::from_bits(14),
            "client": AccountId::from_bits(2),
            "charge": roubles(9_500),
            "worker": AccountId::from_bits(3),
            "accrual": roubles(6_000),
            "fine": roubles(0),
        })
    }
}

impl InvoiceIssued {
    fn example() -> Value {
        json!({
            "invoice": InvoiceId::from_bits(21),
            "client": AccountId::from_bits(2),
            "amount": roubles(19_000),
            "period": "2026-02-01",
            "pay_until": "2026-02-08T00:00:00.000Z",
        })
    }
}

impl InvoiceSettled {
    fn example() -> Value {
        json!({"invoice": InvoiceId::from_bits(21), "client": AccountId::from_bits(2), "amount": roubles(19_000)})
    }
}

fn payout_example() -> Value {
    json!({
        "payout": PayoutId::from_bits(22),
        "worker": AccountId::from_bits(3),
        "amount": roubles(6_000),
        "period": "2026-02-01",
    })
}

impl RunFinished {
    fn example() -> Value {
        json!({"period": "2026-02-01", "invoices": 120, "payouts": 48})
    }
}

impl AccountAdjusted {
    fn example() -> Value {
        let mut example = AdjustmentProposed::example();
        example["approved_by"] = json!(AccountId::from_bits(5));
        example
    }
}

impl AdjustmentProposed {
    fn example() -> Value {
        json!({
            "adjustment": AdjustmentId::from_bits(23),
            "account": AccountId::from_bits(3),
            "amount": roubles(-2_000),
            "proposed_by": AccountId::from_bits(4),
        })
    }
}
