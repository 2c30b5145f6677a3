//! A person's app says from when to when the readings of a device are an activity.
//!
//! Called by the device's owner with an `Idempotency-Key`; the same key again gets the same reply. The figures are
//! those of the readings that are there by now: send them first. Announces `sensors.activity-recorded.v1`.

use crate::access;
use crate::activity::{Activity, ActivityEvent};
use crate::recording::of_series;
use crate::store::{activity_key, readings};
use derive::Refusal;
use kernel::{ActivityId, DeviceId, Sport, Timestamp};
use platform::http::{self, Created, IdempotencyKey, Json, SignedIn};
use platform::{Creation, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest activity that is marked, in milliseconds: a day.
const LONGEST: i64 = 24 * 3_600_000;

/// The activity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({
    "device": DeviceId::from_bits(1), "from": "2026-01-05T07:00:00.000Z", "until": "2026-01-05T07:45:00.000Z",
    "sport": "running", "utc_offset_minutes": 180,
}))]
pub struct RecordActivity {
    /// What recorded it.
    pub device: DeviceId,
    /// When it began.
    pub from: Timestamp,
    /// When it ended: at most a day later.
    pub until: Timestamp,
    /// What it was.
    pub sport: Sport,
    /// What local clocks were ahead of UTC where it began, in minutes: −840 to 840.
    #[serde(default)]
    pub utc_offset_minutes: Option<i16>,
}

/// The activity as it was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TakenActivity {
    /// Names it.
    pub id: ActivityId,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
}

/// Why it is no activity.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The person does not consent to readings being kept.
    #[problem(403, "consent-missing", "Ask the person, and say so with PUT /v1/sensor-consent; then send it again.")]
    ConsentMissing,
    /// The caller has no such device.
    #[problem(422, "device-unknown", "List your devices and name one of them.")]
    DeviceUnknown,
    /// It ends before it begins, is too long, or has not ended yet.
    #[problem(422, "range-wrong", "Send an activity that begins before it ends, at most a day, and is over.")]
    RangeWrong,
    /// No local clock is that far ahead of UTC.
    #[problem(422, "utc-offset-wrong", "Send minutes from -840 to 840, or leave it out.")]
    UtcOffsetWrong,
    /// There are more readings in it than are looked at at once.
    #[problem(422, "too-many-readings", "Mark a shorter activity: it has more readings than are summed up at once.")]
    TooManyReadings,
    /// There are no readings in it.
    #[problem(422, "no-readings", "Send the device's readings first.")]
    NoReadings,
}

/// `POST /v1/activities`
pub fn function() -> Function {
    http::post("/v1/activities", record_activity)
        .memory_mb(512)
        .timeout(std::time::Duration::from_secs(29))
}

/// Reads the readings and notes their figures.
pub async fn record_activity(
    caller: SignedIn,
    key: IdempotencyKey,
    Json(request): Json<RecordActivity>,
    Now(now): Now,
    sensors: Table,
) -> Result<Created<TakenActivity>, Failure<Refused>> {
    let id: ActivityId = key.id();
    if let Some(known) = sensors.get::<Activity>(&activity_key(id)).await? {
        key.replays(known.value.request.as_deref().unwrap_or_default())?;
        return Ok(taken(&known.value));
    }
    let found = access::find_own(&sensors, caller.account, request.device).await?;
    let (device, consent) = found.ok_or(Refused::DeviceUnknown)?;
    consent.given_at.ok_or(Refused::ConsentMissing)?;
    let (start, end) = (request.from.as_millis(), request.until.as_millis());
    if start >= end || end - start > LONGEST || end > now.as_millis() + crate::batch::AHEAD {
        return Err(Refused::RangeWrong.into());
    }
    if request.utc_offset_minutes.is_some_and(|minutes| !(-840..=840).contains(&minutes)) {
        return Err(Refused::UtcOffsetWrong.into());
    }
    let series = readings(&sensors, device.id, &(start..end)).await?.ok_or(Refused::TooManyReadings)?;
    if series.is_empty() {
        return Err(Refused::NoReadings.into());
    }
    let recording = of_series(&series, (start, end), request.sport, request.utc_offset_minutes);
    let activity = Activity {
        request: Some(key.fingerprint().to_owned()),
        ..Activity::new(id, caller.account, device.id, &recording)
    };
    match sensors.create(&activity, vec![ActivityEvent::Recorded]).await? {
        Creation::Created => Ok(taken(&activity)),
        Creation::Exists(known) => {
            key.replays(known.value.request.as_deref().unwrap_or_default())?;
            Ok(taken(&known.value))
        }
    }
}

fn taken(activity: &Activity) -> Created<TakenActivity> {
    let Activity { id, from, until, .. } = *activity;
    Created {
        location: format!("/v1/activities/{id}"),
        body: TakenActivity { id, from, until },
    }
}
