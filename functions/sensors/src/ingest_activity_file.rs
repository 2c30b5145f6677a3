//! A file of an activity came: its readings are stored and summed up, and the activity is noted.
//!
//! Told by object storage, perhaps twice. Readings are fragments of a batch that is named after what was recorded, so
//! whatever was done before is not done again; what stops anywhere is told again and goes on. A file that cannot be
//! read, or of a person who does not consent, is refused, and its outcome says why. Announces
//! `sensors.activity-recorded.v1`.

use crate::activity::{Activity, ActivityEvent, batch_of, id_of};
use crate::batch::{Batch, Unusable};
use crate::closing;
use crate::file::{ActivityFiles, MAX_LENGTH, Outcome, Place, TOPIC, Upload};
use crate::fragment::Fragment;
use crate::intake::{self, put};
use crate::recording::series_of;
use crate::store::{activity_key, consent_of, device_key, upload_key};
use activity_files::{Activity as Recording, Limits};
use kernel::{ActivityId, Timestamp};
use platform::bucket::put_objects;
use platform::{Error, Function, Notice, Now, Objects, Table, events};
use std::time::Duration;

/// How often one recording can be deleted and uploaded again.
const TIMES: u32 = 16;

/// On a file that came
pub fn function() -> Function {
    events::foreign(TOPIC, ingest_activity_file).memory_mb(1024).timeout(Duration::from_secs(120))
}

/// Takes in each file that the notice names. What is not named as we name files is not ours.
pub async fn ingest_activity_file(
    notice: Notice,
    Now(now): Now,
    files: Objects<ActivityFiles>,
    sensors: Table,
) -> Result<(), Error> {
    for place in put_objects(&notice.text)?.iter().filter_map(|key| Place::read(key)) {
        if sensors.get::<Upload>(&upload_key(place.file)).await?.is_some() {
            continue;
        }
        let Some(bytes) = files.read(&place.key(), MAX_LENGTH as usize).await? else {
            continue;
        };
        let outcome = ingest(&sensors, &place, &bytes, now).await?;
        let upload = Upload { id: place.file, person: place.person, outcome, at: now };
        sensors.create(&upload, Vec::new()).await?;
    }
    Ok(())
}

async fn ingest(sensors: &Table, place: &Place, bytes: &[u8], now: Timestamp) -> Result<Outcome, Error> {
    let Place { person, device, .. } = *place;
    if consent_of(sensors, person).await?.given_at.is_none() {
        return Ok(Outcome::refused("consent-missing", "consent to readings being kept, then upload it again"));
    }
    let known = sensors.get::<crate::device::Device>(&device_key(device)).await?;
    if known.is_none_or(|known| known.value.person != person || known.value.is_deleted()) {
        return Ok(Outcome::refused("device-unknown", "register the device, then upload the file for it"));
    }
    let limits = Limits { bytes: 3 * MAX_LENGTH as usize, ..Limits::default() };
    let recording = match activity_files::read(bytes, &limits) {
        Ok(recording) => recording,
        Err(reason) => return Ok(Outcome::unreadable(reason)),
    };
    let batch = match Batch::of_recording(series_of(&recording), now) {
        Ok(batch) => batch,
        Err(Unusable::Clock(_)) => {
            return Ok(Outcome::refused("clock-wrong", "the device's clock was wrong: set it, and correct the file"));
        }
        Err(Unusable::TooMany) => {
            return Ok(Outcome::refused("too-many-channels", "the file has more than 64 channels: export fewer"));
        }
        Err(_) => {
            return Ok(Outcome::refused("no-readings", "the file holds no readings: export the recording itself"));
        }
    };
    let Some((id, known)) = name(sensors, place, &recording).await? else {
        let reason = "this recording was deleted sixteen times: what was deleted so often is not taken again";
        return Ok(Outcome::refused("deleted-too-often", reason));
    };
    if known.is_none() {
        store(sensors, id, place, &recording, &batch, now).await?;
    }
    // What was read from this very file is not there again: its notice came twice.
    let again = known.is_some_and(|known| known.file != Some(place.file));
    Ok(Outcome::Recorded { activity: id, again, damaged: recording.damage.is_some() })
}

/// The id of the recording, and the activity that it is if that is there already. A deleted activity never comes back:
/// its recording, uploaded again, is another one, so and so often; told again of the file that it was read from, it
/// stays deleted.
async fn name(
    sensors: &Table,
    place: &Place,
    recording: &Recording,
) -> Result<Option<(ActivityId, Option<Activity>)>, Error> {
    for again in 0..TIMES {
        let id = id_of(place.person, recording, again);
        match sensors.get::<Activity>(&activity_key(id)).await?.map(|known| known.value) {
            Some(known) if known.deleted_at.is_some() && known.file != Some(place.file) => {}
            known => return Ok(Some((id, known))),
        }
    }
    Ok(None)
}

async fn store(
    sensors: &Table,
    id: ActivityId,
    place: &Place,
    recording: &Recording,
    batch: &Batch,
    now: Timestamp,
) -> Result<(), Error> {
    let Place { person, device, file } = *place;
    let pieces = batch.pieces().map_err(Error::broken)?;
    let request = id.to_string();
    let fragments: Vec<Fragment> =
        pieces.iter().map(|piece| Fragment::new(device, batch_of(id), &request, piece, now)).collect();
    put(sensors, &fragments).await?;
    closing::close(sensors, device, &intake::hours(batch)).await?;
    let activity = Activity {
        file: Some(file),
        ..Activity::new(id, person, device, recording)
    };
    sensors.create(&activity, vec![ActivityEvent::Recorded]).await?;
    Ok(())
}
