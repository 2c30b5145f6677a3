//! A worker looks at when and where the worker is free, and which slots are taken.
//!
//! Called by a signed-in worker. Who has said nothing yet has no base and no slots. The version is for `If-Match`.

use crate::store;
use crate::worker::{Base, OpenOffer, Slot, Worker};
use kernel::{Place, RequestId, SlotId, Timestamp};
use platform::http;
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// When and where a worker is free.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AvailabilityView {
    /// Where the worker sets out from, and how far and fast the worker goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseView>,
    /// The slots, in the order of time.
    pub slots: Vec<SlotView>,
}

/// Where a worker sets out from, and how far and fast the worker goes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BaseView {
    /// From where.
    pub place: Place,
    /// How far, in metres.
    pub radius_m: u32,
    /// How fast, in kilometres an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<u32>,
}

/// A stretch of time that one job can take.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SlotView {
    /// Names it.
    pub id: SlotId,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// The request that has taken it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The offer for which it is kept, until it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<OpenOffer>,
}

/// `GET /v1/workers/me/availability`
pub fn function() -> Function {
    http::get("/v1/workers/me/availability", get_availability)
}

/// Reads the worker.
pub async fn get_availability(
    caller: http::Worker,
    matching: TableReader,
) -> Result<http::Ok<AvailabilityView>, Failure<Infallible>> {
    let found = store::worker(&matching, caller.account).await?;
    let version = found.as_ref().map_or(0, |found| found.version);
    let worker = found.map_or_else(|| Worker::unknown(caller.account), |found| found.value);
    Ok(http::Ok::at(version, AvailabilityView::of(worker)))
}

impl AvailabilityView {
    /// What a worker sees.
    pub fn of(worker: Worker) -> Self {
        let base = |Base { place, radius_m, speed_kmh }| BaseView { place, radius_m, speed_kmh };
        let slot = |Slot { id, from, until, taken }: Slot| SlotView {
            id,
            from,
            until,
            request: taken.as_ref().map(|taken| taken.request),
            offer: taken.and_then(|taken| taken.offer),
        };
        Self {
            base: worker.base.map(base),
            slots: worker.slots.into_iter().map(slot).collect(),
        }
    }
}
