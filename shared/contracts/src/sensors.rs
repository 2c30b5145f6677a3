//! What the sensors context publishes: devices, what people consent to, that readings call for attention, and that
//! there is an activity. What was measured stands in no event: who needs the figures of an activity asks for them
//! ([`ReadActivity`]), and what is deleted there is told nobody any more. The readings themselves never leave it.
//!
//! An activity's events are snapshots of one item: of two with one activity, the newer by [`crate::Stamp`] counts.

use crate::{Question, event, published};
use kernel::{AccountId, ActivityId, AlertId, DeviceId, Sport, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// For how many seconds the best power is told.
pub const BEST_POWER_SECONDS: [u32; 5] = [5, 60, 300, 1_200, 3_600];

/// For how many metres the best time is told: 1, 5 and 10 km, half a marathon, a marathon.
pub const BEST_DISTANCE_METRES: [u32; 5] = [1_000, 5_000, 10_000, 21_098, 42_195];

/// A person's activity is known as a whole, or known better than before: ask for its figures.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ActivityDeleted::example())]
pub struct ActivityRecorded {
    /// The activity.
    pub activity: ActivityId,
    /// Whose it is.
    pub person: AccountId,
}
event!(ActivityRecorded = "sensors.activity-recorded.v1", about activity);

/// What does this activity come to? Answered by `read-activity`; `None` for one that does not exist or was deleted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"activity": ActivityId::from_bits(24)}))]
pub struct ReadActivity {
    /// The activity.
    pub activity: ActivityId,
}

impl Question for ReadActivity {
    type Reply = Option<ActivityFigures>;
    const FUNCTION: &'static str = "read-activity";
}

/// What an activity comes to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ActivityFigures::example())]
pub struct ActivityFigures {
    /// The activity.
    pub activity: ActivityId,
    /// Whose it is.
    pub person: AccountId,
    /// What it was.
    pub sport: Sport,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended: not before it began.
    pub ended_at: Timestamp,
    /// What local clocks were ahead of UTC where it began, in minutes; absent if the recording does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i16>,
    /// Seconds from its beginning to its end, pauses included.
    pub elapsed_seconds: u32,
    /// Seconds in which it was not paused: at most `elapsed_seconds`.
    pub moving_seconds: u32,
    /// How far, in metres; absent if not measured, as all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Mechanical work in joules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work_joules: Option<u64>,
    /// Mean power in watts over the time that is not paused, rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_power_w: Option<u16>,
    /// Normalised power in watts, rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalised_power_w: Option<u16>,
    /// The seconds that count for training stress, if power was measured: those with a reading, less the first 29.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stress_seconds: Option<u32>,
    /// For how many seconds the heart beat how fast, by rising rate, at most 256 rates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heart_rate_seconds: Vec<HeartRateSeconds>,
    /// How the intervals between beats vary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variability: Option<HeartRateVariability>,
    /// The highest mean power over each of [`BEST_POWER_SECONDS`] that the activity is long enough for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub best_power: Vec<BestPower>,
    /// The shortest time for each of [`BEST_DISTANCE_METRES`] that the activity is far enough for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub best_distance: Vec<BestDistance>,
}

/// For so many seconds the heart beat at this rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HeartRateSeconds {
    /// Beats a minute.
    pub bpm: u8,
    /// Seconds.
    pub seconds: u32,
}

/// How the intervals between heartbeats (RR) vary, in the time domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HeartRateVariability {
    /// Root mean square of successive differences, in microseconds.
    pub rmssd_us: u32,
    /// Standard deviation of the intervals, in microseconds.
    pub sdnn_us: u32,
    /// Of a thousand successive differences, how many are greater than 50 ms.
    pub pnn50_permille: u16,
    /// Of how many intervals these are figures.
    pub intervals: u32,
}

/// The highest mean power over a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BestPower {
    /// Over how many seconds on end.
    pub seconds: u32,
    /// Watts, rounded down.
    pub watts: u16,
}

/// The shortest time for a distance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BestDistance {
    /// How far, in metres.
    pub metres: u32,
    /// Seconds, rounded up.
    pub seconds: u32,
}

/// A person deleted an activity: whatever followed from it does not count any more.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ActivityDeleted::example())]
pub struct ActivityDeleted {
    /// The activity. No other will ever have this id.
    pub activity: ActivityId,
    /// Whose it was.
    pub person: AccountId,
}
event!(ActivityDeleted = "sensors.activity-deleted.v1", about activity);

/// A person registered a device.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"device": DeviceId::from_bits(30), "person": AccountId::from_bits(2)}))]
pub struct DeviceRegistered {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub person: AccountId,
}
event!(DeviceRegistered = "sensors.device-registered.v1", about device);

/// A person consents that readings are kept, and lets these coaches see them: all of what is consented to now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"person": AccountId::from_bits(2), "coaches": [AccountId::from_bits(3)]}))]
pub struct ConsentGiven {
    /// The person.
    pub person: AccountId,
    /// Who may see the readings beside the person.
    pub coaches: Vec<AccountId>,
}
event!(ConsentGiven = "sensors.consent-given.v1", about person);

