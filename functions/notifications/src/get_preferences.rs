//! Somebody looks at how they are told things.
//!
//! Called by anybody who is signed in, for themselves only. Who never said anything sees what holds then.

use crate::channel::Channel;
use crate::locale::Locale;
use crate::preferences::Preferences;
use crate::quiet_hours::QuietHours;
use crate::store;
use platform::http::{self, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::convert::Infallible;

/// How a person is told things. Codes and notices about the account's safety always come, at once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreferencesView {
    /// The channels of each topic. A receipt and the like comes by e-mail even if there are none.
    pub channels: ChannelsView,
    /// When what can wait is held back; absent if never.
    pub quiet_hours: Option<QuietHours>,
    /// The language, if it is not to be the account's.
    pub locale: Option<Locale>,
    /// The time zone (IANA), if it is not to be the account's.
    pub time_zone: Option<String>,
}

/// The channels of each topic, beside the feed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChannelsView {
    /// How orders get on.
    pub orders: BTreeSet<Channel>,
    /// Receipts, refunds, failed payments.
    pub payments: BTreeSet<Channel>,
}

impl From<Preferences> for PreferencesView {
    fn from(preferences: Preferences) -> Self {
        let Preferences { orders, payments, quiet_hours, locale, time_zone, .. } = preferences;
        Self {
            channels: ChannelsView { orders, payments },
            quiet_hours,
            locale,
            time_zone,
        }
    }
}

/// `GET /v1/notification-preferences`
pub fn function() -> Function {
    http::get("/v1/notification-preferences", get_preferences)
}

/// Reads them; version 0 is that of who never said anything.
pub async fn get_preferences(
    person: SignedIn,
    notifications: TableReader,
) -> Result<http::Ok<PreferencesView>, Failure<Infallible>> {
    let found = notifications.get::<Preferences>(&store::preferences_key(person.account)).await?;
    let (version, preferences) = match found {
        Some(found) => (found.version, found.value),
        None => (0, Preferences::usual(person.account)),
    };
    Ok(http::Ok::at(version, preferences.into()))
}
