//! A person consents that readings of devices are kept.
//!
//! Called by the person. Until then no device can be registered and no reading is taken. Consenting again changes
//! nothing. Announces `sensors.consent-given.v1`.

use crate::person::{Consent, ConsentEvent};
use crate::store::consent_key;
use crate::view::SensorConsent;
use platform::http::{self, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;

/// `PUT /v1/sensor-consent`
pub fn function() -> Function {
    http::put("/v1/sensor-consent", give_consent)
}

/// Notes the consent.
pub async fn give_consent(
    caller: SignedIn,
    Now(now): Now,
    sensors: Table,
) -> Result<http::Ok<SensorConsent>, Failure<Infallible>> {
    let given = sensors
        .change(&consent_key(caller.account), |found: Option<&Stored<Consent>>| {
            let consent = found.map_or_else(|| Consent::none(caller.account), |found| found.value.clone());
            let given = consent.give(now);
            Ok(given.map_or(Decision::Keep, |given| Decision::To(given, vec![ConsentEvent::Given])))
        })
        .await?
        .ok_or_else(http::not_found)?;
    Ok(http::Ok::at(given.version, given.value.into()))
}
