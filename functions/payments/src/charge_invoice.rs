//! A client is to pay for a week: the method that the client saved last is charged while the client is away.
//!
//! Consumes `billing.invoice-issued.v1`; an invoice is charged once, however often it is told. What the provider is
//! asked for is stored first; where its answer is lost, the redelivered event or the sweeper goes on from there.
//! Followed by `payments.invoice-paid.v1`, or by `payments.invoice-unpaid.v1` where there is no method, the bank wants
//! to see the client, or the charge is declined: the client may pay the invoice still.

use crate::carry_out::carry_out;
use crate::invoice::Bill;
use crate::payment::Payment;
use crate::store::{change_payment, payment_key};
use crate::stripe::{Stripe, StripeApi, StripeKey};
use crate::way::newest;
use contracts::billing::InvoiceIssued;
use platform::{Error, Function, Log, Now, On, Partner, Secret, Table, events};

/// On `billing.invoice-issued.v1`
pub fn function() -> Function {
    events::on(charge_invoice)
}

/// Stores the charge, unless that was done before, and carries it out.
pub async fn charge_invoice(
    issued: On<InvoiceIssued>,
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<(), Error> {
    let InvoiceIssued { invoice, client, amount, pay_until, .. } = issued.event;
    let stripe = Stripe::new(api, api_key);
    let payment = match payments.get::<Payment>(&payment_key(invoice)).await? {
        Some(known) => known,
        None => {
            let (bill, method) = (Bill { amount, pay_until }, newest(&payments, &stripe, client).await?);
            let payment = change_payment(&payments, invoice, |found| match found {
                Some(_) => Ok(None),
                None => Ok(Some(Payment::of_invoice(invoice, client, bill, method.clone(), now))),
            });
            payment.await?.ok_or_else(|| Error::broken(format!("the payment of {invoice} was not kept")))?
        }
    };
    let carried = carry_out(&payments, &stripe, payment, now).await?;
    carried.report(&log);
    carried.whole().map(drop)
}
