//! How a person wants to be told things, and which channels that comes to for a notice. Pure.

use crate::channel::Channel;
use crate::locale::Locale;
use crate::notice::Notice;
use crate::quiet_hours::QuietHours;
use crate::topic::{Nature, Topic};
use jiff::tz::TimeZone;
use kernel::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One person's preferences.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Preferences {
    /// Whose.
    pub account: AccountId,
    /// How to be told how orders get on.
    pub orders: BTreeSet<Channel>,
    /// How to be told of payments and refunds.
    pub payments: BTreeSet<Channel>,
    /// When not to be disturbed; `None`: never mind the hour.
    pub quiet_hours: Option<QuietHours>,
    /// The language to be written to in, if not the account's.
    pub locale: Option<Locale>,
    /// The time zone to go by (IANA), if not the account's.
    pub time_zone: Option<String>,
}

impl Preferences {
    /// Of somebody who never said anything.
    pub fn usual(account: AccountId) -> Self {
        let by_email = BTreeSet::from([Channel::Email]);
        Self {
            account,
            orders: by_email.clone(),
            payments: by_email,
            quiet_hours: Some(QuietHours::USUAL),
            locale: None,
            time_zone: None,
        }
    }

    /// The channels of a topic.
    pub fn channels(&self, topic: Topic) -> &BTreeSet<Channel> {
        match topic {
            Topic::Orders => &self.orders,
            Topic::Payments => &self.payments,
        }
    }

    /// Without `channel` for `topic`.
    #[must_use]
    pub fn without(&self, topic: Topic, channel: Channel) -> Self {
        let mut changed = self.clone();
        match topic {
            Topic::Orders => changed.orders.remove(&channel),
            Topic::Payments => changed.payments.remove(&channel),
        };
        changed
    }

    /// The channels to tell `notice` through. A code goes where it belongs, whatever the person prefers.
    pub fn choose(&self, notice: &Notice) -> BTreeSet<Channel> {
        let by_email = || BTreeSet::from([Channel::Email]);
        if let Notice::Code { to, .. } = notice {
            return BTreeSet::from([*to]);
        }
        match notice.nature() {
            Nature::Security | Nature::Official => by_email(),
            Nature::Transactional(topic) if self.channels(topic).is_empty() => by_email(),
            Nature::Transactional(topic) | Nature::Optional(topic) => self.channels(topic).clone(),
        }
    }

    /// The language to write in, to an account of this locale.
    pub fn locale(&self, of_account: &str) -> Locale {
        self.locale.unwrap_or_else(|| Locale::of(of_account))
    }

    /// The zone to go by, of an account in this one. What nobody knows is UTC.
    pub fn zone(&self, of_account: &str) -> TimeZone {
        zone(self.time_zone.as_deref().unwrap_or(of_account)).unwrap_or(TimeZone::UTC)
    }
}

/// The time zone of this IANA name.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}
