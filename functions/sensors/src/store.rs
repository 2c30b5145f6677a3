//! The items of the sensors table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Consent`] | `acc_…` | `consent` |
//! | [`Device`] | `dev_…` | `device` |
//! | [`Fragment`] | `dev_…` | `chunk#<window>#<batch>`, `…#<part>` of further ones |
//! | [`Rollup`] | `dev_…` | `rollup#<tier>#<begin>` |
//! | [`Rules`] | `acc_…` | `rules` |
//! | [`Alarm`] | `dev_…` | `alarm#<channel>` |
//! | [`Watch`] | `dev_…` | `watch` |
//! | [`Activity`] | `act_…` | `activity` |
//! | [`Upload`] | `fil_…` | `upload` |
//!
//! Moments in keys are milliseconds since 1970 in 13 digits; of windows it is the hour, in 7 digits. Both indexes are
//! sparse: `by-due` (`waiting`, `due`) holds what somebody is to look at (hours to close, devices that are listened to,
//! deleted ones) and nothing else; `listed` (`list`, `place`) what people look through by time.

use crate::activity::{self, Activity, ActivityEvent};
use crate::alarm::{Alarm, AlarmEvent, Rules};
use crate::backlog::{self, Backlog};
use crate::batch::WINDOW;
use crate::channel::Channel;
use crate::device::{self, Device, DeviceEvent};
use crate::file::Upload;
use crate::fragment::{self, Fragment, merged};
use crate::person::{Consent, ConsentEvent};
use crate::rollup::{self, HOUR, Rows, Tier};
use crate::series::Series;
use crate::silence::{Watch, WatchEvent};
use kernel::{AccountId, ActivityFileId, ActivityId, Cursor, DeviceId, Page, Timestamp};
use platform::{
    BY_DUE, Blob, Error, Failure, Index, IndexEntry, IndexPage, Item, Key, List, Never, Stored, TableReader,
};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::ops::Range;

/// Lists what people look through, by time.
pub const LISTED: Index = Index { name: "listed", partition: "list", sort: "place" };

/// How often a use case decides anew when others change its items in between.
pub const DECISIONS: usize = 8;
/// How many entries of a list a sweeper reads at a time.
const PAGE: u32 = 50;
/// How many items of a device are read at a time; a page ends at 1 MB anyway.
const ITEMS: u32 = 500;

/// Values ([`Fragment::values`]) that are read at once at most: of an hour of eleven channels a hundred times a second
/// there are five and a half million. Merged they take some three hundred megabytes.
pub const MOST_AT_ONCE: usize = 12_000_000;

/// Rows of one tier that stand together. What its key says is not stored again: it is paid for by length.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "StoredRollup")]
pub struct Rollup {
    /// The device.
    #[serde(skip_serializing)]
    pub device: DeviceId,
    /// How long its rows' stretches are.
    #[serde(skip_serializing)]
    pub tier: Tier,
    /// When its first stretch begins, in milliseconds since 1970.
    #[serde(skip_serializing)]
    pub begin: i64,
    /// The rows.
    #[serde(rename = "c")]
    pub rows: Blob,
    /// Which hours are behind; of days alone.
    #[serde(flatten)]
    pub backlog: Backlog,
    /// How often hours of it were closed; of days alone. What else changes in between is noted only.
    #[serde(default, rename = "k", skip_serializing_if = "is_zero")]
    pub closings: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Rows as they stand in the table.
#[derive(Deserialize)]
struct StoredRollup {
    pk: DeviceId,
    sk: String,
    c: Blob,
    #[serde(flatten)]
    backlog: Backlog,
    #[serde(default)]
    k: u64,
}

impl TryFrom<StoredRollup> for Rollup {
    type Error = String;

