//! A person deletes a device, with its readings, charts and activities.
//!
//! Called by the device's owner, with or without consent. From then on no reading of it is shown or taken; its readings,
//! rollups, activities and what its alerts knew are erased within minutes (`close-hours`), however many there are.
//! Uploaded files go by their bucket's own rule, within a year. Its id is never used again. Deleting again changes
//! nothing. Announces `sensors.device-deleted.v1`, and `sensors.activity-deleted.v1` for each activity.

use crate::device::{Device, DeviceEvent};
use crate::store::device_key;
use kernel::DeviceId;
use platform::http::{self, NoContent, Path, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/devices/{device}`
pub fn function() -> Function {
    http::delete("/v1/devices/{device}", delete_device)
}

/// Notes that it is deleted.
pub async fn delete_device(
    caller: SignedIn,
    Path(device): Path<DeviceId>,
    Now(now): Now,
    sensors: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let delete = |found: Option<&Stored<Device>>| {
        let own = found.filter(|found| found.value.person == caller.account).ok_or_else(http::not_found)?;
        let deleted = own.value.delete(now);
        Ok(deleted.map_or(Decision::Keep, |deleted| Decision::To(deleted, vec![DeviceEvent::Deleted])))
    };
    sensors.change(&device_key(device), delete).await?;
    Ok(NoContent)
}
