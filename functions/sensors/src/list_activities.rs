//! A person, or a coach whom the person lets see the readings, looks through the person's activities.
//!
//! Called by anybody who is signed in; the newest first, in pages. Without `person` it is about the caller. A list may be
//! a moment behind.

use crate::access;
use crate::activity::Activity;
use crate::device;
use crate::get_activity::ActivityView;
use crate::list_devices::WhosePage;
use crate::store::{activities_of, devices_of};
use kernel::{Count, Page};
use platform::http::{self, Query, SignedIn};
use platform::{Failure, Function, Stored, TableReader};
use std::convert::Infallible;

/// `GET /v1/activities`
pub fn function() -> Function {
    http::get("/v1/activities", list_activities)
}

/// Reads one page.
pub async fn list_activities(
    caller: SignedIn,
    Query(query): Query<WhosePage>,
    sensors: TableReader,
) -> Result<http::Ok<Page<ActivityView>>, Failure<Infallible>> {
    let person = query.person.unwrap_or(caller.account);
    access::person(&sensors, caller.account, person).await?;
    let limit = query.limit.map_or(20, Count::get);
    let page = activities_of(&sensors, person, limit, query.cursor.as_ref()).await?;
    // Of a device that is being deleted there is nothing to see any more.
    let devices = devices_of(&sensors, person, device::PAGE, None).await?.items;
    let is_there = |activity: &&Stored<Activity>| devices.iter().any(|device| device.value.id == activity.value.device);
    let items = page
        .items
        .iter()
        .filter(is_there)
        .filter_map(|activity| ActivityView::of(&activity.value))
        .collect();
    Ok(http::Ok { version: None, body: Page { items, next: page.next } })
}
