//! What a client is to pay for a week. Pure.

use crate::balance::Week;
use crate::calendar::Period;
use kernel::id::Id;
use kernel::{AccountId, Currency, Digest, InvoiceId, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// An invoice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Invoice {
    /// Names it.
    pub id: InvoiceId,
    /// Who is to pay.
    pub client: AccountId,
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
    /// What was paid of it, in minor units.
    pub paid_minor: i64,
    /// Since when nothing of it is due any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
}

/// What an invoice announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvoiceEvent {
    /// It was issued.
    Issued,
    /// All of it is paid.
    Settled,
}

impl Invoice {
    /// The invoice for a week; none if there is nothing to pay.
    pub fn of(week: &Week, now: Timestamp, pay_until: Timestamp) -> Option<Self> {
        Some(Self {
            id: id_of(week.period, week.owner, week.currency),
            client: week.owner,
            period: week.period,
            amount: week.charge()?,
            jobs: week.facts,
            issued_at: now,
            pay_until,
            paid_minor: 0,
            settled_at: None,
        })
    }

    /// So much was paid. An invoice is settled once, and what is paid beyond it stays on the client's account.
    pub fn pay(&self, amount: Money, now: Timestamp) -> (Self, Vec<InvoiceEvent>) {
        let mut invoice = self.clone();
        invoice.paid_minor = invoice.paid_minor.saturating_add(amount.amount_minor);
        if invoice.settled_at.is_some() || invoice.paid_minor < invoice.amount.amount_minor {
            return (invoice, Vec::new());
        }
        invoice.settled_at = Some(now);
        (invoice, vec![InvoiceEvent::Settled])
    }
}

/// A client has one invoice a week and currency.
pub fn id_of(period: Period, client: AccountId, currency: Currency) -> InvoiceId {
    InvoiceId::from_digest(&Digest::of(["invoice", &period.to_string(), &client.to_string(), currency.code()]))
}
