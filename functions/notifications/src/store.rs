//! The items of the notifications table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Message`] | `msg_…` | `message` |
//! | [`Delivery`], the delivery log | `msg_…` | `delivery#<what>` |
//! | [`Entry`] of the feed | `acc_…` | `entry#msg_…`, oldest first |
//! | [`Preferences`] | `acc_…` | `preferences` |
//! | [`Recent`], the limits | `acc_…` | `recent#<kind>` |
//! | [`Suppression`] | `acc_…` | `suppression#<channel>` |
//! | [`LastStep`] of an order | `ord_…` | `last-step` |
//! | [`Note`] of what waits | `due#<number>#<shard>` | `note#<what>#acc_…#<channel>#msg_…` |
//! | [`Sweep`] | `sweep` | `sweep` |

use crate::channel::Channel;
use crate::feed::Entry;
use crate::limit::Recent;
use crate::message::{Message, MessageEvent};
use crate::preferences::Preferences;
use crate::suppression::{Suppression, SuppressionEvent};
use crate::waiting::{Bucket, Note, Then, What};
use contracts::Stamp;
use kernel::{AccountId, MessageId, OrderId, Timestamp};
use platform::table::{Kept, List};
use platform::{Error, Item, Key, Never, Table, TableReader};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

impl Item for Message {
    type Event = MessageEvent;
    const KIND: &'static str = "message";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        message_key(self.id)
    }
}

/// The key of a message.
pub fn message_key(id: MessageId) -> Key {
    Key::new(id, Message::KIND)
}

/// A line of the delivery log: the channel knows of the message. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Of which message.
    pub message: MessageId,
    /// What the channel told: `send`, `delivery`.
    pub what: String,
    /// When it was heard.
    pub at: Timestamp,
    /// When DynamoDB may forget it, in seconds: after three months.
    expires_at: i64,
}

impl Delivery {
    /// The channel told `what` of a message.
    pub fn new(message: MessageId, what: String, at: Timestamp) -> Self {
        Self { message, what, at, expires_at: at.as_seconds() + 90 * 86_400 }
    }
}

impl Item for Delivery {
    type Event = Never;
    const KIND: &'static str = "delivery";

    fn key(&self) -> Key {
        Key::new(self.message, format!("{}#{}", Self::KIND, self.what))
    }
}

impl Item for Entry {
    type Event = Never;
    const KIND: &'static str = "entry";

    fn key(&self) -> Key {
        entry_key(self.account, self.id)
    }
}

/// The key of an entry of somebody's feed.
pub fn entry_key(account: AccountId, id: MessageId) -> Key {
    Key::new(account, format!("{}#{id}", Entry::KIND))
}

impl Item for Preferences {
    type Event = Never;
    const KIND: &'static str = "preferences";

    fn key(&self) -> Key {
        preferences_key(self.account)
    }
}

/// The key of somebody's preferences.
pub fn preferences_key(account: AccountId) -> Key {
    Key::new(account, Preferences::KIND)
}

impl Item for Recent {
    type Event = Never;
    const KIND: &'static str = "recent";

    fn key(&self) -> Key {
        recent_key(self.account, &self.kind)
    }
}

/// The key of what somebody was told of one kind.
pub fn recent_key(account: AccountId, kind: &str) -> Key {
    Key::new(account, format!("{}#{kind}", Recent::KIND))
}

impl Item for Suppression {
    type Event = SuppressionEvent;
    const KIND: &'static str = "suppression";

    fn key(&self) -> Key {
        suppression_key(self.account, self.channel)
    }
}

/// The key of what is known against somebody's address.
pub fn suppression_key(account: AccountId, channel: Channel) -> Key {
    Key::new(account, format!("{}#{}", Suppression::KIND, channel.name()))
}

/// The latest step of an order that was heard of, kept under its stamp.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastStep {
    order: OrderId,
}

impl Item for LastStep {
    type Event = Never;
    const KIND: &'static str = "last-step";

    fn key(&self) -> Key {
        Key::new(self.order, Self::KIND)
    }
}

impl Item for Note {
    type Event = Never;
    const KIND: &'static str = "note";

    fn key(&self) -> Key {
        let person = format!("{}#{}#{}", self.account, self.channel.name(), self.message);
        Key::new(bucket_key(self.bucket), format!("{}{person}", notes_of(self.what)))
    }
}

fn bucket_key(bucket: Bucket) -> String {
    format!("due#{}#{}", bucket.number, bucket.shard)
}

fn notes_of(what: What) -> String {
    let what = match what {
        What::Outcome => "outcome",
        What::Digest => "digest",
    };
    format!("{}#{what}#", Note::KIND)
}

/// Where the sweeper goes on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Sweep {
    /// The bucket to read.
    pub bucket: Bucket,
    /// The sort key to begin at; from its beginning if there is none.
    #[serde(default)]
    pub from: Option<String>,
}

impl Item for Sweep {
    type Event = Never;
    const KIND: &'static str = "sweep";

    fn key(&self) -> Key {
        sweep_key()
    }
}

/// The key of the sweeper's place.
pub fn sweep_key() -> Key {
    Key::new(Sweep::KIND, Sweep::KIND)
}

/// How somebody wants to be told things.
pub async fn preferences(table: &TableReader, account: AccountId) -> Result<Preferences, Error> {
    let found = table.get::<Preferences>(&preferences_key(account)).await?;
    Ok(found.map_or_else(|| Preferences::usual(account), |found| found.value))
}

/// Whether the channel ever told that it knows of the message.
pub async fn is_in_delivery_log(table: &TableReader, message: MessageId) -> Result<bool, Error> {
    Ok(!table.collection::<Delivery>(message).await?.is_empty())
}

/// Takes note of a step of an order; whether a later one was heard of before.
pub async fn hear(table: &Table, order: OrderId, stamp: Stamp) -> Result<bool, Error> {
    Ok(table.keep(&LastStep { order }, stamp).await? == Kept::Late)
}

/// Queues or holds a new message, unless it is there already. What waits is noted first: no message waits unnoted.
pub async fn insert(table: &Table, message: &Message, note: &Note, events: Vec<MessageEvent>) -> Result<(), Error> {
    table.create(note, Vec::new()).await?;
    table.create(message, events).await?;
    Ok(())
}

/// A page of the notes of a bucket from a sort key on, and whether more follow.
pub async fn notes(
    table: &TableReader,
    bucket: Bucket,
    from: Option<&str>,
    limit: u32,
) -> Result<(Vec<Note>, bool), Error> {
    let list = List::collection::<Note>(bucket_key(bucket));
    let list = match from {
        // `~` sorts after everything in a key.
        Some(from) => list.between(from, format!("{}#~", Note::KIND)),
        None => list,
    };
    let page = table.list::<Note, Infallible>(&list, limit, None).await?;
    Ok((page.items.into_iter().map(|note| note.value).collect(), page.next.is_some()))
}

/// The sort key at which the notes of a bucket go on; `None` if there are no more.
pub fn place(then: &Then) -> Option<String> {
    match then {
        Then::Done => None,
        Then::At(note) => Some(note.key().sk),
        // No key lies between: all end in an id of one length.
        Then::After(note) => Some(format!("{}~", note.key().sk)),
        Then::AfterGroup(note) => Some(format!("{}{}#{}#~", notes_of(note.what), note.account, note.channel.name())),
    }
}
