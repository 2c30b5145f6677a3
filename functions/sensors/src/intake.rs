//! Taking a batch in: the same for what apps send as JSON and as a chunk.

use crate::alerting;
use crate::batch::{Batch, Unusable};
use crate::catching_up::mark;
use crate::closing;
use crate::device::Device;
use crate::fragment::Fragment;
use crate::person::Consent;
use crate::rollup::HOUR;
use derive::Refusal;
use futures_util::future::try_join_all;
use kernel::{BatchId, DeviceId, Timestamp};
use platform::http::{Created, IdempotencyKey};
use platform::{Creation, Error, Failure, Item, Key, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many items are written at a time.
const AT_A_TIME: usize = 16;

/// The batch as it was taken: its readings can be read from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TakenBatch {
    /// Names it.
    pub batch: BatchId,
    /// How many readings it has: those that say the same moment and channel twice count once.
    pub readings: usize,
    /// The earliest of them.
    pub from: Timestamp,
    /// The latest of them.
    pub until: Timestamp,
}

/// Why a batch is not taken. Nothing of it is.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The person does not consent to readings being kept.
    #[problem(403, "consent-missing", "Ask the person, and say so with PUT /v1/sensor-consent; then send it again.")]
    ConsentMissing,
    /// There are no readings in the batch.
    #[problem(422, "no-readings", "Send at least one reading.")]
    NoReadings,
    /// There are too many readings in the batch.
    #[problem(422, "too-many-readings", "Send at most a million readings and moments at once: cut the batch by time.")]
    TooManyReadings,
    /// The batch covers too long a time.
    #[problem(422, "batch-too-long", "Send at most 25 hours at once: cut the batch by time.")]
    BatchTooLong,
    /// The device's clock is wrong.
    #[problem(422, "clock-wrong", "{at} is before 2010, or more than five minutes ahead. Set the device's clock.")]
    ClockWrong {
        /// The moment that cannot be.
        at: Timestamp,
    },
    /// A channel is of a kind that nobody knows.
    #[problem(422, "channel-unknown", "Kind {kind} is no channel. Leave it out.")]
    ChannelUnknown {
        /// Its kind.
        kind: u16,
    },
    /// A channel stands twice in the batch.
    #[problem(422, "channel-twice", "{channel} stands twice. Send each channel once.")]
    ChannelTwice {
        /// The channel.
        channel: &'static str,
    },
    /// The readings of a channel are in another unit.
    #[problem(422, "unit-wrong", "{channel} is measured in {units}. Convert the readings, and name that unit.")]
    UnitWrong {
        /// The channel.
        channel: &'static str,
        /// The units in which it may come.
        units: String,
    },
    /// A reading cannot be true.
    #[problem(422, "value-impossible", "{channel} of {value} at {at} is not from {lowest} to {highest} {unit}.")]
    ValueImpossible {
        /// The channel.
        channel: &'static str,
        /// When.
        at: Timestamp,
        /// The reading.
        value: i64,
        /// The lowest that can be.
        lowest: i64,
        /// The highest that can be.
        highest: i64,
        /// The unit of these.
        unit: &'static str,
    },
    /// A row has more or fewer entries than it should have.
    #[problem(422, "row-length-wrong", "Row {row} has not one moment and a reading, or null, for each channel.")]
    RowLengthWrong {
        /// Which one; 1 is the first.
        row: usize,
    },
    /// The chunk does not read.
    #[problem(422, "chunk-unreadable", "The body is no chunk: {reason}.")]
    ChunkUnreadable {
        /// What is the matter.
        reason: String,
    },
}

