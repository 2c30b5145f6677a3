//! A person lets a coach see the readings no more.
//!
//! Called by the person; at once. Who sees nothing anyway stays so. Announces `sensors.consent-given.v1` with the
//! coaches that are left.

use crate::person::{Consent, ConsentEvent};
use crate::store::consent_key;
use kernel::AccountId;
use platform::http::{self, NoContent, Path, SignedIn};
use platform::{Decision, Failure, Function, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/readings/coaches/{account}`
pub fn function() -> Function {
    http::delete("/v1/readings/coaches/{account}", exclude_coach)
}

/// Notes that the coach sees nothing.
pub async fn exclude_coach(
    caller: SignedIn,
    Path(coach): Path<AccountId>,
    sensors: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let exclude = |found: Option<&Stored<Consent>>| {
        let left = found.and_then(|found| found.value.exclude(coach));
        Ok(left.map_or(Decision::Keep, |left| Decision::To(left, vec![ConsentEvent::Given])))
    };
    sensors.change(&consent_key(caller.account), exclude).await?;
    Ok(NoContent)
}
