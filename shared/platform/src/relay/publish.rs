//! Sends events to the context's topic, in requests as large as SNS takes.

use super::Entry;
use crate::aws::{sns, xml};
use crate::settings::TOPIC;
use crate::telemetry::Line;
use crate::{Error, World};
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
    let mut fields = vec![("TopicArn".to_owned(), world.settings.get(TOPIC)?.to_owned())];
    for (n, entry) in entries.iter().enumerate() {
        let member = format!("PublishBatchRequestEntries.member.{}", n + 1);
        let kind = format!("{member}.MessageAttributes.entry.1");
        fields.extend([
            (format!("{member}.Id"), n.to_string()),
            (format!("{member}.Message"), entry.message.clone()),
            (format!("{kind}.Name"), "type".to_owned()),
            (format!("{kind}.Value.DataType"), "String".to_owned()),
            (format!("{kind}.Value.StringValue"), entry.kind.to_owned()),
        ]);
    }
    let reply = sns::request("PublishBatch", fields)?.send(world).await?;
    let answer = String::from_utf8_lossy(&reply.body);
    let failed = xml::inside(&answer, "Failed").unwrap_or_default();
    Ok(xml::each(failed, "member")
        .into_iter()
        .map(|member| xml::first(member, "Id").and_then(|id| entries.get(id.parse::<usize>().ok()?)))
        // An answer about an entry that was never sent says nothing about which one failed: repeat them all.
        .flat_map(|entry| {
            entry.map_or_else(|| entries.iter().map(|entry| entry.record).collect(), |entry| vec![entry.record])
        })
        .collect())
}