impl From<Unusable> for Refused {
    fn from(reason: Unusable) -> Self {
        let at = Timestamp::from_millis;
        match reason {
            Unusable::Empty => Refused::NoReadings,
            Unusable::TooMany => Refused::TooManyReadings,
            Unusable::TooLong => Refused::BatchTooLong,
            Unusable::Clock(moment) => Refused::ClockWrong { at: at(moment) },
            Unusable::Channel(kind) => Refused::ChannelUnknown { kind },
            Unusable::Value(channel, moment, value) => {
                let (lowest, highest) = channel.possible().into_inner();
                Refused::ValueImpossible {
                    channel: channel.name(),
                    at: at(moment),
                    value,
                    lowest,
                    highest,
                    unit: channel.unit(),
                }
            }
        }
    }
}

/// Passes if the person consents to readings being kept.
pub fn consents(consent: &Consent) -> Result<(), Failure<Refused>> {
    consent.given_at.map(drop).ok_or(Failure::Refused(Refused::ConsentMissing))
}

/// Stores a batch, and sees to it that its hours are closed: at once if it is long, else when they are over; and looks
/// whether anything in it calls for attention. The same request again finds all of it stored; one that stopped in the
/// middle goes on.
pub async fn take_in(
    sensors: &Table,
    device: &Device,
    key: &IdempotencyKey,
    batch: &Batch,
    now: Timestamp,
) -> Result<Created<TakenBatch>, Failure<Refused>> {
    let Device { id: device, person, .. } = *device;
    let id: BatchId = key.id();
    let fragments: Vec<Fragment> = batch
        .pieces()
        .map_err(Error::broken)?
        .iter()
        .map(|piece| Fragment::new(device, id, key.fingerprint(), piece, now))
        .collect();
    // One item is written or not. Of several all are looked at first: a key of another batch is to change nothing.
    if fragments.len() > 1 {
        known(sensors, &fragments)
            .await?
            .iter()
            .try_for_each(|known| key.replays_what(|one| known.value.is_of(one)))?;
    }
    for known in put(sensors, &fragments).await? {
        key.replays_what(|one| known.value.is_of(one))?;
    }
    see_to_closing(sensors, device, batch, now).await?;
    alerting::look(sensors, person, device, batch, now).await?;
    let (from, until) = batch.ends();
    Ok(Created {
        location: format!("/v1/devices/{device}/readings"),
        body: TakenBatch {
            batch: id,
            readings: batch.series().readings(),
            from: Timestamp::from_millis(from),
            until: Timestamp::from_millis(until),
        },
    })
}

/// Which of these are there already.
async fn known(sensors: &Table, fragments: &[Fragment]) -> Result<Vec<Stored<Fragment>>, Error> {
    let mut known = Vec::new();
    for fragments in fragments.chunks(AT_A_TIME) {
        let keys: Vec<Key> = fragments.iter().map(Item::key).collect();
        let found = try_join_all(keys.iter().map(|key| sensors.get::<Fragment>(key))).await?;
        known.extend(found.into_iter().flatten());
    }
    Ok(known)
}

/// Writes fragments, many at a time; those that were there already.
pub async fn put(sensors: &Table, fragments: &[Fragment]) -> Result<Vec<Stored<Fragment>>, Error> {
    let mut known = Vec::new();
    for fragments in fragments.chunks(AT_A_TIME) {
        let puts = fragments.iter().map(|fragment| sensors.create(fragment, Vec::new()));
        known.extend(try_join_all(puts).await?.into_iter().filter_map(|put| match put {
            Creation::Exists(known) => Some(known),
            Creation::Created => None,
        }));
    }
    Ok(known)
}

/// The hours of a batch, counted from 1970.
pub fn hours(batch: &Batch) -> BTreeSet<i64> {
    batch.series().rows().map(|(at, _)| at.div_euclid(HOUR)).collect()
}

async fn see_to_closing(
    sensors: &Table,
    device: DeviceId,
    batch: &Batch,
    now: Timestamp,
) -> Result<(), Failure<Refused>> {
    let hours = hours(batch);
    if batch.is_bulk() {
        return Ok(closing::close(sensors, device, &hours).await?);
    }
    Ok(mark(sensors, device, &hours, now).await?)
}
