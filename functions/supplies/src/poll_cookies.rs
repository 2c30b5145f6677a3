//! The sweeper of cookies: asks the vendor about everything that waits for its word.
//!
//! Started by the clock every ten minutes. Hears what became of orders, asks again for what was never answered, cancels
//! what nobody wants any more, and gives up on what did not come to anything before its job began. It does as much as
//! it can before it reports what failed.

use crate::biscuit::{Biscuit, BiscuitApi, BiscuitKey};
use crate::carry_out::{carry_out, change_cookie};
use crate::cookie::{self, Cookie};
use kernel::{JobId, Timestamp};
use platform::{Error, Function, Now, Partner, Secret, Table, schedule};
use std::time::Duration;

/// Every ten minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(600), poll_cookies)
}

/// Goes through everything that is due.
pub async fn poll_cookies(
    Now(now): Now,
    supplies: Table,
    api: Partner<BiscuitApi>,
    api_key: Secret<BiscuitKey>,
) -> Result<(), Error> {
    let vendor = Biscuit::new(api, api_key);
    let (mut outcome, mut due) = (Ok(()), supplies.due::<Cookie>(cookie::WAITING, now));
    while let Some(cookie) = due.next().await? {
        outcome = outcome.and(look_at(&supplies, &vendor, cookie.value.job, now).await);
    }
    outcome
}

/// Gives up what is too late, and asks the vendor. What is listed may be a little old: it is read again.
async fn look_at(supplies: &Table, vendor: &Biscuit, job: JobId, now: Timestamp) -> Result<(), Error> {
    let cookie = change_cookie(supplies, job, |found| found.and_then(|cookie| cookie.overdue(now))).await?;
    match cookie {
        Some(cookie) => carry_out(supplies, vendor, cookie, now).await,
        None => Ok(()),
    }
}
