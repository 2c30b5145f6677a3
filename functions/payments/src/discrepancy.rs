//! A break: a difference between our payments and the provider's, in the queue that managers work off. Pure.
//!
//! The provider's name of the object and the kind of the difference name it, so it is found once however often it is
//! seen. Where both sides came to agree, it is closed by the system; a manager closes it with a note. What a manager
//! closed stays closed as long as both sides say the same as then.

use crate::compare::{Difference, Said};
use crate::provider::IntentRef;
use crate::purpose::Purpose;
use contracts::payments::BreakKind;
use kernel::id::Id;
use kernel::{AccountId, BreakId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// Open breaks in the index of what waits.
pub const OPEN: &str = "break";
/// Closed ones.
pub const CLOSED: &str = "closed-break";

/// A break.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Break {
    /// Names it.
    pub id: BreakId,
    /// The provider's name of what it is about; ours of a refund that the provider does not know.
    pub object: String,
    /// What differs.
    pub kind: BreakKind,
    /// What is paid.
    pub purpose: Purpose,
    /// The intent that it belongs to.
    pub intent: IntentRef,
    /// What we said when it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<Said>,
    /// What the provider said then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Said>,
    /// When it was found last.
    pub found_at: Timestamp,
    /// How often it was found: once more after it had gone.
    pub times: u32,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// [`OPEN`] or [`CLOSED`]: its partition of the index of what waits.
    pub waiting: String,
    /// Since when it has been so.
    pub due: Timestamp,
}

/// How a break ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// By a manager; nobody: both sides agree by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Closer>,
}

/// A manager who closed a break.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closer {
    /// Who.
    pub account: AccountId,
    /// Why, in the manager's words.
    pub note: String,
    /// The request's key.
    pub key: String,
    /// The request's fingerprint.
    pub fingerprint: String,
}

/// What a break announces. It says all that is announced, since a break may be found once more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakEvent {
    /// It was found.
    Found {
        /// What we said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ours: Option<Said>,
        /// What the provider said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        theirs: Option<Said>,
    },
    /// It was closed.
    Closed {
        /// By whom; nobody: both sides agree.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
    },
}

/// What a break becomes, and what it announces by that.
pub type Next = (Break, Vec<BreakEvent>);

/// It is closed already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AlreadyClosed;

/// The id of a difference.
pub fn id_of(difference: &Difference) -> BreakId {
    BreakId::from_digest(&Digest::of(["break", &difference.object, &difference.kind.to_string()]))
}

impl Break {
    /// A difference was seen. `None`: that is known.
    pub fn seen(known: Option<&Break>, difference: &Difference, now: Timestamp) -> Option<Next> {
        let times = match known {
            None => 1,
            Some(known) if known.closed.is_none() => return None,
            Some(known) if known.is_by_manager() && known.says_the_same(difference) => return None,
            Some(known) => known.times.saturating_add(1),
        };
        let Difference { object, kind, purpose, intent, ours, theirs } = difference.clone();
        let found = Self {
            id: id_of(difference),
            object,
            kind,
            purpose,
            intent,
            ours,
            theirs,
            found_at: now,
            times,
            closed: None,
            waiting: OPEN.to_owned(),
            due: now,
        };
        Some((found, vec![BreakEvent::Found { ours, theirs }]))
    }

    /// Both sides agree by now. `None`: it is closed.
    pub fn healed(&self, now: Timestamp) -> Option<Next> {
        self.end(None, now).ok()
    }

    /// A manager closes it.
    pub fn close(&self, by: Closer, now: Timestamp) -> Result<Next, AlreadyClosed> {
        self.end(Some(by), now)
    }

    /// The manager who closed it, if one did.
    pub fn closer(&self) -> Option<&Closer> {
        self.closed.as_ref()?.by.as_ref()
    }

    fn end(&self, by: Option<Closer>, now: Timestamp) -> Result<Next, AlreadyClosed> {
        if self.closed.is_some() {
            return Err(AlreadyClosed);
        }
        let event = BreakEvent::Closed { by: by.as_ref().map(|by| by.account) };
        let closed = Self {
            closed: Some(Closed { at: now, by }),
            waiting: CLOSED.to_owned(),
            due: now,
            ..self.clone()
        };
        Ok((closed, vec![event]))
    }

    fn is_by_manager(&self) -> bool {
        self.closer().is_some()
    }

    fn says_the_same(&self, difference: &Difference) -> bool {
        (self.ours, self.theirs) == (difference.ours, difference.theirs)
    }
}
