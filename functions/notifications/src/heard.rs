//! Every event that a person must hear of, and what it comes to. Pure.
//!
//! That an order was placed is not told: a moment later it is reserved or rejected, and that is. A dispute is the
//! staff's business.

use crate::channel::Channel;
use crate::notice::Notice;
use contracts::billing::{AccountAdjusted, InvoiceIssued, PayoutFailed, PayoutPaid};
use contracts::hiring::{ApplicationRejected, TestAssigned, WorkerHired};
use contracts::identity::{AccountLocked, CodeIssued, ContactKind, RolesChanged, SessionsRevoked};
use contracts::jobs::{JobCancelled, JobCreated, JobMissed};
use contracts::matching::{OfferMade, RequestMatched, RequestUnmatched, RequestWaiting};
use contracts::orders::{
    OrderCancelled, OrderDelivered, OrderExpired, OrderPaid, OrderRefunded, OrderRejected, OrderReserved,
    OrderReturned, OrderShipped,
};
use contracts::partners::EndpointDisabled;
use contracts::payments::{InvoiceUnpaid, PaymentFailed, PaymentMethodRemoved, PaymentMethodSaved, RefundFailed};
use contracts::sensors::{AlertRaised, DeviceSilent};
use contracts::training::SessionDue;
use kernel::{AccountId, Money, OrderId};

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
        RequestMatched,
        RequestWaiting,
        RequestUnmatched,
        JobMissed,
        JobCreated,
        JobCancelled,
        PaymentMethodSaved,
        PaymentMethodRemoved,
        OfferMade,
        InvoiceIssued,
        InvoiceUnpaid,
        PayoutPaid,
        PayoutFailed,
        AccountAdjusted,
        CodeIssued,
        AccountLocked,
        SessionsRevoked,
        RolesChanged,
        TestAssigned,
        WorkerHired,
        ApplicationRejected,
        AlertRaised,
        DeviceSilent,
        SessionDue,
        EndpointDisabled,
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
            Heard::RequestMatched(RequestMatched { request, client, from, .. }) => {
                (*client, Notice::RequestMatched { request: *request, from: *from })
            }
            Heard::RequestWaiting(event) => (event.client, Notice::RequestWaiting { request: event.request }),
            Heard::RequestUnmatched(event) => (event.client, Notice::RequestUnmatched { request: event.request }),
            Heard::JobMissed(event) => (event.client, Notice::RequestMissed { request: event.request }),
            Heard::JobCreated(JobCreated { job, worker, from, .. }) => {
                (*worker, Notice::JobCreated { job: *job, from: *from })
            }
            Heard::JobCancelled(event) => (event.worker, Notice::JobCancelled { job: event.job }),
            Heard::PaymentMethodSaved(event) => (event.customer, Notice::PaymentMethodSaved),
            Heard::PaymentMethodRemoved(event) => (event.customer, Notice::PaymentMethodRemoved),
            Heard::OfferMade(OfferMade { worker, from, accept_until, .. }) => {
                (*worker, Notice::OfferMade { from: *from, accept_until: *accept_until })
            }
            Heard::InvoiceIssued(InvoiceIssued { invoice, client, amount, period, pay_until }) => {
                let (invoice, amount, period) = (*invoice, *amount, period.clone());
                (*client, Notice::InvoiceIssued { invoice, amount, period, pay_until: *pay_until })
            }
            Heard::InvoiceUnpaid(InvoiceUnpaid { invoice, client, amount, because }) => {
                let (invoice, amount, because) = (*invoice, *amount, *because);
                (*client, Notice::InvoiceUnpaid { invoice, amount, because })
            }
            Heard::PayoutPaid(event) => {
                (event.worker, Notice::PayoutPaid { amount: event.amount, period: event.period.clone() })
            }
            Heard::PayoutFailed(event) => {
                (event.worker, Notice::PayoutFailed { amount: event.amount, period: event.period.clone() })
            }
            Heard::AccountAdjusted(AccountAdjusted { account, amount, .. }) => {
                let taken = Money::new(amount.amount_minor.saturating_neg(), amount.currency);
                match amount.amount_minor {
                    ..0 => (*account, Notice::AccountFined { amount: taken }),
                    _ => (*account, Notice::AccountCredited { amount: *amount }),
                }
            }
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
            Heard::TestAssigned(TestAssigned { application, candidate, test, begin_until }) => {
                let (application, test, begin_until) = (*application, *test, *begin_until);
                (*candidate, Notice::TestAssigned { application, test, begin_until })
            }
            Heard::WorkerHired(event) => (event.worker, Notice::WorkerHired),
            Heard::ApplicationRejected(event) => (event.candidate, Notice::ApplicationRejected),
            Heard::AlertRaised(AlertRaised { person, device, raised_at, .. }) => {
                (*person, Notice::ReadingsAlert { device: *device, raised_at: *raised_at })
            }
            Heard::DeviceSilent(DeviceSilent { person, device, since, .. }) => {
                (*person, Notice::DeviceSilent { device: *device, since: *since })
            }
            Heard::SessionDue(SessionDue { person, title, begins_at, .. }) => {
                (*person, Notice::SessionDue { title: title.clone(), begins_at: *begins_at })
            }
            Heard::EndpointDisabled(EndpointDisabled { endpoint, partner }) => {
                (*partner, Notice::EndpointDisabled { endpoint: *endpoint })
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
            | Heard::RequestMatched(_)
            | Heard::RequestWaiting(_)
            | Heard::RequestUnmatched(_)
            | Heard::JobMissed(_)
            | Heard::JobCreated(_)
            | Heard::JobCancelled(_)
            | Heard::PaymentMethodSaved(_)
            | Heard::PaymentMethodRemoved(_)
            | Heard::OfferMade(_)
            | Heard::InvoiceIssued(_)
            | Heard::InvoiceUnpaid(_)
            | Heard::PayoutPaid(_)
            | Heard::PayoutFailed(_)
            | Heard::AccountAdjusted(_)
            | Heard::CodeIssued(_)
            | Heard::AccountLocked(_)
            | Heard::SessionsRevoked(_)
            | Heard::RolesChanged(_)
            | Heard::TestAssigned(_)
            | Heard::WorkerHired(_)
            | Heard::ApplicationRejected(_)
            | Heard::AlertRaised(_)
            | Heard::DeviceSilent(_)
            | Heard::SessionDue(_)
            | Heard::EndpointDisabled(_) => None,
        }
    }
}

fn channel(kind: ContactKind) -> Channel {
    match kind {
        ContactKind::Email => Channel::Email,
        ContactKind::Phone => Channel::Sms,
    }
}
