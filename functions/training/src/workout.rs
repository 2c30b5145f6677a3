//! A workout: written down by the person, or recorded by sensors. Pure.

use crate::athlete::{Athlete, Thresholds};
use crate::day::Day;
use activity_files::metrics::{stress_tenths, trimp};
use contracts::Stamp;
use contracts::sensors::ActivityFigures;
use contracts::training::{Effort, SessionOf};
use kernel::{AccountId, ActivityId, Digest, Sport, Timestamp, WorkoutId, id::Id};
use serde::{Deserialize, Serialize};

/// A workout.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Workout {
    /// Names it.
    pub id: WorkoutId,
    /// Whose it is.
    pub person: AccountId,
    /// Whose diary lists it: the person's, until it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diary: Option<AccountId>,
    /// The day on which it began, by the person's clock.
    pub day: Day,
    /// When it began.
    pub started_at: Timestamp,
    /// What it was.
    pub sport: Sport,
    /// Seconds without pauses.
    pub seconds: u32,
    /// Metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// What it cost.
    #[serde(default)]
    pub load: Load,
    /// Best efforts in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub efforts: Vec<(Effort, u32)>,
    /// The session that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<SessionOf>,
    /// Where it comes from.
    pub source: Source,
    /// Whether it counts: it is not deleted, and no recording of the same session took its place.
    pub counts: bool,
}

/// What a workout cost, in tenths; none where nothing was measured, or there is nothing to measure by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Load {
    /// Normalised power in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised_power_w: Option<u16>,
    /// Training stress score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stress_tenths: Option<u32>,
    /// Banister's training impulse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impulse_tenths: Option<u32>,
}

/// Where a workout comes from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The person wrote it down.
    Hand {
        /// Fingerprint of the request.
        request: String,
        /// What else the person says.
        note: Option<String>,
    },
    /// Sensors recorded it.
    Recording {
        /// The activity.
        activity: ActivityId,
        /// The publisher's epoch, and the snapshot's version in it.
        snapshot: (u32, u64),
        /// Whether the activity was deleted, which is for ever.
        deleted: bool,
    },
}

/// What a workout announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkoutEvent {
    /// It counts, as it says now.
    Completed,
    /// It does not count any more.
    Withdrawn,
    /// It has the person's record of an effort.
    Record(Effort),
}

/// The workout of an activity: the same whatever is told of it.
pub fn id_of(activity: ActivityId) -> WorkoutId {
    WorkoutId::from_digest(&Digest::of(["workout", &activity.to_string()]))
}

impl Workout {
    /// What sensors say of an activity that began on `day`.
    pub fn recorded(said: &ActivityFigures, stamp: Stamp, athlete: &Athlete, day: Day) -> Workout {
        let powers = said.best_power.iter().map(|best| (Effort::Power(best.seconds), u32::from(best.watts)));
        let times = said.best_distance.iter().map(|best| (Effort::Distance(best.metres), best.seconds));
        Workout {
            id: id_of(said.activity),
            person: said.person,
            diary: Some(said.person),
            day,
            started_at: said.started_at,
            sport: said.sport,
            seconds: said.moving_seconds,
            distance_m: said.distance_m,
            load: athlete.thresholds_of(day).map_or_else(Load::default, |thresholds| load(said, thresholds)),
            efforts: powers.chain(times).collect(),
            planned: None,
            source: Source::Recording {
                activity: said.activity,
                snapshot: (stamp.epoch, stamp.version),
                deleted: false,
            },
            counts: true,
        }
    }

    /// Whether it was told by a snapshot as new as `stamp`, or is deleted for ever.
    pub fn is_as_new_as(&self, stamp: Stamp) -> bool {
        match self.source {
            Source::Recording { snapshot: (epoch, version), deleted, .. } => {
                deleted || (epoch, version) >= (stamp.epoch, stamp.version)
            }
            Source::Hand { .. } => true,
        }
    }

    /// The same, deleted: nothing that was measured or said is kept, but when it was and at what sport.
    pub fn deleted(&self) -> Workout {
        let source = match &self.source {
            Source::Recording { activity, snapshot, .. } => {
                Source::Recording { activity: *activity, snapshot: *snapshot, deleted: true }
            }
            Source::Hand { request, .. } => Source::Hand { request: request.clone(), note: None },
        };
        Workout {
            diary: None,
            seconds: 0,
            distance_m: None,
            load: Load::default(),
            efforts: Vec::new(),
            planned: None,
            source,
            counts: false,
            ..self.clone()
        }
    }

    /// An activity that was deleted before it was heard of.
    pub fn never_heard_of(activity: ActivityId, person: AccountId, at: Timestamp, day: Day) -> Workout {
        Workout {
            id: id_of(activity),
            person,
            diary: None,
            day,
            started_at: at,
            sport: Sport::Other,
            seconds: 0,
            distance_m: None,
            load: Load::default(),
            efforts: Vec::new(),
            planned: None,
            source: Source::Recording { activity, snapshot: (0, 0), deleted: true },
            counts: false,
        }
    }
}

/// What an activity cost by these thresholds.
fn load(said: &ActivityFigures, thresholds: &Thresholds) -> Load {
    let power = thresholds.power_w.and_then(|power| u16::try_from(power.get()).ok());
    let stress = said.normalised_power_w.zip(said.stress_seconds).zip(power);
    let byte = |rate: u32| u8::try_from(rate).unwrap_or(u8::MAX);
    let rates = || said.heart_rate_seconds.iter().map(|at| (at.bpm, at.seconds));
    let heart = thresholds.heart.filter(|_| !said.heart_rate_seconds.is_empty());
    Load {
        normalised_power_w: said.normalised_power_w,
        stress_tenths: stress
            .and_then(|((watts, seconds), power)| stress_tenths(u32::from(watts) * 10, seconds, power)),
        impulse_tenths: heart
            .and_then(|heart| trimp(rates(), byte(heart.resting.get()), byte(heart.maximum.get()), heart.curve.into())),
    }
}
