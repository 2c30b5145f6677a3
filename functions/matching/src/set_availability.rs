//! A worker says when and where the worker is free.
//!
//! Called by a signed-in worker with all of the free slots from now on; `If-Match` guards against overwriting what was
//! said on another device. Slots that are taken stay, whether they are sent or not. The directory says the same at
//! once, so the next decision finds the worker. Setting what is already so changes nothing: a repeated request is
//! harmless.

use crate::get_availability::AvailabilityView;
use crate::moving::move_worker;
use crate::town::Towns;
use crate::worker::{Base, MAX_SLOTS, Overlap, Worker};
use derive::Refusal;
use kernel::{Count, List, Place, Timestamp};
use matching_core::Window;
use platform::http::{self, IfMatch, Json};
use platform::{Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// How far ahead a slot may lie.
const AHEAD: Duration = Duration::from_secs(30 * 86_400);

/// When and where a worker is free.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = SetAvailability::example())]
pub struct SetAvailability {
    /// Where the worker sets out from.
    pub base: Place,
    /// How far the worker goes, in metres.
    pub radius_m: Count<100, 20_000>,
    /// How fast, in kilometres an hour; without it ways take no time.
    #[serde(default)]
    pub speed_kmh: Option<Count<1, 200>>,
    /// The free slots: each can take one job. They do not overlap.
    pub slots: List<FreeSlot, 0, 64>,
}

/// A stretch of free time, in whole minutes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeSlot {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// Why an availability is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// A slot is not as it may be.
    #[problem(422, "slot-wrong", "Slot number {slot} (from 0) {wrong}.")]
    SlotWrong {
        /// Its place in the list, from 0.
        slot: usize,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// A slot overlaps one that is taken by a job or an offer.
    #[problem(409, "slot-taken", "The slot from {from} until {until} overlaps one that is taken. Read them again.")]
    SlotTaken {
        /// Its first moment.
        from: Timestamp,
        /// The first moment after it.
        until: Timestamp,
    },
    /// There are too many slots with those that are taken.
    #[problem(409, "too-many-slots", "At most {most} slots are kept, taken ones included.")]
    TooManySlots {
        /// How many are kept.
        most: usize,
    },
}

/// `PUT /v1/workers/me/availability`
pub fn function() -> Function {
    http::put("/v1/workers/me/availability", set_availability)
}

/// Checks the slots, and writes them with the worker.
pub async fn set_availability(
    caller: http::Worker,
    seen: IfMatch,
    Json(request): Json<SetAvailability>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<http::Ok<AvailabilityView>, Failure<Refused>> {
    let base = Base {
        place: request.base,
        radius_m: request.radius_m.get(),
        speed_kmh: request.speed_kmh.map(Count::get),
    };
    let windows = windows(&request.slots, now)?;
    let step = |worker: &Worker, version| {
        let next = worker
            .available(base, &windows, now)
            .map_err(|Overlap(Window { from, until })| Failure::Refused(Refused::SlotTaken { from, until }))?;
        if (next.base, &next.slots) == (worker.base, &worker.slots) {
            return Ok(None);
        }
        seen.check(version)?;
        match next.slots.len() <= MAX_SLOTS {
            true => Ok(Some(next)),
            false => Err(Refused::TooManySlots { most: MAX_SLOTS }.into()),
        }
    };
    let (version, worker) = move_worker(&matching, &towns, caller.account, now, step).await?;
    Ok(http::Ok::at(version, AvailabilityView::of(worker)))
}

/// The slots, if each is as it may be.
fn windows(slots: &[FreeSlot], now: Timestamp) -> Result<Vec<Window>, Refused> {
    let mut windows: Vec<Window> = Vec::new();
    for (slot, FreeSlot { from, until }) in slots.iter().enumerate() {
        let window = Window { from: *from, until: *until };
        let wrong = match () {
            () if from.as_millis() % 60_000 != 0 || until.as_millis() % 60_000 != 0 => "is not in whole minutes",
            () if window.is_empty() => "ends before it begins",
            () if *until <= now => "is over",
            () if *from < Timestamp::from_millis(now.as_millis() - 86_400_000) => "began more than a day ago",
            () if *until > now.after(AHEAD) => "is more than 30 days ahead",
            () if windows.iter().any(|other| other.overlaps(&window)) => "overlaps another one",
            () => {
                windows.push(window);
                continue;
            }
        };
        return Err(Refused::SlotWrong { slot, wrong });
    }
    Ok(windows)
}

impl SetAvailability {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "base": {"latitude_e7": 557_520_000, "longitude_e7": 376_175_000},
            "radius_m": 5000,
            "speed_kmh": 20,
            "slots": [{"from": "2026-01-06T09:00:00.000Z", "until": "2026-01-06T12:00:00.000Z"}],
        })
    }
}
