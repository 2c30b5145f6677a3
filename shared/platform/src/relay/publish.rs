//! Sends events to the context's topic, in requests as large as SNS takes.

use super::Entry;
use crate::retry::send;
use crate::settings::TOPIC;
use crate::telemetry::Line;
use crate::{Error, World, clients};
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use serde_json::json;

/// A limit of SNS: entries in one request, and their bytes together.
const MAX_ENTRIES: usize = 10;
const MAX_BYTES: usize = 256 * 1024;

/// Publishes all entries, in requests as large as SNS takes; the records of those that failed.
pub(super) async fn publish(world: &World, line: &Line<'_>, entries: Vec<Entry>) -> Result<Vec<usize>, Error> {
    let mut failed = Vec::new();
    let mut rest = entries.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(MAX_ENTRIES).take_while(|entry| {
            bytes += entry.message.len() + entry.kind.len() + 64;
            bytes <= MAX_BYTES
        });
        // Every event is shorter than a request, so at least one fits.
        let (now, later) = rest.split_at(fits.count().max(1));
        rest = later;
        match publish_request(world, now).await {
            Ok(refused) => failed.extend(refused),
            Err(error) => {
                line.write(world, "error", "events could not be published", json!({ "cause": error.to_string() }));
                failed.extend(now.iter().map(|entry| entry.record));
            }
        }
    }
    Ok(failed)
}

async fn publish_request(world: &World, entries: &[Entry]) -> Result<Vec<usize>, Error> {
    let batch: Vec<PublishBatchRequestEntry> = entries
        .iter()
        .enumerate()
        .map(|(n, entry)| {
            let kind = MessageAttributeValue::builder().data_type("String").string_value(entry.kind).build()?;
            PublishBatchRequestEntry::builder()
                .id(n.to_string())
                .message(&entry.message)
                .message_attributes("type", kind)
                .build()
        })
        .collect::<Result<_, _>>()
        .map_err(Error::broken)?;
    let request = clients::sns(world)
        .publish_batch()
        .topic_arn(world.settings.get(TOPIC)?)
        .set_publish_batch_request_entries(Some(batch));
    let output = send!(world, request)?;
    let refused = output.failed.unwrap_or_default();
    Ok(refused
        .iter()
        .map(|entry| entry.id.parse().ok().and_then(|n: usize| entries.get(n)))
        // An answer about an entry that was never sent says nothing about which one failed: repeat them all.
        .flat_map(|entry| {
            entry.map_or_else(|| entries.iter().map(|entry| entry.record).collect(), |entry| vec![entry.record])
        })
        .collect())
}
