//! What people of a club know of what they did.

use kernel::{AccountId, ActivityId, BatchId, DeviceId, Timestamp};
use std::collections::BTreeMap;
use std::ops::Range;

/// Readings by moment (milliseconds since 1970) and kind of channel.
pub type Rows = BTreeMap<i64, BTreeMap<u16, i64>>;

/// A batch that was sent.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The device.
    pub device: DeviceId,
    /// What is in it.
    pub rows: Rows,
    /// When it was sent first: the person's count, and the time.
    pub first_sent: Option<(u64, Timestamp)>,
    /// When it was confirmed first, and as what.
    pub confirmed: Option<(u64, BatchId)>,
    /// Whether it was sent at least once when it might have been taken.
    pub in_doubt: bool,
}

/// What a person consents to.
#[derive(Clone, Debug)]
pub struct Consent {
    given: Option<bool>,
    under_way: u32,
    changes: u64,
}

impl Default for Consent {
    fn default() -> Self {
        Self { given: Some(false), under_way: 0, changes: 0 }
    }
}

impl Consent {
    /// Whether it is given, if that is sure.
    pub fn is_given(&self) -> Option<bool> {
        self.given
    }

    /// Whether nothing was done about it between two looks.
    pub fn is_as(&self, before: &Consent) -> bool {
        self.changes == before.changes
    }

    /// Somebody says something about it.
    pub(super) fn sent(&mut self) {
        self.under_way += 1;
        self.changes += 1;
        self.given = None;
    }

    /// What was said when things stood as `before` has come to its end; and whether it is known how.
    pub(super) fn ended(&mut self, before: &Consent, to: Option<bool>) {
        self.under_way -= 1;
        // What was said at the same time may have come before it, or after.
        let alone = self.changes == before.changes && self.under_way == 0;
        self.changes += 1;
        self.given = to.filter(|_| alone);
    }
}

/// Something that a person deletes.
#[derive(Clone, Debug)]
pub struct Erasure {
    /// What.
    pub what: Erased,
    /// When it was sent first.
    pub first_sent: Option<u64>,
    /// When the last request so far has ended.
    pub last_ended: u64,
    /// Whether it was confirmed.
    pub confirmed: bool,
}

/// What is deleted.
#[derive(Clone, Debug)]
pub enum Erased {
    /// Readings of a device, in milliseconds since 1970.
    Readings(DeviceId, Range<i64>),
    /// An activity.
    Activity(ActivityId),
    /// A device, with all that is of it.
    Device(DeviceId),
}

/// A file on its way.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Whose.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// Which recording it is.
    pub recording: usize,
    /// Where to put it.
    pub target: String,
    /// The headers that it must have.
    pub headers: BTreeMap<String, String>,
    /// When it was put first.
    pub put: Option<u64>,
    /// When it was seen first what became of it.
    pub seen: Option<u64>,
}

/// What a device recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Its readings.
    pub rows: Rows,
    /// As a file.
    pub file: Vec<u8>,
}
