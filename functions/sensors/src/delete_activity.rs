//! A person deletes an activity.
//!
//! Called by the person. An activity that was uploaded takes its readings along; one that was marked in what the device
//! sent anyway leaves them. Its figures are gone in either case, and its id is never used again. Deleting again changes
//! nothing. Announces `sensors.activity-deleted.v1`.

use crate::activity::{Activity, ActivityEvent, batch_of};
use crate::erasing::{Erased, erase};
use crate::store::activity_key;
use kernel::ActivityId;
use platform::http::{self, NoContent, Path, SignedIn};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;
use std::time::Duration;

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
        let range = activity.from.as_millis()..activity.until.as_millis().saturating_add(1);
        let batch = batch_of(id);
        if let Erased::Until(_) = erase(&sensors, activity.device, &range, |part| part.batch == batch, now).await? {
            return Err(Error::unavailable(format!("{id} has more readings than one request erases")).into());
        }
    }
    let delete = |found: Option<&Stored<Activity>>| {
        let deleted = found.and_then(|found| found.value.delete(now));
        Ok(deleted.map_or(Decision::Keep, |deleted| Decision::To(deleted, vec![ActivityEvent::Deleted])))
    };
    sensors.change(&activity_key(id), delete).await?;
    Ok(NoContent)
}
