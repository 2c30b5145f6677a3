//! Where changes wait that can never be announced: whole, in object storage, until people have mended what was wrong.

use super::announce::Desk;
use crate::aws::{Request, S3};
use crate::settings::PARKING;
use crate::stream::Batch;
use crate::telemetry::Line;
use serde_json::json;
use serde_json::value::RawValue;

/// Parks the record at `position` of a stream's batch. Whether it is safe there; if not, the stream must wait.
pub(super) async fn park(
    desk: &Desk<'_>,
    payload: &[u8],
    position: usize,
    sequence: Option<&String>,
    line: &Line<'_>,
) -> bool {
    let batch = serde_json::from_slice::<Batch<&RawValue>>(payload).ok();
    let Some(record) = batch.as_ref().and_then(|batch| batch.records.get(position)) else {
        return false;
    };
    let key = format!("{}/{}.json", desk.context, sequence.map(String::as_str).unwrap_or("unknown"));
    let parked = match desk.world.settings.get(PARKING) {
        Ok(bucket) => put(desk, bucket, &key, record).await,
        Err(error) => Err(error),
    };
    match parked {
        // The bucket rings the alarm.
        Ok(()) => line.write(desk.world, "error", "a change was parked", json!({ "key": key })),
        Err(ref error) => {
            let facts = json!({ "key": key, "cause": error.to_string() });
            line.write(desk.world, "error", "a change could not be parked", facts);
        }
    }
    parked.is_ok()
}

async fn put(desk: &Desk<'_>, bucket: &str, key: &str, record: &RawValue) -> Result<(), crate::Error> {
    let request = Request {
        service: S3,
        method: "PUT",
        // Buckets stand in the path: emulators have no host names for them.
        path: format!("/{bucket}/{key}"),
        headers: vec![("content-type", "application/json".to_owned())],
        body: record.get().to_owned().into(),
    };
    request.send(desk.world).await.map(drop)
}
