//! What waits, and until when: how deadlines are found without an index. Pure.
//!
//! Whoever lets a message wait first notes it in the collection of the five minutes in which its time is up. The
//! sweeper reads collections by their key, in order, and remembers how far it came: no index, no scan.

use crate::channel::Channel;
use kernel::{AccountId, Digest, MessageId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long one collection collects.
const BUCKET_MS: i64 = 300_000;
/// How many parts a collection has, so that no night's end is one hot partition.
pub const SHARDS: u8 = 4;
/// Whoever notes something does so within a function's time-out: after that a collection is complete.
pub const SETTLED_AFTER: Duration = Duration::from_secs(60);
/// How long a queued message may take before it is looked after.
const PATIENCE: Duration = Duration::from_secs(900);
/// How long a note is kept after its time: a sweeper that was down for a week finds it still.
const KEPT_S: i64 = 30 * 86_400;

/// Part of a collection of notes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Bucket {
    /// Its number: five minutes each since 1970.
    pub number: i64,
    /// Its part, below [`SHARDS`].
    pub shard: u8,
}

/// A note that a message's time is up then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Where it is noted.
    pub bucket: Bucket,
    /// For what it waits.
    pub what: What,
    /// Whose message.
    pub account: AccountId,
    /// Its channel.
    pub channel: Channel,
    /// The message.
    pub message: MessageId,
    /// When DynamoDB may forget it, in seconds.
    pub expires_at: i64,
}

/// For what a message waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// To be sent: if it is not by then, something went wrong.
    Outcome,
    /// To go with a digest.
    Digest,
}

impl Bucket {
    /// The one in which `time` is up for `account`.
    pub fn of(time: Timestamp, account: AccountId) -> Self {
        let number = time.as_millis().div_euclid(BUCKET_MS) + i64::from(time.as_millis().rem_euclid(BUCKET_MS) > 0);
        let shard = Digest::of([account.to_string()]).high_bits() % u128::from(SHARDS);
        Self { number, shard: u8::try_from(shard).unwrap_or(0) }
    }

    /// The first that `now` has not settled yet: everything before it is complete.
    pub fn open_at(now: Timestamp) -> Self {
        let settled = now.as_millis().saturating_sub(i64::try_from(SETTLED_AFTER.as_millis()).unwrap_or(0));
        Self { number: settled.div_euclid(BUCKET_MS) + 1, shard: 0 }
    }

    /// The one after it.
    pub fn next(self) -> Self {
        match self.shard + 1 {
            SHARDS.. => Self { number: self.number + 1, shard: 0 },
            shard => Self { shard, ..self },
        }
    }

    /// So long before it.
    pub fn before(self, time: Duration) -> Self {
        let buckets = i64::try_from(time.as_millis()).unwrap_or(i64::MAX) / BUCKET_MS;
        Self { number: self.number.saturating_sub(buckets), shard: 0 }
    }

    /// When its time is up.
    pub fn time(self) -> Timestamp {
        Timestamp::from_millis(self.number.saturating_mul(BUCKET_MS))
    }
}

impl Note {
    /// `message` is to be looked after if it has no outcome a while after `now`. Each time it is queued again it is
    /// given twice as long.
    pub fn outcome(now: Timestamp, requeued: u8, (account, channel, message): (AccountId, Channel, MessageId)) -> Self {
        let patience = PATIENCE * 2u32.pow(u32::from(requeued.min(8)));
        Self::at(now.after(patience), What::Outcome, (account, channel, message))
    }

    /// `message` is to go with the digest of `until`.
    pub fn digest(until: Timestamp, (account, channel, message): (AccountId, Channel, MessageId)) -> Self {
        Self::at(until, What::Digest, (account, channel, message))
    }

    fn at(time: Timestamp, what: What, (account, channel, message): (AccountId, Channel, MessageId)) -> Self {
        let bucket = Bucket::of(time, account);
        let expires_at = bucket.time().as_seconds() + KEPT_S;
        Self { bucket, what, account, channel, message, expires_at }
    }
}

/// What one person gets through one channel from one collection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Who.
    pub account: AccountId,
    /// Through what.
    pub channel: Channel,
    /// The messages, oldest first.
    pub messages: Vec<MessageId>,
}

/// What a page of notes comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Digests to be put together.
    pub digests: Vec<Group>,
    /// Messages that should have an outcome by now.
    pub outcomes: Vec<MessageId>,
    /// Where to go on.
    pub then: Then,
}

/// Where to go on after a page of notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Then {
    /// There are no more.
    Done,
    /// At this note: its group is not complete yet.
    At(Note),
    /// After this note.
    After(Note),
    /// After every note of this note's group: it has more than a page, and a digest shows far fewer.
    AfterGroup(Note),
}

/// Puts a page of notes in groups. Notes are sorted: those of digests first, by person and channel. `more` follow.
pub fn batch(page: &[Note], more: bool) -> Batch {
    let (digests, outcomes) = page.split_at(page.partition_point(|note| note.what == What::Digest));
    let same = |a: &Note, b: &Note| (a.account, a.channel) == (b.account, b.channel);
    let mut groups: Vec<&[Note]> = digests.chunk_by(same).collect();
    let then = match (more, outcomes.last(), groups.len()) {
        (false, ..) => Then::Done,
        (true, Some(last), _) => Then::After(last.clone()),
        (true, None, 0..=1) => digests.last().map_or(Then::Done, |last| Then::AfterGroup(last.clone())),
        (true, None, _) => groups.pop().map_or(Then::Done, |open| Then::At(open[0].clone())),
    };
    let group = |notes: &[Note]| Group {
        account: notes[0].account,
        channel: notes[0].channel,
        messages: notes.iter().map(|note| note.message).collect(),
    };
    Batch {
        digests: groups.into_iter().map(group).collect(),
        outcomes: outcomes.iter().map(|note| note.message).collect(),
        then,
    }
}
