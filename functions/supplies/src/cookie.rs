//! The cookie of a job: ordered from a vendor, once, and cancelled if the job is off before it is confirmed. Pure.
//!
//! ```text
//!   asked ──▶ placed ──▶ confirmed
//!     │          ├─────▶ refused
//!     └──────────┴─────▶ cancelled
//! ```
//!
//! What may have reached the vendor is stored before it is sent: a cookie that is *asked* for may or may not be known
//! there. It is asked for again under the same idempotency key; beyond that key's life, or when the cookie is not wanted
//! any more, it is looked for by our id first.

use kernel::id::Id;
use kernel::{CookieOrderId, Digest, JobId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The sweeper's partition of cookies.
pub const WAITING: &str = "cookies";
/// For how long the vendor certainly knows an idempotency key. It promises a day.
pub const KEY_LIFE: Duration = Duration::from_secs(20 * 3600);
/// After so long nothing that was sent is under way any more: longer than a function runs.
pub const QUIET: Duration = Duration::from_secs(1800);
/// When the sweeper looks at what was asked for, or waits for the vendor's word.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// The cookie of a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cookie {
    /// Names it, to the vendor too.
    pub id: CookieOrderId,
    /// The job.
    pub job: JobId,
    /// When the job begins: later it is of no use. None if the job was off before it was heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// It is to be cancelled, unless it is confirmed first.
    #[serde(default)]
    pub unwanted: bool,
    /// When the sweeper is to look at it; none if it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Always [`WAITING`] with `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// The vendor's name of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VendorRef(pub String);

/// How far a cookie is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// The vendor was asked for it, and may know it or not.
    Asked {
        /// Since when under the present idempotency key.
        since: Timestamp,
        /// When last.
        sent: Timestamp,
        /// How often the vendor turned out not to know of it: each time begins a new key.
        tries: u32,
    },
    /// The vendor has the order, and has not decided.
    Placed {
        /// The order.
        order: VendorRef,
    },
    /// The vendor brings it.
    Confirmed {
        /// The order.
        order: VendorRef,
    },
    /// The vendor does not.
    Refused {
        /// The vendor's word for why.
        reason: String,
    },
    /// It was not needed any more.
    Cancelled,
}

/// What a cookie announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CookieEvent {
    /// It is settled whether the job has one.
    Settled,
}

/// A cookie and what it announces.
pub type Next = (Cookie, Vec<CookieEvent>);

/// What the vendor is to be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Call {
    /// Order it, for then, under this idempotency key.
    Place {
        /// When it is needed.
        needed_at: Timestamp,
        /// The key.
        key: String,
    },
    /// Look for the order by our id.
    Find,
    /// How the order stands.
    Ask(VendorRef),
    /// Cancel the order.
    Cancel(VendorRef),
}

/// What the vendor says of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VendorOrder {
    /// Its name there.
    pub id: VendorRef,
    /// How far it is there.
    pub status: VendorStatus,
}

/// How far an order is at the vendor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VendorStatus {
    /// Not decided.
    Pending,
    /// It will be brought.
    Confirmed,
    /// It will not, and why.
    Rejected(String),
    /// It was cancelled.
    Cancelled,
}

/// What came of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// An order stands like this.
    Order(VendorOrder),
    /// The vendor has no such order.
    Missing,
    /// The vendor does not take it, and why.
    Refused(String),
}

/// The id of a job's cookie.
pub fn id_of(job: JobId) -> CookieOrderId {
    CookieOrderId::from_digest(&Digest::of(["cookie", &job.to_string()]))
}

impl Cookie {
    /// A job was heard of that begins then: its cookie is asked for, unless it is too late.
    pub fn ask(job: JobId, needed_at: Timestamp, now: Timestamp) -> Next {
        let asked = Self {
            id: id_of(job),
            job,
            needed_at: Some(needed_at),
            progress: Progress::Asked { since: now, sent: now, tries: 0 },
            unwanted: false,
            due: Some(now.after(PATIENCE)),
            waiting: Some(WAITING.to_owned()),
        };
        match needed_at <= now {
            true => asked.settled(Progress::Cancelled),
            false => (asked, Vec::new()),
        }
    }

    /// A job was off before it was heard of: it gets no cookie, whatever comes later.
    pub fn never(job: JobId) -> Next {
        let cookie = Self {
            id: id_of(job),
            job,
            needed_at: None,
            progress: Progress::Cancelled,
            unwanted: true,
            due: None,
            waiting: None,
        };
        (cookie, vec![CookieEvent::Settled])
    }

