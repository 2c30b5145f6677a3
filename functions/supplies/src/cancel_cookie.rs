//! A job is off: its cookie is cancelled, unless the vendor confirmed it first.
//!
//! Consumes `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1` and `jobs.job-closed.v1`. That it is not wanted is stored
//! first, then it is cancelled at the vendor; where that has no answer yet, `poll-cookies` goes on. Each event may
//! overtake `jobs.job-created.v1`: it leaves a cancelled cookie, which that one finds. Ends in
//! `supplies.cookie-settled.v1`.

use crate::biscuit::{Biscuit, BiscuitApi, BiscuitKey};
use crate::carry_out::change_cookie;
use crate::cookie::Cookie;
use crate::order_cookie::try_now;
use contracts::jobs::{JobCancelled, JobClosed, JobWithdrawn};
use platform::{Error, Function, Log, Now, On, Partner, Secret, Table, events};

contracts::one_of! {
    /// Why nobody needs the cookie.
    pub enum Off { JobCancelled, JobWithdrawn, JobClosed }
}

/// On `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1` and `jobs.job-closed.v1`
pub fn function() -> Function {
    events::on(cancel_cookie)
}

/// Stores that it is not wanted, and cancels it.
pub async fn cancel_cookie(
    off: On<Off>,
    Now(now): Now,
    log: Log,
    supplies: Table,
    api: Partner<BiscuitApi>,
    api_key: Secret<BiscuitKey>,
) -> Result<(), Error> {
    let job = match &off.event {
        Off::JobCancelled(event) => event.job,
        Off::JobWithdrawn(event) => event.job,
        Off::JobClosed(event) => event.job,
    };
    let cookie = change_cookie(&supplies, job, |found| match found {
        None => Some(Cookie::never(job)),
        Some(cookie) => cookie.unwant(now),
    });
    let cookie = cookie.await?;
    try_now(&supplies, &Biscuit::new(api, api_key), job, cookie, now, &log).await
}
