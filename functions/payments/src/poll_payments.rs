//! The sweeper: asks the provider about everything that has waited for it too long.
//!
//! Started by the clock every ten minutes. Usually finds nothing: lost answers are asked for by whoever repeats the
//! request, and news come by webhook. It ends what nobody ended in time, repeats or looks up what was never answered,
//! asks after refunds under way for more than a day, and has removed methods forgotten. It does as much as it can
//! before it reports what failed.

use crate::carry_out::carry_out;
use crate::hear::failed;
use crate::method::{self, SavedMethod};
use crate::payment::{self, Payment};
use crate::remove_payment_method::forget;
use crate::store::{due, payment_key};
use crate::stripe::{Stripe, StripeApi, StripeKey};
use kernel::Timestamp;
use platform::{Decision, Error, Function, Log, Now, Partner, Secret, Stored, Table, schedule};
use std::convert::Infallible;
use std::time::Duration;

/// How many items are read at a time.
const PAGE: u32 = 50;
/// More than can be dealt with in one run; the rest waits for the next one.
const MAX_PAGES: usize = 100;

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
    let mut outcome = Ok(());
    let (due_payments, mut cursor) = (due(payment::WAITING, now), None);
    for _ in 0..MAX_PAGES {
        let page = payments.list::<Payment, Infallible>(&due_payments, PAGE, cursor.as_ref()).await.map_err(failed)?;
        for payment in page.items {
            outcome = outcome.and(look_at(&payments, &stripe, payment, now, &log).await);
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let due_methods = due(method::WAITING, now);
    let page = payments.list::<SavedMethod, Infallible>(&due_methods, PAGE, None).await.map_err(failed)?;
    for method in page.items {
        outcome = outcome.and(forget(&payments, &stripe, method).await);
    }
    outcome
}

/// Ends what nobody ended, and carries out what is left to do.
async fn look_at(
    payments: &Table,
    stripe: &Stripe,
    listed: Stored<Payment>,
    now: Timestamp,
    log: &Log,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Payment>>| {
        let next = found.and_then(|found| found.value.overdue(now));
        Ok(next.map_or(Decision::Keep, |(payment, events)| Decision::To(payment, events)))
    };
    // A list may be a little old.
    let payment = payments.change::<Payment, Infallible>(&payment_key(listed.value.order), decide).await;
    let payment = payment.map_err(failed)?.unwrap_or(listed);
    let carried = carry_out(payments, stripe, payment, now).await?;
    carried.report(log);
    carried.whole().map(drop)
}
