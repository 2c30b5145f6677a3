//! The items of the matching table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Worker`] | `acc_…` | `worker` |
//! | [`Entry`] of a worker in the directory | `acc_…` | `entry#07` |
//! | [`Past`] of a client | `acc_…` | `past` |
//! | [`Job`] that was counted | `job_…` | `job` |
//! | [`Request`] | `req_…` | `request` |
//! | [`Decided`] about a request | `req_…` | `decision#0001` |
//! | [`OfferOf`] a request | `ofr_…` | `offer` |
//! | [`InForce`], the pipeline | `pipeline` | `current` |
//! | [`Revision`] of the pipeline | `pipeline` | `revision#000002` |
//!
//! The index `by-cell` (`cell`, `rank`; keys only) is the directory of workers ([`listing`]). The index `by-due`
//! (`waiting`, `due`; keys only) has the requests that are open or offered, by when somebody is to look at them, and
//! the workers who are listed, by when their last free slot is over.
//!
//! A match reads the pipeline and the client's past (½ unit each), a page of the directory (32 entries of each grid,
//! some 300 bytes each: 1½ units a grid) and the chosen worker (1): 3½ units where one grid is full, 5 where both are,
//! whatever the number of workers.

use crate::listing::{self, Entry};
use crate::policy::{self, InForce, Revision, RevisionEvent};
use crate::record::{Job, Past};
use crate::request::{Next, Request, RequestEvent};
use crate::town::Towns;
use crate::worker::{LISTED, Worker};
use kernel::{AccountId, JobId, OfferId, RequestId, Timestamp};
use matching_core::{Decision, Pipeline};
use platform::{
    Commit, Error, Index, IndexEntry, IndexPage, Item, Key, List, Never, Stored, Table, TableReader, Transaction,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The directory of workers.
pub const BY_CELL: Index = Index { name: "by-cell", partition: "cell", sort: "rank" };

/// What was decided about a request, by whom, and why. Written once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Decided {
    /// The request.
    pub request: RequestId,
    /// Which decision about it, from 1.
    pub number: u32,
    /// Who or what decided.
    pub means: Means,
    /// The attempt that it made, if it made one.
    #[serde(default)]
    pub attempt: Option<u32>,
    /// What was decided, and why.
    pub decision: Decision,
}

/// Who or what decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// The pipeline, for this request alone.
    OnDemand,
    /// The pipeline, for all open requests of the town at once: the best of this request may serve another one better.
    Batch,
    /// A manager, by hand.
    ByHand(AccountId),
}

/// Which request an offer is of. Written once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfferOf {
    /// The offer.
    pub offer: OfferId,
    /// The request.
    pub request: RequestId,
    /// To whom it was made.
    pub worker: AccountId,
}

/// Declares where items are stored: `items! { Worker: "worker", Never, |worker| Key::new(…) }`.
macro_rules! items {
    ($($item:ty: $kind:literal, $event:ty, |$value:ident| $key:expr;)*) => {$(
        impl Item for $item {
            type Event = $event;
            const KIND: &'static str = $kind;

            fn key(&self) -> Key {
                let $value = self;
                $key
            }
        }
    )*};
}

items! {
    Worker: "worker", Never, |worker| worker_key(worker.account);
    Entry: "entry", Never, |entry| Key::new(entry.worker, format!("{}#{:02}", Self::KIND, entry.number));
    Past: "past", Never, |past| past_key(past.client);
    Job: "job", Never, |job| job_key(job.job);
    Decided: "decision", Never, |decided| Key::new(decided.request, format!("{}#{:04}", Self::KIND, decided.number));
    OfferOf: "offer", Never, |of| offer_key(of.offer);
    InForce: "current", Never, |_current| Key::new("pipeline", Self::KIND);
    Revision: "revision", RevisionEvent, |revision| {
        Key::new("pipeline", format!("{}#{:06}", Self::KIND, revision.pipeline.version()))
    };
}

impl Item for Request {
    type Event = RequestEvent;
    const KIND: &'static str = "request";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        request_key(self.id)
    }
}

/// The key of a worker.
pub fn worker_key(account: AccountId) -> Key {
    Key::new(account, Worker::KIND)
}

