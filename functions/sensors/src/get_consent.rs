//! A person looks at what they consent to.
//!
//! Called by anybody who is signed in, about themselves.

use crate::store::consent_of;
use crate::view::SensorConsent;
use platform::http::{self, SignedIn};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/sensor-consent`
pub fn function() -> Function {
    http::get("/v1/sensor-consent", get_consent)
}

/// Reads the caller's consent.
pub async fn get_consent(
    caller: SignedIn,
    sensors: TableReader,
) -> Result<http::Ok<SensorConsent>, Failure<Infallible>> {
    let consent = consent_of(&sensors, caller.account).await?;
    Ok(http::Ok { version: None, body: consent.into() })
}
