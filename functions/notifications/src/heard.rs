//! Every event that a person must hear of, and what it comes to. Pure.
//!
//! That an order was placed is not told: a moment later it is reserved or rejected, and that is. A dispute is the
//! staff's business.

use crate::channel::Channel;
use crate::notice::Notice;
use contracts::identity::{AccountLocked, CodeIssued, ContactKind, RolesChanged, SessionsRevoked};
use contracts::orders::{
    OrderCancelled, OrderDelivered, OrderExpired, OrderPaid, OrderRefunded, OrderRejected, OrderReserved,
    OrderReturned, OrderShipped,
};
use contracts::payments::{PaymentFailed, PaymentMethodRemoved, PaymentMethodSaved, RefundFailed};
use kernel::{AccountId, OrderId};

contracts::one_of! {
    /// What this context hears.
    pub enum Heard {
        OrderReserved,
        OrderRejected,
        OrderCancelled,
        OrderExpired,
        OrderPaid,
        OrderShipped,
        OrderDelivered,
        OrderReturned,
        OrderRefunded,
        PaymentFailed,
        RefundFailed,
        PaymentMethodSaved,
        PaymentMethodRemoved,
        CodeIssued,
        AccountLocked,
        SessionsRevoked,
        RolesChanged,
    }
}

impl Heard {
    /// Whom to tell what.
    pub fn notice(&self) -> (AccountId, Notice) {
        match self {
            Heard::OrderReserved(OrderReserved { order, customer, total, pay_until }) => {
                (*customer, Notice::OrderReserved { order: *order, total: *total, pay_until: *pay_until })
            }
            Heard::OrderRejected(event) => (event.customer, Notice::OrderRejected { order: event.order }),
            Heard::OrderCancelled(event) => (event.customer, Notice::OrderCancelled { order: event.order }),
            Heard::OrderExpired(event) => (event.customer, Notice::OrderExpired { order: event.order }),
            Heard::OrderPaid(OrderPaid { order, customer, total }) => {
                (*customer, Notice::OrderPaid { order: *order, total: *total })
            }
            Heard::OrderShipped(OrderShipped { order, customer, tracking }) => {
                (*customer, Notice::OrderShipped { order: *order, tracking: tracking.clone() })
            }
            Heard::OrderDelivered(event) => (event.customer, Notice::OrderDelivered { order: event.order }),
            Heard::OrderReturned(OrderReturned { order, customer, lines, refund, .. }) => {
                let pieces = lines.iter().map(|line| u64::from(line.quantity)).sum();
                (*customer, Notice::OrderReturned { order: *order, pieces, refund: *refund })
            }
            Heard::OrderRefunded(OrderRefunded { order, customer, amount }) => {
                (*customer, Notice::OrderRefunded { order: *order, amount: *amount })
            }
            Heard::PaymentFailed(event) => (event.customer, Notice::PaymentFailed { order: event.order }),
            Heard::RefundFailed(RefundFailed { order, customer, amount, .. }) => {
                (*customer, Notice::RefundFailed { order: *order, amount: *amount })
            }
            Heard::PaymentMethodSaved(event) => (event.customer, Notice::PaymentMethodSaved),
            Heard::PaymentMethodRemoved(event) => (event.customer, Notice::PaymentMethodRemoved),
            Heard::CodeIssued(CodeIssued { account, kind, purpose, sealed, expires_at }) => {
                let (to, sealed) = (channel(*kind), sealed.clone());
                (*account, Notice::Code { to, purpose: *purpose, sealed, expires_at: *expires_at })
            }
            Heard::AccountLocked(AccountLocked { account, until }) => {
                (*account, Notice::AccountLocked { until: *until })
            }
            Heard::SessionsRevoked(SessionsRevoked { account, reason }) => {
                (*account, Notice::SessionsRevoked { reason: reason.clone() })
            }
            Heard::RolesChanged(RolesChanged { account, roles, .. }) => {
                (*account, Notice::RolesChanged { roles: roles.clone() })
            }
        }
    }

    /// The order of which this is a step, if the order itself announces it: its steps have an order among each other.
    pub fn step_of(&self) -> Option<OrderId> {
        match self {
            Heard::OrderReserved(event) => Some(event.order),
            Heard::OrderRejected(event) => Some(event.order),
            Heard::OrderCancelled(event) => Some(event.order),
            Heard::OrderExpired(event) => Some(event.order),
            Heard::OrderPaid(event) => Some(event.order),
            Heard::OrderShipped(event) => Some(event.order),
            Heard::OrderDelivered(event) => Some(event.order),
            Heard::OrderReturned(event) => Some(event.order),
            Heard::OrderRefunded(event) => Some(event.order),
            Heard::PaymentFailed(_)
            | Heard::RefundFailed(_)
            | Heard::PaymentMethodSaved(_)
            | Heard::PaymentMethodRemoved(_)
            | Heard::CodeIssued(_)
            | Heard::AccountLocked(_)
            | Heard::SessionsRevoked(_)
            | Heard::RolesChanged(_) => None,
        }
    }
}

fn channel(kind: ContactKind) -> Channel {
    match kind {
        ContactKind::Email => Channel::Email,
        ContactKind::Phone => Channel::Sms,
    }
}
