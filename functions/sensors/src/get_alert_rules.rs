//! A person looks at the readings they want to be told about.
//!
//! Called by anybody who is signed in, about themselves.

use crate::alarm::{Rules, Threshold};
use crate::set_alert_rules::{AlertRules, AlertThreshold};
use crate::store::rules_key;
use kernel::{Count, List};
use platform::http::{self, SignedIn};
use platform::{Error, Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/alert-rules`
pub fn function() -> Function {
    http::get("/v1/alert-rules", get_alert_rules)
}

/// Reads the caller's rules.
pub async fn get_alert_rules(
    caller: SignedIn,
    sensors: TableReader,
) -> Result<http::Ok<AlertRules>, Failure<Infallible>> {
    let found = sensors.get::<Rules>(&rules_key(caller.account)).await?;
    let version = found.as_ref().map(|found| found.version);
    let thresholds = found.iter().flat_map(|found| &found.value.thresholds).map(view).collect::<Result<_, _>>();
    let thresholds = thresholds.and_then(List::new).map_err(Error::broken)?;
    Ok(http::Ok { version, body: AlertRules { thresholds } })
}

fn view(rule: &Threshold) -> Result<AlertThreshold, String> {
    let Threshold { channel, side, limit, margin, lasting, cool_down } = *rule;
    Ok(AlertThreshold {
        channel,
        side,
        limit,
        margin: Count::new(margin)?,
        lasting_s: Count::new(lasting / 1000)?,
        cool_down_s: Count::new(cool_down / 1000)?,
    })
}
