//! A person's app sends readings of a device, as a chunk.
//!
//! The same as `add-readings` in a fiftieth of the bytes: the body is one chunk of the codec that also stores them
//! (shared/chunk-codec), with times in milliseconds since 1970. Work and memory are bounded by the codec, whatever the
//! body is. Called by the device's owner with an `Idempotency-Key`; takes, refuses and announces the same as
//! [`add_readings`](crate::add_readings), and refuses what is no chunk.

use crate::access;
use crate::batch::Batch;
use crate::intake::{Refused, TakenBatch, consents, take_in};
use crate::series::Series;
use chunk_codec::Chunk;
use kernel::DeviceId;
use platform::http::{self, Created, IdempotencyKey, Path, RawBody, SignedIn};
use platform::{Failure, Function, Now, Table};
use std::time::Duration;

/// `POST /v1/devices/{device}/chunks`
pub fn function() -> Function {
    http::post("/v1/devices/{device}/chunks", add_chunk).memory_mb(512).timeout(Duration::from_secs(29))
}

/// Reads the chunk and stores it.
pub async fn add_chunk(
    caller: SignedIn,
    key: IdempotencyKey,
    Path(device): Path<DeviceId>,
    body: RawBody,
    Now(now): Now,
    sensors: Table,
) -> Result<Created<TakenBatch>, Failure<Refused>> {
    let (device, consent) = access::own(&sensors, caller.account, device).await?;
    consents(&consent)?;
    let unreadable = |error: chunk_codec::DecodeError| Refused::ChunkUnreadable { reason: error.to_string() };
    let header = chunk_codec::header(&body.bytes).map_err(unreadable)?;
    // A few bytes may stand for a million readings that are all the same: what is told without them is checked first.
    if header.records.saturating_mul(header.channels.len() + 1) > Chunk::MAX_VALUES {
        return Err(Refused::TooManyReadings.into());
    }
    let chunk = chunk_codec::decode(&body.bytes).map_err(unreadable)?;
    let batch = Batch::new(Series::of(&chunk), now).map_err(Refused::from)?;
    take_in(&sensors, &device, &key, &batch, now).await
}
