//! Somebody says how to be told things.
//!
//! Called by anybody who is signed in, for themselves only, with all of the preferences; `If-Match` guards against
//! overwriting what another device set. Holds for what is queued or sent from then on. Repeating the request changes
//! nothing.

use crate::channel::Channel;
use crate::get_preferences::PreferencesView;
use crate::locale::Locale;
use crate::preferences::{Preferences, zone};
use crate::quiet_hours::QuietHours;
use crate::store;
use derive::Refusal;
use kernel::{List, Text};
use platform::http::{self, IfMatch, Json, SignedIn};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// How to be told things.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = SetPreferences::example())]
pub struct SetPreferences {
    /// The channels of each topic.
    pub channels: Channels,
    /// When what can wait is to be held back; `null` or absent: never.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// The language; `null` or absent: the account's.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// The time zone (IANA, `Europe/Moscow`); `null` or absent: the account's.
    #[serde(default)]
    pub time_zone: Option<Text<1, 64>>,
}

/// The channels of each topic, beside the feed. None at all: the feed only, and e-mail for what must be told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// How orders get on.
    pub orders: List<Channel, 0, 2>,
    /// Receipts, refunds, failed payments.
    pub payments: List<Channel, 0, 2>,
}

/// Why preferences are not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no such time zone.
    #[problem(422, "unknown-time-zone", "Name a time zone of the IANA data base, such as Europe/Moscow.")]
    UnknownTimeZone,
}

/// `PUT /v1/notification-preferences`
pub fn function() -> Function {
    http::put("/v1/notification-preferences", set_preferences)
}

/// Writes them if they differ from what is there.
pub async fn set_preferences(
    person: SignedIn,
    seen: IfMatch,
    Json(request): Json<SetPreferences>,
    notifications: Table,
) -> Result<http::Ok<PreferencesView>, Failure<Refused>> {
    let time_zone = request.time_zone.map(|name| name.as_str().to_owned());
    if time_zone.as_deref().is_some_and(|name| zone(name).is_none()) {
        return Err(Refused::UnknownTimeZone.into());
    }
    let preferences = Preferences {
        account: person.account,
        orders: request.channels.orders.iter().copied().collect(),
        payments: request.channels.payments.iter().copied().collect(),
        quiet_hours: request.quiet_hours,
        locale: request.locale,
        time_zone,
    };
    let decide = |found: Option<&Stored<Preferences>>| {
        if found.is_some_and(|found| found.value == preferences) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(preferences.clone(), Vec::new()))
    };
    let kept = notifications.change(&store::preferences_key(person.account), decide).await?;
    let kept = kept.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(kept.version, kept.value.into()))
}

impl SetPreferences {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "channels": {"orders": ["email", "sms"], "payments": ["email"]},
            "quiet_hours": {"from": "22:00", "to": "08:00"},
            "locale": "ru",
            "time_zone": "Europe/Moscow",
        })
    }
}
