//! How invoices look to their clients.

use crate::calendar::Period;
use crate::invoice::Invoice;
use kernel::{InvoiceId, Money, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// An invoice.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvoiceView {
    /// Names it.
    pub id: InvoiceId,
    /// For which week.
    pub period: Period,
    /// How much: the sum of the week's jobs.
    pub amount: Money,
    /// How many jobs.
    pub jobs: u32,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it is to be paid.
    pub pay_until: Timestamp,
    /// What was paid of it.
    pub paid: Money,
    /// Since when nothing of it is due any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
}

impl From<Invoice> for InvoiceView {
    fn from(invoice: Invoice) -> Self {
        let Invoice {
            id,
            period,
            amount,
            jobs,
            issued_at,
            pay_until,
            paid_minor,
            settled_at,
            ..
        } = invoice;
        let paid = Money::new(paid_minor, amount.currency);
        Self {
            id,
            period,
            amount,
            jobs,
            issued_at,
            pay_until,
            paid,
            settled_at,
        }
    }
}
