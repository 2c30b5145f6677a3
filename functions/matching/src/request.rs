//! A request as matching sees it, and how far its match is. Pure.
//!
//! ```text
//!           ┌────────── slot taken ──────────┐
//!  open ────┤                                ├──▶ matched ── job begins, or is missed ──▶ final
//!   ▲       └─ slot taken ─▶ offered ─ accepted ┘     │
//!   │                          │ declined, lapsed     │ worker withdraws
//!   └──────────────────────────┴──────────────────────┘
//!  open, offered, matched ── client cancels, or nobody until the window's end ──▶ closed
//! ```
//!
//! Whatever holds a slot of a worker is written in one transaction with that worker. *Open* and *offered* have a time
//! at which somebody looks at them ([`Request::due`]); *matched* is the jobs context's to go on with.

use crate::town::Town;
use contracts::matching::{MatchEnd, OfferEnd};
use contracts::services::ServiceRequested;
use kernel::id::Id;
use kernel::{AccountId, Digest, Money, OfferId, Place, RequestId, ServiceId, Skills, SlotId, Timestamp};
use matching_core::Window;
use platform::IndexEntry;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The partition of the index by which open requests are found.
pub const WAITING: &str = "request";
/// After how many attempts nobody is looked for by itself any more: the request waits for its end, or for a manager.
pub const MAX_ATTEMPTS: u32 = 50;
/// How often managers may give one request to somebody: each time stays in the item, which is to stay small.
pub const MAX_COMMANDS: usize = 100;
/// How many of them may be offers; then the next best is assigned directly.
pub const MAX_OFFERS: usize = 30;

/// A request.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Names it.
    pub id: RequestId,
    /// Whose it is.
    pub client: AccountId,
    /// What is wanted; nothing if its cancellation came first.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// How far it is.
    pub standing: Standing,
    /// Since when it is open, if it is.
    pub since: Timestamp,
    /// How many slots were taken for it so far, by matches and offers.
    #[serde(default)]
    pub attempt: u32,
    /// How many decisions about it are stored.
    #[serde(default)]
    pub decisions: u32,
    /// Who does not do it: withdrew, declined, or did not answer.
    #[serde(default)]
    pub excluded: Vec<AccountId>,
    /// Whether it was said in this wait that nobody can do it yet.
    #[serde(default)]
    pub told: bool,
    /// Where the search goes on, if it has not come to the end of the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Rest>,
    /// Its offers, oldest first.
    #[serde(default)]
    pub offers: Vec<Offer>,
    /// What managers made of it by hand, oldest first.
    #[serde(default)]
    pub commands: Vec<Command>,
    /// When it is to be looked at; nothing if it waits for nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Always [`WAITING`] with `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// What is wanted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// What is requested.
    pub service: ServiceId,
    /// Its list price then.
    pub price: Money,
    /// What a worker must master, and how well at least.
    pub skills: Skills,
    /// How long it takes, in minutes.
    pub duration_min: u32,
    /// Where.
    pub place: Place,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin.
    pub until: Timestamp,
    /// When it was requested.
    pub requested_at: Timestamp,
}

/// What of the directory a search has not looked at yet: where each list goes on. A list without a place is over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rest {
    /// Of those who go up to 5 km.
    #[serde(default)]
    pub fine: Option<IndexEntry>,
    /// Of the others.
    #[serde(default)]
    pub coarse: Option<IndexEntry>,
}

/// How far a request is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Somebody is looked for.
    Open,
    /// A worker may accept it.
    Offered {
        /// The slot that is kept for that.
        held: Held,
        /// The offer.
        offer: OfferId,
    },
    /// A worker does it.
    Matched {
        /// The slot that is taken.
        held: Held,
        /// Whether the job has begun, or was missed: nobody else does it.
        is_final: bool,
    },
    /// It needs nobody any more.
    Closed {
        /// Why.
        because: Closed,
    },
}

/// Why a request needs nobody any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// Its client cancelled it.
    Cancelled,
    /// Nobody was found in time.
    Unmatched,
    /// The job of a match that a manager ended had begun, or was missed: that one counts.
    Kept,
}

