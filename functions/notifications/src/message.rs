//! A message: one notice on its way to one person through one channel. Pure.
//!
//! ```text
//!            claim              answered
//!   queued ─────────▶ sending ───────────▶ sent ──bounced──▶ failed
//!    ▲  │ ◀─not taken─┘    │ no answer
//!    │  │                  ▼
//!    │  │            (asked of the delivery log: sent, or once more)
//!    │  └─▶ failed: no address, suppressed, refused, expired …
//!    │ release
//!   held ──▶ (part of the digest of that hour)
//! ```
//!
//! Channels have no idempotency keys. Whoever sends claims the message first; a claim that is found later without an
//! outcome may have been sent or not. Then the delivery log is asked, and if it knows nothing the message is sent
//! once more: a person may get it twice then, and only then, and that is counted.

use crate::channel::Channel;
use crate::notice::Notice;
use crate::waiting::Bucket;
use kernel::{AccountId, Digest, MessageId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A claim this old has ended one way or the other: functions run 30 s at most.
pub const LEASE: Duration = Duration::from_secs(60);
/// How often a message is sent at most: once, and once more without an answer to the first.
pub const MAX_SENDS: u8 = 2;
/// How often a message that nobody sent is queued again before it is given up.
pub const MAX_REQUEUES: u8 = 5;

/// A message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Message {
    /// Names it.
    pub id: MessageId,
    /// For whom.
    pub account: AccountId,
    /// Through what.
    pub channel: Channel,
    /// What it says.
    pub notice: Notice,
    /// Id of the event that caused it.
    pub cause: String,
    /// When that event was.
    pub at: Timestamp,
    /// How far it is.
    pub state: State,
    /// How many sends had no answer.
    #[serde(default)]
    pub unanswered: u8,
    /// How often it was queued again.
    #[serde(default)]
    pub requeued: u8,
    /// The version of the template it was written with.
    #[serde(default)]
    pub template: Option<u16>,
    /// The channel's own name for it.
    #[serde(default)]
    pub receipt: Option<String>,
}

/// How far a message is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum State {
    /// It waits for its channel's function.
    Queued,
    /// It comes with the digest of this hour, or alone if there is nothing else.
    Held {
        /// When.
        until: Timestamp,
    },
    /// Somebody sends it.
    Sending {
        /// Since when.
        since: Timestamp,
        /// Who: the invocation.
        by: String,
    },
    /// The channel took it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It does not reach the person this way.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// Why a message does not reach its person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The person has no proved contact for the channel.
    NoContact,
    /// The address bounced, or its owner complained.
    Suppressed,
    /// The channel does not take it.
    Refused,
    /// It came too late to be of use.
    Expired,
    /// No answer to any send, and no trace in the delivery log.
    Unanswered,
    /// Too many of its kind, and it cannot wait.
    RateLimited,
    /// The template and the facts do not fit, or the code does not open.
    Unwritable,
    /// Nobody sent it, however often it was queued.
    GivenUp,
    /// The address does not exist.
    Bounced,
}

impl Reason {
    /// As events write it.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NoContact => "no-contact",
            Reason::Suppressed => "suppressed",
            Reason::Refused => "refused",
            Reason::Expired => "expired",
            Reason::Unanswered => "unanswered",
            Reason::RateLimited => "rate-limited",
            Reason::Unwritable => "unwritable",
            Reason::GivenUp => "given-up",
            Reason::Bounced => "bounced",
        }
    }

    /// Whether the person may still be reached through the other channel.
    fn leaves_the_other_channel(self) -> bool {
        matches!(
            self,
            Reason::NoContact | Reason::Suppressed | Reason::Refused | Reason::Unanswered | Reason::Bounced
        )
    }
}

/// What a message announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageEvent {
    /// Its channel's function is to send it.
    Queued,
    /// The channel took it.
    Sent,
    /// It does not reach the person this way.
    Failed,
}

/// A message's next state, and what it announces.
pub type Next = (Message, Vec<MessageEvent>);

/// What its channel's function is to do with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// Nothing, now or ever.
    Nothing,
    /// Nothing yet: somebody else may be sending it at this moment.
    Later,
    /// Send it.
    Send,
    /// Ask the delivery log first: it was claimed, and nobody knows how that ended.
    Ask,
}

/// The id of what one event has to say through one channel. It begins with the event's time, so ids sort by it.
pub fn id_of(cause: &str, at: Timestamp, channel: &str) -> MessageId {
    let millis = u128::from(at.as_millis().max(0).unsigned_abs()) & 0xffff_ffff_ffff;
    MessageId::from_bits(millis << 80 | Digest::of([cause, channel]).high_bits() >> 48)
}

