//! The stream of the context's table as Lambda hands it over: old and new image of each changed item.

use crate::Error;
use crate::outbox::Outbox;
use crate::table::typed::{self, List, Map, Number, Text};
use crate::table::{Image, Item, Key};
use kernel::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::sync::Arc;

/// A batch of changes, oldest first for each item.
#[derive(Deserialize)]
#[serde(bound(deserialize = "R: Deserialize<'de>"))]
pub(crate) struct Batch<R> {
    #[serde(rename = "Records")]
    pub records: Vec<R>,
}

#[derive(Deserialize)]
pub(crate) struct Record<'b> {
    #[serde(borrow)]
    pub dynamodb: Dynamodb<'b>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Dynamodb<'b> {
    pub sequence_number: String,
    #[serde(borrow)]
    new_image: Option<&'b RawValue>,
    old_image: Option<Before>,
}

/// What matters of an item as it was.
#[derive(Deserialize)]
struct Before {
    v: Option<Number>,
}

/// What tells whether an item has news.
#[derive(Deserialize)]
struct Head {
    pk: Text,
    sk: Text,
    v: Option<Number>,
    outbox: Option<Map<Announced>>,
}

/// An outbox, whatever its events are.
#[derive(Deserialize)]
struct Announced {
    v: Number,
    at: Text,
    tp: Text,
    events: List<IgnoredAny>,
}

impl Record<'_> {
    /// The news that this record brings: a new image whose outbox belongs to this very write. Removals, repeated
    /// images and items that announce nothing bring none.
    pub fn news(&self) -> Result<Option<Change>, Error> {
        let Some(new) = self.dynamodb.new_image else {
            return Ok(None);
        };
        let before = self.dynamodb.old_image.as_ref().and_then(|old| old.v.as_ref()?.read());
        Ok(Change::of(new.get())?.filter(|change| before != Some(change.version)))
    }
}

/// One change of an item, with what it announces.
#[derive(Clone, Debug)]
pub struct Change {
    /// The item.
    pub key: Key,
    /// Its version after the change.
    pub version: u64,
    /// When it was decided.
    pub(crate) at: Timestamp,
    /// The story it is part of.
    pub(crate) traceparent: String,
    /// How many events it announces.
    pub(crate) events: usize,
    /// The item after the change, as DynamoDB writes it.
    image: Arc<str>,
}

impl Change {
    /// The change that made an item what it is; `None` if that announced nothing.
    fn of(image: &str) -> Result<Option<Self>, Error> {
        let head: Head = serde_json::from_str(image).map_err(Error::broken)?;
        let Some(Map { m: outbox }) = head.outbox else {
            return Ok(None);
        };
        let version = head.v.and_then(|version| version.read());
        let version = version.ok_or_else(|| Error::broken("an item with an outbox has no version"))?;
        // An older outbox was dragged along by a copy or a backfill.
        if outbox.v.read() != Some(version) {
            return Ok(None);
        }
        Ok(Some(Self {
            key: Key::new(head.pk.s, head.sk.s),
            version,
            at: outbox.at.s.parse().map_err(Error::broken)?,
            traceparent: outbox.tp.s,
            events: outbox.events.l.len(),
            image: image.into(),
        }))
    }

    /// What kind of item changed: [`Item::KIND`].
    pub fn kind(&self) -> &str {
        self.key.kind()
    }

    /// All that an item announced and still knows of, as if each announcement had just been made.
    pub(crate) fn all_of(image: Image) -> Vec<Result<Change, Error>> {
        let then = |image: Result<Image, Error>| {
            Self::of(image?.json())?.ok_or_else(|| Error::broken("a change without an outbox"))
        };
        image.each_announcement().into_iter().map(then).collect()
    }

    /// The item as it is after the change, and what it announces.
    pub fn read<T: Item>(&self) -> Result<(T, Outbox<T::Event>), Error> {
        #[derive(Deserialize)]
        #[serde(bound = "E: serde::de::DeserializeOwned")]
        struct Announcing<E> {
            outbox: Outbox<E>,
        }
        let Announcing { outbox } = typed::read(&self.image)?;
        Ok((typed::read(&self.image)?, outbox))
    }
}