/// A worker's slot that is taken by the present attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// Whose.
    pub worker: AccountId,
    /// Which.
    pub slot: SlotId,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}

/// An offer to a worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Offer {
    /// Names it.
    pub id: OfferId,
    /// Which attempt it is.
    pub attempt: u32,
    /// The slot that is kept for it.
    pub held: Held,
    /// Until when it can be accepted.
    pub accept_until: Timestamp,
    /// How it ended, if it has.
    #[serde(default)]
    pub end: Option<OfferEnd>,
}

/// What a manager made of a request by hand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Command {
    /// The idempotency key.
    pub key: String,
    /// The fingerprint of what the manager sent.
    pub fingerprint: String,
    /// Why, in the manager's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which attempt it made.
    pub attempt: u32,
    /// Who does the request since.
    pub held: Held,
}

/// What a request announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestEvent {
    /// A worker was found: the attempt, and the slot.
    Matched(u32, Held),
    /// Nobody can do it yet.
    Waiting,
    /// Nobody was found in time.
    Unmatched,
    /// A match ended: the attempt, whose, and why.
    Ended(u32, AccountId, MatchEnd),
    /// It is offered: the offer, the slot, and until when.
    Offered(OfferId, Held, Timestamp),
    /// An offer ended: which, whose, and how.
    OfferEnded(OfferId, AccountId, OfferEnd),
}

/// What a request becomes, and what it announces by that.
pub type Next = (Request, Vec<RequestEvent>);

/// How a slot is taken for a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// The worker does it.
    Directly,
    /// The worker may accept it until then.
    Offered(Timestamp),
}

impl Request {
    /// A request as its client placed it; it is looked at when it is due.
    pub fn placed(event: &ServiceRequested, due: Timestamp, now: Timestamp) -> Self {
        let asked = Asked {
            service: event.service,
            price: event.price,
            skills: event.skills.clone(),
            duration_min: event.duration_min,
            place: event.place,
            from: event.from,
            until: event.until,
            requested_at: event.requested_at,
        };
        let request = Self::header(event.request, event.client, Standing::Open, now);
        Self { asked: Some(asked), ..request }.looked_at(due)
    }

    /// A request that was cancelled before it came here.
    pub fn cancelled_first(id: RequestId, client: AccountId, now: Timestamp) -> Self {
        Self::header(id, client, Standing::Closed { because: Closed::Cancelled }, now)
    }

    fn header(id: RequestId, client: AccountId, standing: Standing, since: Timestamp) -> Self {
        Self {
            id,
            client,
            asked: None,
            standing,
            since,
            attempt: 0,
            decisions: 0,
            excluded: Vec::new(),
            told: false,
            rest: None,
            offers: Vec::new(),
            commands: Vec::new(),
            due: None,
            waiting: None,
        }
    }

    /// What is wanted, if somebody is looked for.
    pub fn open(&self) -> Option<&Asked> {
        self.asked.as_ref().filter(|_| self.standing == Standing::Open)
    }

    /// The slot that is taken for it, if one is.
    pub fn held(&self) -> Option<Held> {
        match &self.standing {
            Standing::Offered { held, .. } | Standing::Matched { held, .. } => Some(*held),
            Standing::Open | Standing::Closed { .. } => None,
        }
    }

    /// The next attempt's offer.
    pub fn next_offer(&self) -> OfferId {
        OfferId::from_digest(&Digest::of([self.id.to_string(), self.attempt.saturating_add(1).to_string()]))
    }
}

impl Asked {
    /// The request as decisions see one, on a town's plane.
    pub fn wanted(&self, id: RequestId, client: AccountId, town: &Town) -> matching_core::Request {
        matching_core::Request {
            id,
            client,
            place: town.point(self.place),
            start: Window { from: self.from, until: self.until },
            duration_s: self.duration_min.saturating_mul(60),
            skills: self.skills.clone(),
            worth: u32::try_from(self.price.amount_minor.max(0)).unwrap_or(u32::MAX),
            placed_at: self.requested_at,
        }
    }

    /// When a job that begins then is to be finished.
    pub fn ends(&self, from: Timestamp) -> Timestamp {
        from.after(Duration::from_secs(u64::from(self.duration_min) * 60))
    }
}
