//! Compares each day's payments and refunds with what the provider says.
//!
//! Started by the clock every hour. A day is compared once, an hour after it is over: what the provider charged and
//! gave back, and what we say was. What differs becomes a break (`payments.break-found.v1`), which managers look into;
//! one that is gone the next time is closed (`payments.break-closed.v1`). Most starts find the day done. One that fails,
//! or cannot do everything, leaves a place from which the next one goes on; days that were missed are made up for, the
//! oldest first. It does as much as it can before it fails because there are new breaks: that rings the alarm.

use crate::comparing::Desk;
use crate::comparison::{Comparison, Part, Tally};
use crate::store::latest_comparison;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use kernel::Timestamp;
use platform::schedule::Scheduled;
use platform::{Error, Function, Log, Now, Partner, Secret, Stored, Table, schedule};
use serde_json::json;
use std::time::Duration;

/// How many pages one start goes through. The provider takes half a second for one.
const MAX_PAGES: usize = 300;

/// Every hour
pub fn function() -> Function {
    schedule::every(Duration::from_secs(3600), reconcile_payments)
}

/// Goes on with the day that is under way, and with those after it that are ripe.
pub async fn reconcile_payments(
    Scheduled(at): Scheduled,
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<(), Error> {
    let (stripe, mut found) = (Stripe::new(api, api_key), 0);
    let mut pages = 0;
    'days: while let Some(mut day) = under_way(&payments, at, now).await? {
        let mut desk = Desk::new(&payments, &stripe, now);
        while day.value.part != Part::Done {
            if pages == MAX_PAGES {
                break 'days;
            }
            pages += 1;
            let next = desk.turn(&day.value).await?;
            found += next.tally.found - day.value.tally.found;
            match payments.replace(&day, next, Vec::new()).await? {
                Some(turned) => day = turned,
                // Somebody else goes on with it.
                None => break 'days,
            }
        }
        report(&log, &day.value);
    }
    match found {
        0 => Ok(()),
        found => Err(Error::broken(format!("{found} new breaks: our payments and the provider's differ"))),
    }
}

/// The comparison that is under way, or that begins. `None`: there is nothing to compare.
async fn under_way(payments: &Table, at: Timestamp, now: Timestamp) -> Result<Option<Stored<Comparison>>, Error> {
    let latest = latest_comparison(payments).await?;
    if latest.as_ref().is_some_and(|latest| latest.value.part != Part::Done) {
        return Ok(latest);
    }
    match Comparison::next_day(latest.map(|latest| latest.value.day), at) {
        // If somebody else began it at the same moment, that one goes on.
        Some(day) => payments.create_new(Comparison::begin(day, now), Vec::new()).await,
        None => Ok(None),
    }
}

fn report(log: &Log, comparison: &Comparison) {
    let Tally { theirs, ours, foreign, found, healed } = comparison.tally;
    let facts = json!({
        "day": comparison.day, "theirs": theirs, "ours": ours, "foreign": foreign, "found": found, "healed": healed,
    });
    log.info("payments are compared with the provider's", facts);
}