impl Message {
    /// `notice` to `account` through `channel`, because of the event `cause`.
    pub fn new(
        account: AccountId,
        channel: Channel,
        notice: Notice,
        (cause, at): (&str, Timestamp),
        state: State,
    ) -> Self {
        Self {
            id: id_of(cause, at, channel.name()),
            account,
            channel,
            notice,
            cause: cause.to_owned(),
            at,
            state,
            unanswered: 0,
            requeued: 0,
            template: None,
            receipt: None,
        }
    }

    /// The same notice through the other channel, if this one failed, it cannot wait, and it is nothing that belongs
    /// to this channel only.
    pub fn in_its_place(&self) -> Option<Message> {
        let State::Failed { reason, .. } = self.state else {
            return None;
        };
        let bound = matches!(self.notice, Notice::Code { .. });
        (self.notice.is_urgent() && !bound && reason.leaves_the_other_channel()).then(|| {
            Message::new(self.account, self.channel.other(), self.notice.clone(), (&self.cause, self.at), State::Queued)
        })
    }

    /// Whose it is, through what, and which.
    pub fn whose(&self) -> (AccountId, Channel, MessageId) {
        (self.account, self.channel, self.id)
    }

    /// What is to be done with it at `now`.
    pub fn due(&self, now: Timestamp) -> Due {
        match &self.state {
            State::Queued => Due::Send,
            State::Sending { since, .. } if now < since.after(LEASE) => Due::Later,
            State::Sending { .. } => Due::Ask,
            State::Held { .. } | State::Sent { .. } | State::Failed { .. } => Due::Nothing,
        }
    }

    /// Whether it came too late to be of use.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.notice.expires_at().is_some_and(|end| end <= now)
    }

    /// Whether it waits for the digest of this bucket.
    pub fn waits_for(&self, bucket: Bucket) -> bool {
        matches!(self.state, State::Held { until } if Bucket::of(until, self.account) == bucket)
    }

    /// Somebody is about to send it.
    #[must_use]
    pub fn claimed(&self, by: &str, template: u16, now: Timestamp) -> Message {
        let template = Some(template);
        Message {
            template,
            ..self.at(State::Sending { since: now, by: by.to_owned() })
        }
    }

    /// It was definitely not sent, and is to be tried again.
    #[must_use]
    pub fn put_back(&self) -> Message {
        self.at(State::Queued)
    }

    /// It waits for a digest.
    #[must_use]
    pub fn held(&self, until: Timestamp) -> Message {
        self.at(State::Held { until })
    }

    /// The channel took it, under this name.
    pub fn taken(&self, receipt: String, now: Timestamp) -> Next {
        let (message, events) = self.sent(now);
        (Message { receipt: Some(receipt), ..message }, events)
    }

    /// The channel took it.
    pub fn sent(&self, now: Timestamp) -> Next {
        (self.at(State::Sent { at: now }).without_secrets(), vec![MessageEvent::Sent])
    }

    /// It does not reach the person this way.
    pub fn failed(&self, reason: Reason, now: Timestamp) -> Next {
        (self.at(State::Failed { at: now, reason }).without_secrets(), vec![MessageEvent::Failed])
    }

    /// A claim without an outcome, of which the delivery log knows nothing: it may be sent once more, or fails.
    pub fn unanswered(&self, now: Timestamp) -> Next {
        let message = Message {
            unanswered: self.unanswered.saturating_add(1),
            ..self.clone()
        };
        match message.unanswered < MAX_SENDS && !message.has_expired(now) {
            true => (message.at(State::Queued), Vec::new()),
            false => message.failed(Reason::Unanswered, now),
        }
    }

    /// What its deadline comes to, `accepted` if the delivery log knows of it. `None`: it is not stuck.
    pub fn overdue(&self, accepted: bool, now: Timestamp) -> Option<Next> {
        match self.due(now) {
            Due::Send => Some(self.requeued(now)),
            Due::Ask if accepted => Some(self.sent(now)),
            Due::Ask => Some(match self.unanswered(now) {
                (message, events) if events.is_empty() => message.requeued(now),
                failed => failed,
            }),
            Due::Later | Due::Nothing => None,
        }
    }

    /// It is held no longer, and goes alone.
    pub fn released(&self) -> Next {
        (self.at(State::Queued), vec![MessageEvent::Queued])
    }

    fn requeued(&self, now: Timestamp) -> Next {
        let message = Message {
            requeued: self.requeued.saturating_add(1),
            ..self.at(State::Queued)
        };
        match message.requeued <= MAX_REQUEUES {
            true => (message, vec![MessageEvent::Queued]),
            false => message.failed(Reason::GivenUp, now),
        }
    }

    fn at(&self, state: State) -> Self {
        Self { state, ..self.clone() }
    }

    /// A code that nobody will send any more is kept by nobody.
    fn without_secrets(mut self) -> Self {
        if let Notice::Code { sealed, .. } = &mut self.notice {
            sealed.clear();
        }
        self
    }
}
