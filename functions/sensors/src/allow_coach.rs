//! A person lets a coach see the readings.
//!
//! Called by the person, who consents to readings being kept. The coach may look through devices, readings and charts
//! from then on, and change nothing. Letting in who is let in changes nothing. Announces `sensors.consent-given.v1`.

use crate::person::{Consent, ConsentEvent, NotAllowed};
use crate::store::consent_key;
use crate::view::SensorConsent;
use derive::Refusal;
use kernel::AccountId;
use platform::http::{self, Path, SignedIn};
use platform::{Decision, Failure, Function, Stored, Table};

/// Why a coach is not let in.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no consent that readings are kept.
    #[problem(409, "consent-missing", "Consent first, with PUT /v1/sensor-consent.")]
    ConsentMissing,
    /// There are ten coaches.
    #[problem(409, "too-many-coaches", "Take one out first, with DELETE /v1/readings/coaches/{{account}}.")]
    TooManyCoaches,
    /// It is the person's own account.
    #[problem(422, "own-account", "You see your readings anyway. Name another account.")]
    OwnAccount,
}

/// `PUT /v1/readings/coaches/{account}`
pub fn function() -> Function {
    http::put("/v1/readings/coaches/{account}", allow_coach)
}

/// Notes that the coach may see the readings.
pub async fn allow_coach(
    caller: SignedIn,
    Path(coach): Path<AccountId>,
    sensors: Table,
) -> Result<http::Ok<SensorConsent>, Failure<Refused>> {
    let allow = |found: Option<&Stored<Consent>>| {
        let consent = found.map_or_else(|| Consent::none(caller.account), |found| found.value.clone());
        let allowed = consent.allow(coach).map_err(Refused::from)?;
        Ok(allowed.map_or(Decision::Keep, |allowed| Decision::To(allowed, vec![ConsentEvent::Given])))
    };
    let allowed = sensors.change(&consent_key(caller.account), allow).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(allowed.version, allowed.value.into()))
}

impl From<NotAllowed> for Refused {
    fn from(reason: NotAllowed) -> Self {
        match reason {
            NotAllowed::NoConsent => Refused::ConsentMissing,
            NotAllowed::Full => Refused::TooManyCoaches,
            NotAllowed::Oneself => Refused::OwnAccount,
        }
    }
}
