//! The sweeper: asks the provider about everything that has waited for it too long.
//!
//! Started by the clock every ten minutes. Usually finds nothing: lost answers are asked for by whoever repeats the
//! request, and news come by webhook. It ends what nobody ended in time, repeats or looks up what was never answered,
//! asks after refunds under way for more than a day, and has removed methods forgotten. It does as much as it can
//! before it reports what failed.

use crate::carry_out::carry_out;
use crate::method::{self, SavedMethod};
use crate::payment::{self, Payment};
use crate::purpose::Purpose;
use crate::remove_payment_method::forget;
use crate::store::change_payment;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use kernel::Timestamp;
use platform::{Error, Function, Log, Now, Partner, Secret, Table, schedule};
use std::time::Duration;

/// Forgotten cards that one run tells the provider of.
const CARDS: usize = 50;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), poll_payments)
}

/// Goes through everything that is due.
pub async fn poll_payments(
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<(), Error> {
    let stripe = Stripe::new(api, api_key);
    let (mut outcome, mut due) = (Ok(()), payments.due::<Payment>(payment::WAITING, now));
    while let Some(payment) = due.next().await? {
        outcome = outcome.and(look_at(&payments, &stripe, payment.value.purpose, now, &log).await);
    }
    let mut removed = payments.due::<SavedMethod>(method::WAITING, now).at_most(CARDS);
    while let Some(method) = removed.next().await? {
        outcome = outcome.and(forget(&payments, &stripe, method).await);
    }
    outcome
}

/// Ends what nobody ended, and carries out what is left to do. What is listed may be a little old: it is read again.
async fn look_at(payments: &Table, stripe: &Stripe, purpose: Purpose, now: Timestamp, log: &Log) -> Result<(), Error> {
    let payment = change_payment(payments, purpose, |found| Ok(found.and_then(|payment| payment.overdue(now)))).await?;
    let Some(payment) = payment else {
        return Ok(());
    };
    let carried = carry_out(payments, stripe, payment, now).await?;
    carried.report(log);
    carried.whole().map(drop)
}
