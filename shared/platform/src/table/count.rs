//! Counting without reading: one write that adds one, unless enough were counted.

use super::Table;
use super::item::{Key, number};
use super::put::{Write, refused};
use crate::Error;
use crate::aws::json::DYNAMODB;
use crate::retry::{Attempt, until_definite};
use kernel::Timestamp;
use serde::de::IgnoredAny;

/// How many were counted.
const COUNT: &str = "n";
/// From when on DynamoDB may remove the item, in seconds since 1970: the table's time-to-live attribute.
const FORGOTTEN: &str = "expires_at";

impl Table {
    /// Counts one more under `key`, whose item is no [`Item`](super::Item) and is forgotten after `until`; `false`, and
    /// nothing is counted, if `most` were. One whose reply was lost is counted again: good for limits, not for accounts.
    pub async fn count(&self, key: &Key, most: u32, until: Timestamp) -> Result<bool, Error> {
        let update = "ADD #n :one SET #until = :until".to_owned();
        let write = Write::update(&self.name, key, update, "attribute_not_exists(#n) OR #n < :most")
            .name("#n", COUNT)
            .name("#until", FORGOTTEN)
            .value(":one", number(1))
            .value(":most", number(most))
            .value(":until", number(until.as_seconds()));
        let request = DYNAMODB.request::<IgnoredAny>("UpdateItem", &write)?;
        until_definite(&self.world, || async {
            match request.once(&self.world).await {
                Ok(_) => Attempt::Done(true),
                Err(failed) if refused(&failed).is_some() => Attempt::Done(false),
                Err(failed) => failed.classify(),
            }
        })
        .await
    }
}
