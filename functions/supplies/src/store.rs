//! The items of the supplies table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Supply`] | `supply#<sku>` | `supply` |
//! | [`Purchase`] | `pur_…` | `purchase` |
//! | [`Kit`] of a service | `svc_…` | `kit` |
//! | [`Job`], a replica | `job_…` | `job` |
//! | [`Draw`] | `drw_…` | `draw` |
//! | [`Cookie`] of a job | `job_…` | `cookie` |
//!
//! All indexes hold keys only, and each is sparse: `by-due` (`waiting`, `due`) what waits for staff or for the vendor
//! and nothing else; `by-worker` (`worker`, `requested_at`) a worker's requests; `listed` (`list`, `place`) supplies
//! and purchases. The attributes of the latter two never change, so each costs one write unit when an item is created.

use crate::cookie::{Cookie, CookieEvent};
use crate::draw::{self, Draw, DrawEvent};
use crate::job::{Job, JobEvent, Kit};
use crate::purchase::{self, Purchase, PurchaseEvent};
use crate::supply::{self, Supply};
use contracts::supplies::SupplyLine;
use kernel::{AccountId, Cursor, DrawId, JobId, Page, PurchaseId, ServiceId, Sku};
use platform::{BY_DUE, Error, Failure, Index, Item, Key, List, Never, Stored, TableReader};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// Lists a worker's requests by time.
pub const BY_WORKER: Index = Index { name: "by-worker", partition: "worker", sort: "requested_at" };

/// Lists supplies by code, and purchases by time.
pub const LISTED: Index = Index { name: "listed", partition: "list", sort: "place" };

/// How often a use case decides anew when others change its items in between.
pub const DECISIONS: usize = 8;
/// How many entries of a list a sweeper reads at a time.
const PAGE: u32 = 50;
/// The attribute of [`Supply`] that counts what is there.
const ON_HAND: &str = "on_hand";

impl Item for Supply {
    type Event = Never;
    const KIND: &'static str = "supply";

    fn key(&self) -> Key {
        supply_key(&self.sku)
    }
}

/// The key of a supply.
pub fn supply_key(sku: &Sku) -> Key {
    Key::new(format!("supply#{sku}"), Supply::KIND)
}

impl Item for Purchase {
    type Event = PurchaseEvent;
    const KIND: &'static str = "purchase";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        purchase_key(self.id)
    }
}

/// The key of a purchase.
pub fn purchase_key(id: PurchaseId) -> Key {
    Key::new(id, Purchase::KIND)
}

impl Item for Kit {
    type Event = Never;
    const KIND: &'static str = "kit";

    fn key(&self) -> Key {
        kit_key(self.service)
    }
}

/// The key of what jobs of a service need.
pub fn kit_key(service: ServiceId) -> Key {
    Key::new(service, Kit::KIND)
}

impl Item for Job {
    type Event = JobEvent;
    const KIND: &'static str = "job";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        job_key(self.id)
    }
}

/// The key of a job.
pub fn job_key(id: JobId) -> Key {
    Key::new(id, Job::KIND)
}

impl Item for Draw {
    type Event = DrawEvent;
    const KIND: &'static str = "draw";

    fn key(&self) -> Key {
        draw_key(self.id)
    }
}

/// The key of a draw.
pub fn draw_key(id: DrawId) -> Key {
    Key::new(id, Draw::KIND)
}

impl Item for Cookie {
    type Event = CookieEvent;
    const KIND: &'static str = "cookie";

    fn key(&self) -> Key {
        cookie_key(self.job)
    }
}

/// The key of a job's cookie.
pub fn cookie_key(job: JobId) -> Key {
    Key::new(job, Cookie::KIND)
}

/// What an action on a supply's counter adds to it; less than nothing takes from it.
pub fn on_hand(by: i64) -> [(&'static str, i64); 1] {
    [(ON_HAND, by)]
}

/// How many there are of a supply, as a refused action found it.
pub fn found_on_hand(refused: &platform::Refused) -> u32 {
    refused.number(ON_HAND).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

/// Those of these supplies that nobody has set up.
pub async fn unknown(supplies: &TableReader, lines: &[SupplyLine]) -> Result<Vec<Sku>, Error> {
    let mut wanted: BTreeSet<Sku> = lines.iter().map(|line| line.sku.clone()).collect();
    let keys: Vec<Key> = wanted.iter().map(supply_key).collect();
    for known in supplies.get_each::<Supply>(&keys).await? {
        wanted.remove(&known.sku);
    }
    Ok(wanted.into_iter().collect())
}

/// A page of all supplies, by code.
pub async fn all_supplies<R>(
    supplies: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Supply>>, Failure<R>> {
    supplies.list(&List::index(LISTED, supply::LIST), limit, cursor).await
}

/// A page of all purchases, the newest first.
pub async fn all_purchases<R>(
    supplies: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Purchase>>, Failure<R>> {
    supplies.list(&List::index(LISTED, purchase::LIST).newest_first(), limit, cursor).await
}

/// A page of a worker's requests, the newest first.
pub async fn draws_of<R>(
    supplies: &TableReader,
    worker: AccountId,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Draw>>, Failure<R>> {
    supplies.list(&List::index(BY_WORKER, worker).newest_first(), limit, cursor).await
}

/// A page of the requests that staff are to decide on: what is needed first comes first.
pub async fn open_draws<R>(
    supplies: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Draw>>, Failure<R>> {
    supplies.list(&List::index(BY_DUE, draw::WAITING), limit, cursor).await
}

/// A page of the supplies, for what nobody waits for.
pub async fn some_supplies(supplies: &TableReader, cursor: Option<&Cursor>) -> Result<Page<Stored<Supply>>, Error> {
    all_supplies::<Infallible>(supplies, PAGE, cursor).await.map_err(Error::from)
}
