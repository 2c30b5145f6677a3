//! What tests of the domain begin with.

use crate::plane::Point;
use crate::request::{Request, Window};
use crate::share::Share;
use crate::worker::{Slot, Worker};
use kernel::{AccountId, RequestId, SlotId, Timestamp};
use std::collections::BTreeMap;

/// A minute of the sample day.
pub fn at(minute: u32) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + i64::from(minute) * 60_000)
}

pub fn slot(id: u128, from: u32, until: u32) -> Slot {
    Slot {
        id: SlotId::from_bits(id),
        window: Window { from: at(from), until: at(until) },
    }
}

/// May begin from minute 0 to minute 60, takes 30 minutes.
pub fn request(id: u128) -> Request {
    let until = Timestamp::from_millis(at(60).as_millis() + 1);
    Request {
        id: RequestId::from_bits(id),
        client: AccountId::from_bits(1_000),
        place: Point::default(),
        start: Window { from: at(0), until },
        duration_s: 30 * 60,
        skills: BTreeMap::new(),
        worth: 1_000,
        placed_at: at(0),
    }
}

/// Stands where the request is, goes 10 km, is free in the minutes 0 to 120.
pub fn worker(id: u128) -> Worker {
    Worker {
        id: AccountId::from_bits(id),
        place: Point::default(),
        radius: 10_000,
        speed: None,
        skills: BTreeMap::new(),
        rating: Share::of(4, 5),
        slots: vec![slot(id * 100, 0, 120)],
    }
}
