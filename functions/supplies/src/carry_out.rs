//! Carries out what a cookie's state asks for, call by call, and stores each result before the next call.
//!
//! Everybody who changes a cookie ends here: who was first, who comes again, the sweeper. Calls may be repeated, so it
//! does not matter who carries them out or how often; results are written on the version they were decided on.

use crate::biscuit::Biscuit;
use crate::cookie::{Call, Cookie, Next};
use kernel::{JobId, Timestamp};
use platform::{Decision, Error, Item, Stored, Table};
use std::convert::Infallible;

/// More calls than a cookie asks for at once, with room for races.
const MAX_CALLS: usize = 16;

/// Lets `decide` say what becomes of a job's cookie, on the cookie as it stands, and stores that. Returns it as it
/// stands then; none if there is none.
pub async fn change_cookie(
    supplies: &Table,
    job: JobId,
    mut decide: impl FnMut(Option<&Cookie>) -> Option<Next>,
) -> Result<Option<Stored<Cookie>>, Error> {
    let decide = |found: Option<&Stored<Cookie>>| {
        let next = decide(found.map(|found| &found.value));
        Ok(next.map_or(Decision::Keep, |(cookie, events)| Decision::To(cookie, events)))
    };
    supplies
        .change::<Cookie, Infallible>(&crate::store::cookie_key(job), decide)
        .await
        .map_err(Error::from)
}

/// Makes the calls that `cookie` asks for, until the vendor has nothing new to say. Fails if a call came to nothing: it
/// stays to be made by the sweeper.
pub async fn carry_out(
    supplies: &Table,
    vendor: &Biscuit,
    mut cookie: Stored<Cookie>,
    now: Timestamp,
) -> Result<(), Error> {
    for _ in 0..MAX_CALLS {
        let Some(call) = cookie.value.next_call(now) else {
            return Ok(());
        };
        if let (Call::Place { .. }, Some(next)) = (&call, cookie.value.sending(now)) {
            cookie = write(supplies, cookie, next).await?;
            continue;
        }
        let answer = vendor.call(cookie.value.id, &call).await?;
        let Some(next) = cookie.value.follow(&answer, now) else {
            // It goes on at the vendor: there is nothing to do about it now.
            return Ok(());
        };
        cookie = write(supplies, cookie, next).await?;
    }
    Err(Error::contended(format!("the cookie of {} kept changing", cookie.value.job)))
}

/// Writes the next state; if somebody was faster, the cookie as it stands then.
async fn write(supplies: &Table, old: Stored<Cookie>, (next, events): Next) -> Result<Stored<Cookie>, Error> {
    match supplies.replace(&old, next, events).await? {
        Some(written) => Ok(written),
        None => {
            let found = supplies.get(&old.value.key()).await?;
            found.ok_or_else(|| Error::broken(format!("{} is gone", old.value.key())))
        }
    }
}
