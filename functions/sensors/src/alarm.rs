//! Alerts: what a person wants to be told about readings, and how far each is. Pure, and of a size that does not grow.
//!
//! ```text
//!   quiet ──▶ pending ──▶ raised ──▶ quiet   (and for a while no alert is raised)
//!     ▲──────────┘
//! ```
//!
//! Readings beyond a limit make a rule *pending*; if they stay beyond it as long as the rule says, without a gap, it is
//! *raised*, and stays so until they are well on this side of the limit again: what hovers about it does not ring twice.
//! Where readings stop for a quarter of an hour, what was raised was over with the last one of them: that is told when
//! they come again, and what comes then is looked at by itself.

use crate::channel::Channel;
use crate::silence::Silence;
use kernel::id::Id;
use kernel::{AccountId, AlertId, DeviceId, Digest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Readings further apart than this do not belong together, in milliseconds.
const GAP: i64 = 60_000;
/// What was raised does not go on over a gap that is longer than this, in milliseconds.
const LOST: i64 = 15 * 60_000;

/// On which side of the limit readings call for attention.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "AlertSide")]
pub enum Side {
    /// Above it.
    Above,
    /// Below it.
    Below,
}

/// When a channel's readings call for attention.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Threshold {
    /// The channel.
    pub channel: Channel,
    /// On which side.
    pub side: Side,
    /// The limit, in the channel's unit.
    pub limit: i64,
    /// How far on this side of the limit readings are to be until it is over.
    pub margin: i64,
    /// For how many milliseconds readings are to be beyond the limit.
    pub lasting: i64,
    /// For how many milliseconds no alert follows the end of one.
    pub cool_down: i64,
}

/// What a person wants to be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rules {
    /// The person.
    pub person: AccountId,
    /// About readings; at most one a channel.
    pub thresholds: Vec<Threshold>,
    /// About devices that are silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
}

/// How far a rule is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing is the matter.
    Quiet,
    /// Readings are beyond the limit.
    Pending {
        /// Since when, in milliseconds since 1970.
        since: i64,
    },
    /// They were so for long enough.
    Raised {
        /// The alert.
        alert: AlertId,
        /// Since when they were, in milliseconds since 1970.
        since: i64,
        /// When it was raised.
        at: i64,
    },
}

/// The rule of one channel of one device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Alarm {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub person: AccountId,
    /// The channel.
    pub channel: Channel,
    /// How far it is.
    pub phase: Phase,
    /// The latest reading that was looked at, in milliseconds since 1970. Earlier ones change nothing any more.
    pub seen: i64,
    /// Until when no alert is raised.
    pub quiet_until: i64,
}

/// What an alarm announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AlarmEvent {
    /// Readings call for attention.
    Raised {
        /// The alert.
        alert: AlertId,
        /// On which side of the limit.
        side: Side,
        /// Since when, in milliseconds since 1970.
        since: i64,
        /// When that was clear.
        at: i64,
    },
    /// It is over.
    Ended {
        /// The alert.
        alert: AlertId,
        /// Since when.
        at: i64,
    },
}

impl Threshold {
    fn is_beyond(&self, value: i64) -> bool {
        match self.side {
            Side::Above => value > self.limit,
            Side::Below => value < self.limit,
        }
    }

    fn is_well(&self, value: i64) -> bool {
        match self.side {
            Side::Above => value <= self.limit.saturating_sub(self.margin),
            Side::Below => value >= self.limit.saturating_add(self.margin),
        }
    }
}

impl Alarm {
    /// Nothing was looked at yet.
    pub fn new(device: DeviceId, person: AccountId, channel: Channel) -> Self {
        Self {
            device,
            person,
            channel,
            phase: Phase::Quiet,
            seen: i64::MIN,
            quiet_until: i64::MIN,
        }
    }

    /// After these readings, by time; and what is to be told. Those before `fresh_from` are no news: they raise nothing,
    /// and what is raised goes on with them, or ends. An alarm that is as quiet as before is the same.
    pub fn look(
        &self,
        rule: &Threshold,
        fresh_from: i64,
        readings: impl Iterator<Item = (i64, i64)>,
    ) -> (Self, Vec<AlarmEvent>) {
        let (mut alarm, mut events) = (self.clone(), Vec::new());
        for (at, value) in readings.filter(|(at, _)| *at > self.seen) {
            let is_news = at >= fresh_from;
            if is_news || alarm.is_raised() {
                events.extend(alarm.step(rule, at, value, is_news).into_iter().flatten());
                alarm.seen = at;
            }
        }
        match (self.phase, alarm.phase, events.is_empty()) {
            (Phase::Quiet, Phase::Quiet, true) => (self.clone(), events),
            _ => (alarm, events),
        }
    }

    fn is_raised(&self) -> bool {
        matches!(self.phase, Phase::Raised { .. })
    }

    fn step(&mut self, rule: &Threshold, at: i64, value: i64, is_news: bool) -> [Option<AlarmEvent>; 2] {
        let lost = match self.phase {
            Phase::Raised { alert, .. } if at.saturating_sub(self.seen) > LOST => {
                Some(self.end(rule, alert, self.seen))
            }
            _ => None,
        };
        let told = if is_news || self.is_raised() { self.weigh(rule, at, value) } else { None };
        [lost, told]
    }

    fn end(&mut self, rule: &Threshold, alert: AlertId, at: i64) -> AlarmEvent {
        self.phase = Phase::Quiet;
        self.quiet_until = at.saturating_add(rule.cool_down);
        AlarmEvent::Ended { alert, at }
    }

    fn weigh(&mut self, rule: &Threshold, at: i64, value: i64) -> Option<AlarmEvent> {
        if let Phase::Raised { alert, .. } = self.phase {
            return rule.is_well(value).then(|| self.end(rule, alert, at));
        }
        if !rule.is_beyond(value) {
            self.phase = Phase::Quiet;
            return None;
        }
        let since = match self.phase {
            Phase::Pending { since } if at.saturating_sub(self.seen) <= GAP => since,
            _ => at,
        };
        if at - since < rule.lasting || at < self.quiet_until {
            self.phase = Phase::Pending { since };
            return None;
        }
        let alert = self.alert(since);
        self.phase = Phase::Raised { alert, since, at };
        Some(AlarmEvent::Raised { alert, side: rule.side, since, at })
    }

    /// The same alert has the same id, whoever raises it.
    fn alert(&self, since: i64) -> AlertId {
        let parts = [
            self.device.to_string(),
            self.channel.name().to_owned(),
            since.to_string(),
        ];
        AlertId::from_digest(&Digest::of(parts))
    }
}