    /// Whether something still waits for the vendor.
    pub fn is_live(&self) -> bool {
        matches!(self.progress, Progress::Asked { .. } | Progress::Placed { .. })
    }

    /// The job is off. `None`: that is known, or it is settled.
    pub fn unwant(&self, now: Timestamp) -> Option<Next> {
        (self.is_live() && !self.unwanted).then(|| {
            let cookie = Self { unwanted: true, due: Some(now), ..self.clone() };
            (cookie, Vec::new())
        })
    }

    /// It is too late for it. `None`: it is not, or that is known.
    pub fn overdue(&self, now: Timestamp) -> Option<Next> {
        self.needed_at.filter(|needed_at| *needed_at <= now).and_then(|_| self.unwant(now))
    }

    /// What the vendor is to be asked now. Its word about an order is waited for before it is asked.
    pub fn next_call(&self, now: Timestamp) -> Option<Call> {
        match (&self.progress, self.needed_at) {
            (Progress::Asked { since, tries, .. }, Some(needed_at))
                if !self.unwanted && now < since.after(KEY_LIFE) =>
            {
                let key = match tries {
                    0 => self.id.to_string(),
                    tries => format!("{}-{tries}", self.id),
                };
                Some(Call::Place { needed_at, key })
            }
            (Progress::Asked { .. }, _) => Some(Call::Find),
            (Progress::Placed { order }, _) if self.unwanted => Some(Call::Cancel(order.clone())),
            (Progress::Placed { order }, _) if self.due.is_some_and(|due| due <= now) => Some(Call::Ask(order.clone())),
            _ => None,
        }
    }

    /// About to be sent at this time, which is to be stored first. `None`: that is what is stored.
    pub fn sending(&self, now: Timestamp) -> Option<Next> {
        match self.progress {
            Progress::Asked { since, sent, tries } if sent < now => {
                let progress = Progress::Asked { since, sent: now, tries };
                let cookie = Self { progress, due: Some(now.after(PATIENCE)), ..self.clone() };
                Some((cookie, Vec::new()))
            }
            _ => None,
        }
    }

    /// What it becomes by an answer. `None`: it stays.
    pub fn follow(&self, answer: &Answer, now: Timestamp) -> Option<Next> {
        match (answer, &self.progress) {
            _ if !self.is_live() => None,
            (Answer::Order(order), _) => self.ordered(order, now),
            (Answer::Refused(reason), Progress::Asked { .. }) => Some(self.refused(reason)),
            (Answer::Refused(_), _) => None,
            // Nothing is under way any more, so it was never ordered.
            (Answer::Missing, Progress::Asked { sent, .. }) if self.unwanted && sent.after(QUIET) <= now => {
                Some(self.settled(Progress::Cancelled))
            }
            (Answer::Missing, Progress::Asked { sent, tries, .. }) if !self.unwanted && sent.after(QUIET) <= now => {
                let progress = Progress::Asked { since: now, sent: now, tries: tries.saturating_add(1) };
                Some((Self { progress, ..self.clone() }, Vec::new()))
            }
            (Answer::Missing, Progress::Asked { .. }) => None,
            (Answer::Missing, _) if self.unwanted => Some(self.settled(Progress::Cancelled)),
            (Answer::Missing, _) => Some(self.refused("missing")),
        }
    }

    fn ordered(&self, order: &VendorOrder, now: Timestamp) -> Option<Next> {
        let id = order.id.clone();
        match &order.status {
            VendorStatus::Pending if matches!(self.progress, Progress::Placed { .. }) => None,
            VendorStatus::Pending => {
                let progress = Progress::Placed { order: id };
                let cookie = Self { progress, due: Some(now.after(PATIENCE)), ..self.clone() };
                Some((cookie, Vec::new()))
            }
            VendorStatus::Confirmed => Some(self.settled(Progress::Confirmed { order: id })),
            VendorStatus::Rejected(reason) => Some(self.refused(reason)),
            VendorStatus::Cancelled if self.unwanted => Some(self.settled(Progress::Cancelled)),
            VendorStatus::Cancelled => Some(self.refused("cancelled")),
        }
    }

    fn refused(&self, reason: &str) -> Next {
        self.settled(Progress::Refused { reason: reason.to_owned() })
    }

    fn settled(&self, progress: Progress) -> Next {
        let cookie = Self { progress, due: None, waiting: None, ..self.clone() };
        (cookie, vec![CookieEvent::Settled])
    }
}
