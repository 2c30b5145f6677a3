//! Activities: what a device recorded from a beginning to an end, with the figures of the whole. Pure.
//!
//! The readings themselves are fragments like any others. An activity is named by what was recorded, whatever the file
//! was called and however it was compressed: the same recording again is the same activity.

use activity_files::Activity as Recording;
use activity_files::metrics::Summary;
use contracts::sensors::{
    ActivityFigures, BEST_DISTANCE_METRES, BEST_POWER_SECONDS, BestDistance, BestPower, HeartRateSeconds,
    HeartRateVariability,
};
use kernel::id::Id;
use kernel::{AccountId, ActivityFileId, ActivityId, BatchId, DeviceId, Digest, Timestamp};
use platform::Blob;
use serde::{Deserialize, Serialize};

/// Bytes of one heart rate and how long the heart beat at it.
const RATE: usize = 5;

/// An activity.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Activity {
    /// Names it.
    pub id: ActivityId,
    /// Whose it is.
    pub person: AccountId,
    /// What recorded it.
    pub device: DeviceId,
    /// When it was deleted: its readings are gone, and so are the figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// Fingerprint of the request that marked it. Absent of what was uploaded: its readings are its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The file that it was read from. Absent of what was marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ActivityFileId>,
    /// What it comes to, but for heart rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<ActivityFigures>,
    /// Heart rates: a byte, then the seconds in four, little-endian. As texts they would take most of the item.
    pub heart_rates: Blob,
    /// The index' partition: the person's activities. Absent of deleted ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The index' sort value: when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Timestamp>,
}

/// What an activity announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityEvent {
    /// It is known as a whole.
    Recorded,
    /// It was deleted.
    Deleted,
}

impl Activity {
    /// An activity of a device, as it was recorded.
    pub fn new(id: ActivityId, person: AccountId, device: DeviceId, recording: &Recording) -> Self {
        let mut figures = figures(id, person, recording);
        let rates = std::mem::take(&mut figures.heart_rate_seconds);
        let heart_rates = rates
            .iter()
            .flat_map(|HeartRateSeconds { bpm, seconds }| [*bpm].into_iter().chain(seconds.to_le_bytes()))
            .collect();
        let (from, until) = (figures.started_at, figures.ended_at);
        Self {
            id,
            person,
            device,
            deleted_at: None,
            from,
            until,
            request: None,
            file: None,
            figures: Some(figures),
            heart_rates: Blob(heart_rates),
            list: Some(list_of(person)),
            place: Some(from),
        }
    }

    /// What it comes to; nothing of a deleted one.
    pub fn known(&self) -> Option<ActivityFigures> {
        let rate = |bytes: &[u8]| match bytes {
            [bpm, a, b, c, d] => Some(HeartRateSeconds { bpm: *bpm, seconds: u32::from_le_bytes([*a, *b, *c, *d]) }),
            _ => None,
        };
        let heart_rate_seconds = self.heart_rates.0.chunks(RATE).filter_map(rate).collect();
        self.figures.clone().map(|figures| ActivityFigures { heart_rate_seconds, ..figures })
    }

    /// Without anything that was measured. `None`: it was deleted before.
    pub fn delete(&self, now: Timestamp) -> Option<Self> {
        self.deleted_at.is_none().then(|| Self {
            deleted_at: Some(now),
            figures: None,
            heart_rates: Blob::default(),
            list: None,
            place: None,
            ..self.clone()
        })
    }
}

/// The index' partition with a person's activities.
pub fn list_of(person: AccountId) -> String {
    format!("activities#{person}")
}

/// The batch that an activity's readings are.
pub fn batch_of(id: ActivityId) -> BatchId {
    BatchId::from_digest(&Digest::of(["the readings of", &id.to_string()]))
}

/// The id of what a person recorded; `again` counts how often it was deleted before: a deleted one never comes back.
pub fn id_of(person: AccountId, recording: &Recording, again: u32) -> ActivityId {
    let mut bytes: Vec<u8> = Vec::with_capacity(recording.times.len() * 8 * (recording.channels.len() + 1));
    recording.times.iter().for_each(|at| bytes.extend(at.to_le_bytes()));
    for channel in &recording.channels {
        bytes.extend(channel.kind.0.to_le_bytes());
        channel.values.iter().for_each(|value| match value {
            Some(value) => bytes.extend([1].into_iter().chain(value.to_le_bytes())),
            None => bytes.push(0),
        });
    }
    let parts = [person.to_string().into_bytes(), again.to_le_bytes().to_vec(), bytes];
    ActivityId::from_digest(&Digest::of(parts))
}

fn figures(id: ActivityId, person: AccountId, recording: &Recording) -> ActivityFigures {
    let summary = Summary::of(recording, &BEST_POWER_SECONDS, &BEST_DISTANCE_METRES);
    let metres = summary.distance_cm.and_then(|centimetres| u32::try_from(centimetres / 100).ok());
    ActivityFigures {
        activity: id,
        person,
        sport: recording.sport,
        started_at: Timestamp::from_millis(recording.start),
        ended_at: Timestamp::from_millis(recording.end),
        utc_offset_minutes: recording.utc_offset_minutes,
        elapsed_seconds: summary.elapsed_seconds,
        moving_seconds: summary.moving_seconds.min(summary.elapsed_seconds),
        distance_m: metres,
        work_joules: summary.power.map(|power| power.work_joules),
        stress_seconds: summary.power.map(|power| power.stress_seconds),
        average_power_w: summary.power.map(|power| power.average_watts),
        normalised_power_w: summary.power.and_then(|power| power.normalised_tenths).map(rounded),
        heart_rate_seconds: summary
            .heart_rates
            .iter()
            .map(|(bpm, seconds)| HeartRateSeconds { bpm, seconds })
            .collect(),
        variability: summary.variability.map(|found| HeartRateVariability {
            rmssd_us: found.rmssd_us,
            sdnn_us: found.sdnn_us,
            pnn50_permille: found.pnn50_permille,
            intervals: found.intervals,
        }),
        best_power: summary.best_power.into_iter().map(|(seconds, watts)| BestPower { seconds, watts }).collect(),
        best_distance: summary
            .best_distance
            .into_iter()
            .map(|(metres, seconds)| BestDistance { metres, seconds })
            .collect(),
    }
}

fn rounded(tenths: u32) -> u16 {
    u16::try_from(tenths.saturating_add(5) / 10).unwrap_or(u16::MAX)
}
