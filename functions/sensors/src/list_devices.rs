//! A person, or a coach whom the person lets see the readings, looks through the person's devices.
//!
//! Called by anybody who is signed in; the oldest first, in pages. Without `person` it is about the caller. A list may be
//! a moment behind.

use crate::access;
use crate::store::devices_of;
use crate::view::DeviceView;
use kernel::{AccountId, Count, Cursor, Page};
use platform::http::{self, Query, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// Whose, and which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhosePage {
    /// Whose; the caller's if it is not given.
    #[serde(default)]
    pub person: Option<AccountId>,
    /// The most entries on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/devices`
pub fn function() -> Function {
    http::get("/v1/devices", list_devices)
}

/// Reads one page.
pub async fn list_devices(
    caller: SignedIn,
    Query(query): Query<WhosePage>,
    sensors: TableReader,
) -> Result<http::Ok<Page<DeviceView>>, Failure<Infallible>> {
    let person = query.person.unwrap_or(caller.account);
    access::person(&sensors, caller.account, person).await?;
    let limit = query.limit.map_or(20, Count::get);
    let page = devices_of(&sensors, person, limit, query.cursor.as_ref()).await?;
    Ok(http::Ok { version: None, body: page.map(|device| device.value.into()) })
}
