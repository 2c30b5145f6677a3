//! How pressing a notice is: whether a person may do without it, and whether it can wait. Pure.

use crate::notice::Notice;
use crate::topic::{Nature, Topic};
use kernel::Timestamp;

impl Notice {
    /// How far the person may do without it.
    pub fn nature(&self) -> Nature {
        match self {
            Notice::OrderShipped { .. } | Notice::OrderDelivered { .. } => Nature::Optional(Topic::Orders),
            Notice::OrderReserved { .. }
            | Notice::OrderRejected { .. }
            | Notice::OrderCancelled { .. }
            | Notice::OrderExpired { .. }
            | Notice::OrderReturned { .. }
            | Notice::RequestMatched { .. }
            | Notice::RequestWaiting { .. }
            | Notice::RequestUnmatched { .. }
            | Notice::RequestMissed { .. }
            | Notice::JobCreated { .. }
            | Notice::JobCancelled { .. }
            | Notice::OfferMade { .. }
            | Notice::Digest { .. } => Nature::Transactional(Topic::Orders),
            Notice::OrderPaid { .. }
            | Notice::OrderRefunded { .. }
            | Notice::PaymentFailed { .. }
            | Notice::RefundFailed { .. }
            | Notice::InvoiceIssued { .. }
            | Notice::InvoiceUnpaid { .. }
            | Notice::PayoutPaid { .. }
            | Notice::PayoutFailed { .. }
            | Notice::AccountCredited { .. }
            | Notice::AccountFined { .. } => Nature::Transactional(Topic::Payments),
            Notice::PaymentMethodSaved
            | Notice::PaymentMethodRemoved
            | Notice::Code { .. }
            | Notice::AccountLocked { .. }
            | Notice::SessionsRevoked { .. }
            | Notice::RolesChanged { .. } => Nature::Security,
            Notice::TestAssigned { .. }
            | Notice::WorkerHired
            | Notice::ApplicationRejected
            | Notice::ReadingsAlert { .. }
            | Notice::DeviceSilent { .. }
            | Notice::SessionDue { .. }
            | Notice::EndpointDisabled { .. } => Nature::Official,
        }
    }

    /// Whether it cannot wait: quiet hours do not delay it, and if one channel fails another one is tried.
    pub fn is_urgent(&self) -> bool {
        let waits_for_payment = matches!(self, Notice::OrderReserved { .. } | Notice::PaymentFailed { .. });
        let sends_somewhere = matches!(self, Notice::JobCreated { .. } | Notice::JobCancelled { .. });
        let waits_for_worker = matches!(self, Notice::OfferMade { .. });
        // The person named the time, or what is worth being woken for.
        let was_wished =
            matches!(self, Notice::SessionDue { .. } | Notice::ReadingsAlert { .. } | Notice::DeviceSilent { .. });
        waits_for_payment || sends_somewhere || waits_for_worker || was_wished || self.nature() == Nature::Security
    }

    /// From when on it is not worth sending any more.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self {
            Notice::OrderReserved { pay_until, .. } => Some(*pay_until),
            Notice::RequestMatched { from, .. } | Notice::JobCreated { from, .. } => Some(*from),
            Notice::OfferMade { accept_until, .. } => Some(*accept_until),
            Notice::Code { expires_at, .. } => Some(*expires_at),
            Notice::TestAssigned { begin_until, .. } => Some(*begin_until),
            Notice::SessionDue { begins_at, .. } => Some(*begins_at),
            _ => None,
        }
    }

    /// Whether it says nothing any more once a later step of its order was told.
    pub fn is_overtaken_by_later_steps(&self) -> bool {
        matches!(self, Notice::OrderReserved { .. } | Notice::OrderShipped { .. })
    }

    /// Whether the person finds it in the feed. A code is for the one who holds the phone or reads the mailbox.
    pub fn is_in_feed(&self) -> bool {
        !matches!(self, Notice::Code { .. } | Notice::Digest { .. })
    }

    /// The topic to be offered to do without, in the letter itself.
    pub fn unsubscribable(&self) -> Option<Topic> {
        match (self, self.nature()) {
            (Notice::Digest { .. }, _) => Some(Topic::Orders),
            (_, Nature::Optional(topic)) => Some(topic),
            (_, Nature::Security | Nature::Official | Nature::Transactional(_)) => None,
        }
    }
}