/// A person consents no more: no reading is taken, and no coach sees any.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"person": AccountId::from_bits(2)}))]
pub struct ConsentWithdrawn {
    /// The person.
    pub person: AccountId,
}
event!(ConsentWithdrawn = "sensors.consent-withdrawn.v1", about person);

/// What an alert is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertCause {
    /// Readings were above the limit for as long as the person's rule says.
    Above,
    /// Readings were below it for as long.
    Below,
}

/// Readings call for attention, as the person wished to be told. What they are is not told here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "channel": "heart-rate", "cause": "above",
    "since": "2026-01-31T12:00:00.000Z", "raised_at": "2026-01-31T12:01:00.000Z",
}))]
pub struct AlertRaised {
    /// Names the alert.
    pub alert: AlertId,
    /// Whose readings.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The channel by name.
    pub channel: String,
    /// What is the matter.
    pub cause: AlertCause,
    /// Since when, by the device's clock.
    pub since: Timestamp,
    /// When it was clear, by the device's clock.
    pub raised_at: Timestamp,
}
event!(AlertRaised = "sensors.alert-raised.v1", about alert);

/// What called for attention is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "channel": "heart-rate", "ended_at": "2026-01-31T12:05:00.000Z",
}))]
pub struct AlertEnded {
    /// The alert.
    pub alert: AlertId,
    /// Whose readings.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The channel by name.
    pub channel: String,
    /// Since when, by the device's clock.
    pub ended_at: Timestamp,
}
event!(AlertEnded = "sensors.alert-ended.v1", about alert);

/// A device that was sending sends no more, for longer than the person wished to wait.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "since": "2026-01-31T12:00:00.000Z", "raised_at": "2026-01-31T12:11:00.000Z",
}))]
pub struct DeviceSilent {
    /// Names the alert.
    pub alert: AlertId,
    /// Whose device.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The moment of the latest reading that came: up to a minute before the silence.
    pub since: Timestamp,
    /// When it had lasted too long.
    pub raised_at: Timestamp,
}
event!(DeviceSilent = "sensors.device-silent.v1", about alert);

/// A silent device sends again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "ended_at": "2026-01-31T12:30:00.000Z",
}))]
pub struct DeviceHeard {
    /// The alert that its silence had raised.
    pub alert: AlertId,
    /// Whose device.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// When readings came again.
    pub ended_at: Timestamp,
}
event!(DeviceHeard = "sensors.device-heard.v1", about alert);

/// A person deleted a device, with its readings and activities.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"device": DeviceId::from_bits(30), "person": AccountId::from_bits(2)}))]
pub struct DeviceDeleted {
    /// The device. No other will ever have this id.
    pub device: DeviceId,
    /// Whose it was.
    pub person: AccountId,
}
event!(DeviceDeleted = "sensors.device-deleted.v1", about device);

published!(
    DeviceRegistered,
    DeviceDeleted,
    ConsentGiven,
    ConsentWithdrawn,
    AlertRaised,
    AlertEnded,
    DeviceSilent,
    DeviceHeard,
    ActivityRecorded,
    ActivityDeleted,
);

impl ActivityFigures {
    /// An activity of which only when it was is known: it was never paused, and nothing was measured.
    pub fn unmeasured(
        activity: ActivityId,
        person: AccountId,
        sport: Sport,
        started_at: Timestamp,
        seconds: u32,
    ) -> Self {
        Self {
            activity,
            person,
            sport,
            started_at,
            ended_at: started_at.after(Duration::from_secs(seconds.into())),
            utc_offset_minutes: None,
            elapsed_seconds: seconds,
            moving_seconds: seconds,
            distance_m: None,
            work_joules: None,
            average_power_w: None,
            normalised_power_w: None,
            stress_seconds: None,
            heart_rate_seconds: Vec::new(),
            variability: None,
            best_power: Vec::new(),
            best_distance: Vec::new(),
        }
    }

    fn example() -> Value {
        json!({
            "activity": ActivityId::from_bits(24),
            "person": AccountId::from_bits(3),
            "sport": "cycling",
            "started_at": "2026-01-31T07:00:00.000Z",
            "ended_at": "2026-01-31T08:00:00.000Z",
            "utc_offset_minutes": 180,
            "elapsed_seconds": 3_600,
            "moving_seconds": 3_500,
            "distance_m": 30_120,
            "work_joules": 700_000,
            "average_power_w": 200,
            "normalised_power_w": 215,
            "stress_seconds": 3_460,
            "heart_rate_seconds": [{"bpm": 131, "seconds": 1_500}, {"bpm": 152, "seconds": 2_000}],
            "variability": {"rmssd_us": 12_400, "sdnn_us": 38_100, "pnn50_permille": 8, "intervals": 8_000},
            "best_power": [{"seconds": 5, "watts": 610}, {"seconds": 60, "watts": 390}],
            "best_distance": [{"metres": 1_000, "seconds": 85}],
        })
    }
}

impl ActivityDeleted {
    fn example() -> Value {
        json!({"activity": ActivityId::from_bits(24), "person": AccountId::from_bits(3)})
    }
}
