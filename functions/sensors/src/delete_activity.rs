//! A person deletes an activity.
//!
//! Called by the person. An activity that was uploaded takes its readings along; one that was marked in what the device
//! sent anyway leaves them. Its figures are gone in either case, and its id is never used again. Deleting again changes
//! nothing. Announces `sensors.activity-deleted.v1`.

use crate::activity::{Activity, ActivityEvent, batch_of};
use crate::erasing::{Erased, erase};
use crate::store::activity_key;
use kernel::{ActivityId, Timestamp};
use platform::http::{self, NoContent, Path, SignedIn};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;
use std::time::Duration;

/// How often one request goes on. Each time some ten thousand batches are looked at: a hundred thousand are eleven days
/// of one every ten seconds.
const TURNS: usize = 10;

/// `DELETE /v1/activities/{activity}`
pub fn function() -> Function {
    http::delete("/v1/activities/{activity}", delete_activity)
        .memory_mb(512)
        .timeout(Duration::from_secs(29))
}

/// Erases the readings first: what stops in between is deleted again.
pub async fn delete_activity(
    caller: SignedIn,
    Path(id): Path<ActivityId>,
    Now(now): Now,
    sensors: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let found = sensors.get::<Activity>(&activity_key(id)).await?.map(|found| found.value);
    let activity = found.filter(|activity| activity.person == caller.account).ok_or_else(http::not_found)?;
    if activity.deleted_at.is_some() {
        return Ok(NoContent);
    }
    if activity.request.is_none() {
        erase_readings(&sensors, &activity, now).await?;
    }
    let delete = |found: Option<&Stored<Activity>>| {
        let deleted = found.and_then(|found| found.value.delete(now));
        Ok(deleted.map_or(Decision::Keep, |deleted| Decision::To(deleted, vec![ActivityEvent::Deleted])))
    };
    sensors.change(&activity_key(id), delete).await?;
    Ok(NoContent)
}

/// Erases what the file said, from among all that the device sent in that time.
async fn erase_readings(sensors: &Table, activity: &Activity, now: Timestamp) -> Result<(), Error> {
    let mut range = activity.from.as_millis()..activity.until.as_millis().saturating_add(1);
    let batch = batch_of(activity.id);
    for _ in 0..TURNS {
        match erase(sensors, activity.device, &range, |part| part.batch == batch, now).await? {
            Erased::All => return Ok(()),
            Erased::Until(next) => range.start = next,
        }
    }
    Err(Error::unavailable(format!("{} has more readings than one request erases", activity.id)))
}
