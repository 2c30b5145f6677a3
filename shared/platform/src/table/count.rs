//! Counting without reading: one write that adds one, unless enough were counted.

use super::Table;
use super::item::{Key, number};
use crate::Error;
use crate::retry::{Attempt, classify, until_definite};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use kernel::Timestamp;

/// How many were counted.
const COUNT: &str = "n";
/// From when on DynamoDB may remove the item, in seconds since 1970: the table's time-to-live attribute.
const FORGOTTEN: &str = "expires_at";

impl Table {
    /// Counts one more under `key`, whose item is no [`Item`](super::Item) and is forgotten after `until`; `false`, and
    /// nothing is counted, if `most` were. One whose reply was lost is counted again: good for limits, not for accounts.
    pub async fn count(&self, key: &Key, most: u32, until: Timestamp) -> Result<bool, Error> {
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .update_expression("ADD #n :one SET #until = :until")
            .condition_expression("attribute_not_exists(#n) OR #n < :most")
            .expression_attribute_names("#n", COUNT)
            .expression_attribute_names("#until", FORGOTTEN)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(most))
            .expression_attribute_values(":until", number(until.as_seconds()));
        until_definite(&self.world, || async {
            match request.clone().send().await {
                Ok(_) => Attempt::Done(true),
                Err(error) => match error.as_service_error() {
                    Some(UpdateItemError::ConditionalCheckFailedException(_)) => Attempt::Done(false),
                    _ => classify(&error),
                },
            }
        })
        .await
    }
}
