//! What is paid: an order, a client's invoice, or something onto a balance. Pure.

use crate::payment::PaymentEvent;
use kernel::{InvoiceId, OrderId, TopUpId};
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// What is paid. Written as the id alone, which says by its prefix what it names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Purpose {
    /// An order.
    Order(OrderId),
    /// What a client owes for a week.
    Invoice(InvoiceId),
    /// Something onto a balance.
    TopUp(TopUpId),
}

/// The id of nothing that is paid here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoPurpose;

impl Purpose {
    /// What it is called where its id stands: at the provider, in logs.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Order(_) => "order",
            Purpose::Invoice(_) => "invoice",
            Purpose::TopUp(_) => "top_up",
        }
    }

    /// The order, if it is one.
    pub fn order(self) -> Option<OrderId> {
        match self {
            Purpose::Order(order) => Some(order),
            Purpose::Invoice(_) | Purpose::TopUp(_) => None,
        }
    }

    /// Whether something of this kind announces that. What concerns nobody but the one who pays is announced of orders
    /// only.
    pub fn announces(self, event: &PaymentEvent) -> bool {
        match (self, event) {
            (Purpose::Order(_), event) => !matches!(event, PaymentEvent::Unpaid(_)),
            (Purpose::Invoice(_), event) => matches!(event, PaymentEvent::Succeeded(_) | PaymentEvent::Unpaid(_)),
            (Purpose::TopUp(_), event) => matches!(event, PaymentEvent::Succeeded(_)),
        }
    }
}

impl From<OrderId> for Purpose {
    fn from(order: OrderId) -> Self {
        Purpose::Order(order)
    }
}

impl From<InvoiceId> for Purpose {
    fn from(invoice: InvoiceId) -> Self {
        Purpose::Invoice(invoice)
    }
}

impl From<TopUpId> for Purpose {
    fn from(top_up: TopUpId) -> Self {
        Purpose::TopUp(top_up)
    }
}

impl Display for Purpose {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Purpose::Order(order) => order.fmt(f),
            Purpose::Invoice(invoice) => invoice.fmt(f),
            Purpose::TopUp(top_up) => top_up.fmt(f),
        }
    }
}

impl FromStr for Purpose {
    type Err = NoPurpose;

    fn from_str(id: &str) -> Result<Self, NoPurpose> {
        let order = id.parse().map(Purpose::Order).ok();
        let other = || id.parse().map(Purpose::Invoice).ok().or_else(|| id.parse().map(Purpose::TopUp).ok());
        order.or_else(other).ok_or(NoPurpose)
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.to_string()
    }
}

impl TryFrom<String> for Purpose {
    type Error = NoPurpose;

    fn try_from(id: String) -> Result<Self, NoPurpose> {
        id.parse()
    }
}

impl Display for NoPurpose {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("names nothing that is paid")
    }
}