    fn try_from(StoredRollup { pk: device, sk, c: rows, backlog, k: closings }: StoredRollup) -> Result<Self, String> {
        let (tier, begin) = Rollup::place(&sk).ok_or_else(|| format!("{sk} is no key of rows"))?;
        Ok(Self { device, tier, begin, rows, backlog, closings })
    }
}

impl Rollup {
    /// One without rows.
    pub fn empty(device: DeviceId, tier: Tier, begin: i64) -> Self {
        Self {
            device,
            tier,
            begin,
            rows: Blob(Vec::new()),
            backlog: Backlog::default(),
            closings: 0,
        }
    }

    /// What a sort key says of an item's rows: their tier, and when they begin.
    pub fn place(sk: &str) -> Option<(Tier, i64)> {
        match sk.split('#').collect::<Vec<_>>()[..] {
            [Self::KIND, tier, begin] => Tier::of(tier).zip(begin.parse().ok()),
            _ => None,
        }
    }

    /// Its rows.
    pub fn rows(&self) -> Result<Rows, Error> {
        let damaged = || Error::broken(format!("{} does not read", self.key()));
        rollup::unpack(self.tier, self.begin, &self.rows.0).ok_or_else(damaged)
    }
}

impl Item for Consent {
    type Event = ConsentEvent;
    const KIND: &'static str = "consent";

    fn key(&self) -> Key {
        consent_key(self.person)
    }
}

/// The key of what a person consents to.
pub fn consent_key(person: AccountId) -> Key {
    Key::new(person, Consent::KIND)
}

impl Item for Device {
    type Event = DeviceEvent;
    const KIND: &'static str = "device";

    fn key(&self) -> Key {
        device_key(self.id)
    }
}

/// The key of a device.
pub fn device_key(id: DeviceId) -> Key {
    Key::new(id, Device::KIND)
}

impl Item for Fragment {
    type Event = Never;
    const KIND: &'static str = "chunk";

    fn key(&self) -> Key {
        Key::new(self.device, self.place())
    }
}

impl Item for Rollup {
    type Event = Never;
    const KIND: &'static str = "rollup";

    fn key(&self) -> Key {
        rollup_key(self.device, self.tier, self.begin)
    }
}

/// The key of rows that begin then.
pub fn rollup_key(device: DeviceId, tier: Tier, begin: i64) -> Key {
    Key::new(device, format!("{}#{}#{begin:013}", Rollup::KIND, tier.letter()))
}

impl Item for Rules {
    type Event = Never;
    const KIND: &'static str = "rules";

    fn key(&self) -> Key {
        rules_key(self.person)
    }
}

/// The key of what a person wants to be told.
pub fn rules_key(person: AccountId) -> Key {
    Key::new(person, Rules::KIND)
}

impl Item for Alarm {
    type Event = AlarmEvent;
    const KIND: &'static str = "alarm";

    fn key(&self) -> Key {
        alarm_key(self.device, self.channel)
    }
}

/// The key of how far a channel's rule is.
pub fn alarm_key(device: DeviceId, channel: Channel) -> Key {
    Key::new(device, format!("{}#{}", Alarm::KIND, channel.name()))
}

impl Item for Watch {
    type Event = WatchEvent;
    const KIND: &'static str = "watch";

    fn key(&self) -> Key {
        watch_key(self.device)
    }
}

/// The key of whether a device is listened to.
pub fn watch_key(device: DeviceId) -> Key {
    Key::new(device, Watch::KIND)
}

impl Item for Activity {
    type Event = ActivityEvent;
    const KIND: &'static str = "activity";

    fn key(&self) -> Key {
        activity_key(self.id)
    }
}

/// The key of an activity.
pub fn activity_key(id: ActivityId) -> Key {
    Key::new(id, Activity::KIND)
}

impl Item for Upload {
    type Event = Never;
    const KIND: &'static str = "upload";

