//! A person looks at the readings they want to be told about.
//!
//! Called by anybody who is signed in, about themselves.

use crate::alarm::{Rules, Threshold};
use crate::set_alert_rules::{AlertRules, AlertSilence, AlertThreshold};
use crate::silence::Silence;
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
    let silence = found.and_then(|found| found.value.silence).map(silent).transpose().map_err(Error::broken)?;
    Ok(http::Ok { version, body: AlertRules { thresholds, silence } })
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

fn silent(Silence { after, cool_down }: Silence) -> Result<AlertSilence, String> {
    Ok(AlertSilence {
        after_s: Count::new(after / 1000)?,
        cool_down_s: Count::new(cool_down / 1000)?,
    })
}