/// The key of a client's past.
pub fn past_key(client: AccountId) -> Key {
    Key::new(client, Past::KIND)
}

/// The key of what is known of a job.
pub fn job_key(job: JobId) -> Key {
    Key::new(job, Job::KIND)
}

/// The key of a request.
pub fn request_key(id: RequestId) -> Key {
    Key::new(id, Request::KIND)
}

/// The key of an offer.
pub fn offer_key(offer: OfferId) -> Key {
    Key::new(offer, OfferOf::KIND)
}

/// The key of the pipeline in force.
pub fn pipeline_key() -> Key {
    Key::new("pipeline", InForce::KIND)
}

/// The pipeline in force, perhaps a moment ago: each decision says by which version it was made.
pub async fn pipeline(matching: &TableReader) -> Result<Pipeline, Error> {
    let found = matching.get_each::<InForce>(&[pipeline_key()]).await?.pop();
    found.map_or_else(|| policy::standard().map_err(Error::broken), |found| Ok(found.pipeline))
}

/// A client's past with workers, perhaps a moment ago.
pub async fn past(matching: &TableReader, client: AccountId) -> Result<Past, Error> {
    let found = matching.get_each::<Past>(&[past_key(client)]).await?.pop();
    Ok(found.unwrap_or_else(|| Past::none(client)))
}

/// A worker; somebody of whom nothing is known if there is none.
pub async fn worker(matching: &TableReader, account: AccountId) -> Result<Option<Stored<Worker>>, Error> {
    matching.get(&worker_key(account)).await
}

/// A page of the directory.
pub async fn listed(
    matching: &TableReader,
    partition: &str,
    limit: u32,
    after: Option<&IndexEntry>,
) -> Result<IndexPage, Error> {
    matching.entries(&List::index(BY_CELL, partition), limit, after).await
}

/// A worker as it stands, and as it is to be.
pub type WorkerChange = (Option<Stored<Worker>>, Worker);

/// Writes a worker with the entries that follow from it.
pub fn put_worker<'t>(
    transaction: Transaction<'t>,
    (old, mut new): WorkerChange,
    towns: &Towns,
    now: Timestamp,
) -> Transaction<'t> {
    let entries = listing::entries(&new, towns, now);
    let (digest, before) = (listing::digest(&entries), new.listed);
    let changed = digest != new.listing;
    new.listed = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    new.listing = digest;
    new.due = new.free(now).map(|slot| slot.until).max().filter(|_| new.listed > 0);
    new.waiting = new.due.map(|_| LISTED.to_owned());
    let blanks = (new.listed..before).map(|number| listing::blank(new.account, number));
    let transaction = transaction.write(old.as_ref(), &new, Vec::new());
    match changed {
        true => entries.into_iter().chain(blanks).fold(transaction, |transaction, entry| transaction.mirror(&entry)),
        false => transaction,
    }
}

/// What becomes of a request in one step: the request, the workers whose slots are taken or free by that, and why.
pub struct Step<'s> {
    /// The request as it stands.
    pub from: &'s Stored<Request>,
    /// What it becomes and announces.
    pub to: Next,
    /// The workers.
    pub workers: Vec<WorkerChange>,
    /// The decision that led to it.
    pub decision: Option<(Means, Decision)>,
}

impl Step<'_> {
    /// Writes it, all or nothing.
    pub async fn write(self, matching: &Table, towns: &Towns, now: Timestamp) -> Result<Commit, Error> {
        let (mut request, events) = self.to;
        let mut transaction = matching.transaction();
        if let Some((means, decision)) = self.decision {
            request.decisions = request.decisions.saturating_add(1);
            let attempt = (request.attempt > self.from.value.attempt).then_some(request.attempt);
            let decided = Decided {
                request: request.id,
                number: request.decisions,
                means,
                attempt,
                decision,
            };
            transaction = transaction.create(&decided, Vec::new());
        }
        for event in &events {
            if let RequestEvent::Offered(offer, held, _) = event {
                let of = OfferOf { offer: *offer, request: request.id, worker: held.worker };
                transaction = transaction.create(&of, Vec::new());
            }
        }
        transaction = transaction.replace(self.from, &request, events);
        for worker in self.workers {
            transaction = put_worker(transaction, worker, towns, now);
        }
        transaction.commit().await
    }
}