    fn key(&self) -> Key {
        upload_key(self.id)
    }
}

/// The key of what became of a file.
pub fn upload_key(id: ActivityFileId) -> Key {
    Key::new(id, Upload::KIND)
}

/// A page of a person's activities, the newest first.
pub async fn activities_of<R>(
    sensors: &TableReader,
    person: AccountId,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Activity>>, Failure<R>> {
    sensors.list(&List::index(LISTED, activity::list_of(person)).newest_first(), limit, cursor).await
}

/// What a person consents to.
pub async fn consent_of(sensors: &TableReader, person: AccountId) -> Result<Consent, Error> {
    let found = sensors.get::<Consent>(&consent_key(person)).await?;
    Ok(found.map_or_else(|| Consent::none(person), |found| found.value))
}

/// A page of a person's devices, the oldest first.
pub async fn devices_of<R>(
    sensors: &TableReader,
    person: AccountId,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Device>>, Failure<R>> {
    sensors.list(&List::index(LISTED, device::list_of(person)), limit, cursor).await
}

/// A page of what somebody is to look at by now.
pub async fn due(sensors: &TableReader, until: Timestamp, after: Option<&IndexEntry>) -> Result<IndexPage, Error> {
    let due = List::index(BY_DUE, backlog::WAITING).between(Timestamp::from_millis(0), until);
    sensors.entries(&due, PAGE, after).await
}

/// The fragments that may hold readings of a range, by window; at most a page of them.
pub async fn fragments(
    sensors: &TableReader,
    device: DeviceId,
    range: &Range<i64>,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Fragment>>, Error> {
    let keys = [range.start, range.end.saturating_add(WINDOW - 1)].map(fragment::keys_of);
    let list = List::collection::<Fragment>(device).between(&keys[0], &keys[1]);
    sensors.list::<Fragment, Infallible>(&list, ITEMS, cursor).await.map_err(Error::from)
}

/// The first of these hours, counted from 1970, that has fragments.
pub async fn first_hour(sensors: &TableReader, device: DeviceId, hours: &Range<i64>) -> Result<Option<i64>, Error> {
    if hours.is_empty() {
        return Ok(None);
    }
    let keys = |hour: i64| fragment::keys_of(hour * HOUR);
    let list = List::collection::<Fragment>(device).between(keys(hours.start), keys(hours.end));
    let page = sensors.list::<Fragment, Infallible>(&list, 1, None).await?;
    Ok(page.items.first().map(|found| found.value.window.div_euclid(HOUR)))
}

/// All readings of a range; `None` if they are more than [`MOST_AT_ONCE`].
///
/// Nobody measures that much in what is read at once: it is for whoever sends more, so that it takes bounded memory.
pub async fn readings(sensors: &TableReader, device: DeviceId, range: &Range<i64>) -> Result<Option<Series>, Error> {
    let (mut found, mut cursor, mut values) = (Vec::new(), None, 0);
    loop {
        let page = fragments(sensors, device, range, cursor.as_ref()).await?;
        for fragment in page.items {
            values += fragment.value.values()?;
            if values > MOST_AT_ONCE {
                return Ok(None);
            }
            found.push(fragment.value);
        }
        cursor = page.next;
        if cursor.is_none() {
            return merged(found, range).map(Some);
        }
    }
}

/// The items with the rows of a tier that begin in a range.
pub async fn rollups(
    sensors: &TableReader,
    device: DeviceId,
    tier: Tier,
    range: &Range<i64>,
) -> Result<Vec<Rollup>, Error> {
    let key = |moment: i64| format!("{}#{}#{:013}", Rollup::KIND, tier.letter(), moment.clamp(0, 9_999_999_999_999));
    let list = List::collection::<Rollup>(device).between(key(tier.block(range.start)), key(range.end - 1));
    let (mut rollups, mut cursor) = (Vec::new(), None);
    loop {
        let page = sensors.list::<Rollup, Infallible>(&list, ITEMS, cursor.as_ref()).await?;
        rollups.extend(page.items.into_iter().map(|found| found.value));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(rollups);
        }
    }
}
