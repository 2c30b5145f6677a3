//! A person who trains: thresholds, runs that go on, and who may look. Pure.

use crate::day::Day;
use activity_files::metrics::Weighting;
use kernel::{AccountId, Count, EnrolmentId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Runs that may go on at a time.
pub const MOST_ACTIVE: usize = 3;
/// Changes of thresholds that are kept; what came before the oldest one of them is taken to be as it.
const MOST_THRESHOLDS: usize = 200;
/// People who may look.
pub const MOST_COACHES: usize = 10;

/// What is known of a person who trains.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Athlete {
    /// The account.
    pub person: AccountId,
    /// Thresholds with the day from which they hold, in order.
    #[serde(default)]
    pub thresholds: Vec<Since>,
    /// Runs that go on.
    #[serde(default)]
    pub active: Vec<EnrolmentId>,
    /// Who may look at all of it, with the person's consent.
    #[serde(default)]
    pub coaches: Vec<Coach>,
    /// When the person last withdrew the consent that sensors keep readings: who was let in before is not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// Somebody who may look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Coach {
    /// Who.
    pub account: AccountId,
    /// Since when.
    pub since: Timestamp,
}

/// Thresholds from a day on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Since {
    /// The first day.
    pub day: Day,
    /// What holds.
    pub thresholds: Thresholds,
}

/// What a person's efforts are measured by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrainingThresholds")]
pub struct Thresholds {
    /// Functional threshold power in watts: what one holds for an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_w: Option<Count<30, 600>>,
    /// Heart rates, in beats a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heart: Option<Heart>,
}

/// A heart's range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HeartRange")]
pub struct Heart {
    /// Its rate at rest.
    pub resting: Count<25, 110>,
    /// Its highest rate: above the one at rest.
    pub maximum: Count<111, 240>,
    /// Whose curve of effort over heart rate is taken.
    pub curve: Curve,
}

/// Banister's curves of effort over heart rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "HeartCurve")]
pub enum Curve {
    /// As measured on men.
    Men,
    /// As measured on women.
    Women,
}

impl From<Curve> for Weighting {
    fn from(curve: Curve) -> Weighting {
        match curve {
            Curve::Men => Weighting::Men,
            Curve::Women => Weighting::Women,
        }
    }
}

impl Athlete {
    /// Somebody of whom nothing is known.
    pub fn new(person: AccountId) -> Self {
        Athlete {
            person,
            thresholds: Vec::new(),
            active: Vec::new(),
            coaches: Vec::new(),
            withdrawn_at: None,
        }
    }

    /// The thresholds of a day: those that held then; before the first, the first.
    pub fn thresholds_of(&self, day: Day) -> Option<&Thresholds> {
        let held = self.thresholds.iter().rev().find(|since| since.day <= day);
        held.or(self.thresholds.first()).map(|since| &since.thresholds)
    }

    /// With these thresholds from `today` on: what was measured by the former ones stays. None: they hold already.
    pub fn with_thresholds(&self, thresholds: Thresholds, today: Day) -> Option<Athlete> {
        if self.thresholds.last().is_some_and(|last| last.thresholds == thresholds) {
            return None;
        }
        let mut athlete = self.clone();
        // Who goes west may come to a day before the last one's.
        let day = self.thresholds.last().map_or(today, |last| last.day.max(today));
        athlete.thresholds.retain(|since| since.day != day);
        athlete.thresholds.push(Since { day, thresholds });
        if athlete.thresholds.len() > MOST_THRESHOLDS {
            athlete.thresholds.remove(0);
        }
        Some(athlete)
    }

    /// Whether `reader` may look.
    pub fn shows(&self, reader: AccountId) -> bool {
        reader == self.person || self.let_in().any(|coach| coach == reader)
    }

    /// Who may look beside the person.
    pub fn let_in(&self) -> impl Iterator<Item = AccountId> {
        self.coaches.iter().filter(|coach| Some(coach.since) > self.withdrawn_at).map(|coach| coach.account)
    }

    /// With somebody let in from `now` on: after the last withdrawal, if that is known. `None`: this one is.
    pub fn with_coach(&self, coach: AccountId, now: Timestamp) -> Result<Option<Athlete>, TooMany> {
        if self.shows(coach) {
            return Ok(None);
        }
        let mut athlete = self.clone();
        athlete.coaches.retain(|known| Some(known.since) > self.withdrawn_at);
        if athlete.coaches.len() >= MOST_COACHES {
            return Err(TooMany);
        }
        // Clocks of two functions may differ a little.
        let after = self.withdrawn_at.map_or(now, |at| at.after(Duration::from_millis(1)).max(now));
        athlete.coaches.push(Coach { account: coach, since: after });
        Ok(Some(athlete))
    }

    /// Without somebody who was let in. `None`: nobody was.
    pub fn without_coach(&self, coach: AccountId) -> Option<Athlete> {
        let mut athlete = self.clone();
        athlete.coaches.retain(|known| known.account != coach);
        (athlete != *self).then_some(athlete)
    }

    /// Without all who were let in until the consent to readings was withdrawn. `None`: that is known.
    pub fn after_withdrawal(&self, at: Timestamp) -> Option<Athlete> {
        if self.withdrawn_at >= Some(at) {
            return None;
        }
        let mut athlete = Athlete { withdrawn_at: Some(at), ..self.clone() };
        athlete.coaches.retain(|coach| coach.since > at);
        Some(athlete)
    }
}

/// As many may look as can.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooMany;
