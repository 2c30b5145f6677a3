//! A person consents no more that readings of devices are kept.
//!
//! Called by the person. From then on no reading is taken, and no coach sees any; what is there stays the person's, to
//! read, to take along and to delete. Withdrawing again changes nothing. Announces `sensors.consent-withdrawn.v1`.

use crate::person::{Consent, ConsentEvent};
use crate::store::consent_key;
use platform::http::{self, NoContent, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/sensor-consent`
pub fn function() -> Function {
    http::delete("/v1/sensor-consent", withdraw_consent)
}

/// Notes the withdrawal.
pub async fn withdraw_consent(
    caller: SignedIn,
    Now(now): Now,
    sensors: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let withdraw = |found: Option<&Stored<Consent>>| {
        let withdrawn = found.and_then(|found| found.value.withdraw(now));
        Ok(withdrawn.map_or(Decision::Keep, |withdrawn| Decision::To(withdrawn, vec![ConsentEvent::Withdrawn])))
    };
    sensors.change(&consent_key(caller.account), withdraw).await?;
    Ok(NoContent)
}
