//! Publishes what payments, saved methods and breaks announce.
//!
//! Reads the stream of the payments table; writes nothing. What an event says was decided when it was announced and
//! never changes afterwards, so it can be read from the item at any later version.

use crate::compare::Said;
use crate::discrepancy::{Break, BreakEvent};
use crate::method::{MethodEvent, SavedMethod};
use crate::payment::{Payment, PaymentEvent};
use crate::purpose::Purpose;
use crate::refund::{Refund, RefundState};
use contracts::payments::{
    BalanceToppedUp, BreakClosed, BreakFound, DisputeOpened, InvoicePaid, InvoiceUnpaid, PaymentClosed, PaymentFailed,
    PaymentMethodRemoved, PaymentMethodSaved, PaymentSucceeded, Published, RefundFailed, RefundSucceeded,
};
use kernel::{InvoiceId, OrderId, PaymentId, RefundId, TopUpId};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the payments table
pub fn function() -> Function {
    relay::from_outbox(relay_payments)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_payments(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Payment::KIND => {
            let (payment, outbox) = change.read::<Payment>()?;
            outbox.events.into_iter().map(|event| announced(&payment, event)).collect()
        }
        SavedMethod::KIND => {
            let (method, outbox) = change.read::<SavedMethod>()?;
            Ok(outbox.events.into_iter().map(|event| method_announced(&method, event)).collect())
        }
        Break::KIND => {
            let (found, outbox) = change.read::<Break>()?;
            Ok(outbox.events.into_iter().map(|event| break_announced(&found, event)).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn announced(payment: &Payment, event: PaymentEvent) -> Result<Published, Error> {
    match payment.purpose {
        Purpose::Order(order) => of_order(payment, order, event),
        Purpose::Invoice(invoice) => of_invoice(payment, invoice, event),
        Purpose::TopUp(top_up) => of_top_up(payment, top_up, event),
    }
}

fn of_order(payment: &Payment, order: OrderId, event: PaymentEvent) -> Result<Published, Error> {
    let customer = payment.customer;
    Ok(match event {
        PaymentEvent::Succeeded(id) => {
            let amount = attempt(payment, id)?.amount;
            PaymentSucceeded { order, customer, payment: id, amount }.into()
        }
        PaymentEvent::Failed(id) => {
            let reason = attempt(payment, id)?.declined.clone().unwrap_or_default();
            PaymentFailed { order, customer, payment: id, reason }.into()
        }
        PaymentEvent::Closed => PaymentClosed { order, customer }.into(),
        PaymentEvent::Refunded(id) => {
            let refund = refund(payment, id)?;
            let (amount, return_id) = (refund.amount, refund.return_id());
            RefundSucceeded { order, customer, refund: id, amount, return_id }.into()
        }
        PaymentEvent::RefundFailed(id) => {
            let refund = refund(payment, id)?;
            let reason = match &refund.state {
                RefundState::Failed { reason } => reason.clone(),
                RefundState::Asked { .. } | RefundState::Pending { .. } | RefundState::Done => String::new(),
            };
            RefundFailed { order, customer, refund: id, amount: refund.amount, reason }.into()
        }
        PaymentEvent::Disputed(id) => disputed(payment, order, &id)?.into(),
        PaymentEvent::Unpaid(_) => return Err(missing(payment, "an invoice")),
    })
}

fn of_invoice(payment: &Payment, invoice: InvoiceId, event: PaymentEvent) -> Result<Published, Error> {
    let client = payment.customer;
    match event {
        PaymentEvent::Succeeded(id) => {
            let amount = attempt(payment, id)?.amount;
            Ok(InvoicePaid { invoice, client, payment: id, amount }.into())
        }
        PaymentEvent::Unpaid(because) => {
            let amount = payment.bill.ok_or_else(|| missing(payment, "a bill"))?.amount;
            Ok(InvoiceUnpaid { invoice, client, amount, because }.into())
        }
        other => Err(missing(payment, format!("{other:?}"))),
    }
}

fn of_top_up(payment: &Payment, top_up: TopUpId, event: PaymentEvent) -> Result<Published, Error> {
    match event {
        PaymentEvent::Succeeded(id) => {
            let (account, amount) = (payment.customer, attempt(payment, id)?.amount);
            Ok(BalanceToppedUp { top_up, account, payment: id, amount }.into())
        }
        other => Err(missing(payment, format!("{other:?}"))),
    }
}

fn method_announced(method: &SavedMethod, event: MethodEvent) -> Published {
    let (customer, method) = (method.account, method.id);
    match event {
        MethodEvent::Saved => PaymentMethodSaved { customer, method }.into(),
        MethodEvent::Removed => PaymentMethodRemoved { customer, method }.into(),
    }
}

fn break_announced(found: &Break, event: BreakEvent) -> Published {
    let (id, kind, object) = (found.id, found.kind, found.object.clone());
    let amount = |said: Option<Said>| said.and_then(|said| said.amount);
    match event {
        BreakEvent::Found { ours, theirs } => {
            let paid = found.purpose.to_string();
            BreakFound {
                id,
                kind,
                object,
                paid,
                ours: amount(ours),
                theirs: amount(theirs),
            }
            .into()
        }
        BreakEvent::Closed { by } => BreakClosed { id, kind, object, closed_by: by }.into(),
    }
}

fn disputed(payment: &Payment, order: OrderId, id: &str) -> Result<DisputeOpened, Error> {
    let mut disputes = payment
        .attempts
        .iter()
        .flat_map(|attempt| attempt.disputes.iter().map(move |dispute| (attempt.id, dispute)));
    let (of, dispute) = disputes.find(|(_, dispute)| dispute.id == id).ok_or_else(|| missing(payment, id))?;
    Ok(DisputeOpened {
        order,
        payment: of,
        amount: dispute.amount,
        reason: dispute.reason.clone(),
    })
}

fn attempt(payment: &Payment, id: PaymentId) -> Result<&crate::attempt::Attempt, Error> {
    payment.attempt(id).ok_or_else(|| missing(payment, id))
}

fn refund(payment: &Payment, id: RefundId) -> Result<&Refund, Error> {
    payment.refund(id).ok_or_else(|| missing(payment, id))
}

fn missing(payment: &Payment, what: impl std::fmt::Display) -> Error {
    Error::broken(format!("the payment of {} announces {what}, which it has not", payment.purpose))
}
