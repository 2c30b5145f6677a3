//! A worker has a job: a cookie is ordered for it from the vendor.
//!
//! Consumes `jobs.job-created.v1`. What is asked for is stored first, one cookie a job, then the vendor is asked under our
//! id as its idempotency key. Its word comes later, and is asked for by `poll-cookies`, as is whatever came to nothing
//! here. Ends in `supplies.cookie-settled.v1`. A job that was off before it was heard of gets none.

use crate::biscuit::{Biscuit, BiscuitApi, BiscuitKey};
use crate::carry_out::{carry_out, change_cookie};
use crate::cookie::Cookie;
use contracts::jobs::JobCreated;
use kernel::{JobId, Timestamp};
use platform::{Error, Function, Log, Now, On, Partner, Secret, Stored, Table, events};
use serde_json::json;

/// On `jobs.job-created.v1`
pub fn function() -> Function {
    events::on(order_cookie)
}

/// Stores that it is asked for, and asks.
pub async fn order_cookie(
    created: On<JobCreated>,
    Now(now): Now,
    log: Log,
    supplies: Table,
    api: Partner<BiscuitApi>,
    api_key: Secret<BiscuitKey>,
) -> Result<(), Error> {
    let (job, from) = (created.job, created.from);
    let cookie = change_cookie(&supplies, job, |found| match found {
        None => Some(Cookie::ask(job, from, now)),
        Some(_) => None,
    });
    let cookie = cookie.await?;
    try_now(&supplies, &Biscuit::new(api, api_key), job, cookie, now, &log).await
}

/// Asks the vendor what a cookie's state asks for. It is stored, so the sweeper makes up for what comes to nothing.
pub(crate) async fn try_now(
    supplies: &Table,
    vendor: &Biscuit,
    job: JobId,
    cookie: Option<Stored<Cookie>>,
    now: Timestamp,
    log: &Log,
) -> Result<(), Error> {
    let cookie = cookie.ok_or_else(|| Error::broken(format!("the cookie of {job} was not kept")))?;
    if let Err(error) = carry_out(supplies, vendor, cookie, now).await {
        log.warn("the vendor is to be asked again", json!({ "job": job, "cause": error.to_string() }));
    }
    Ok(())
}
