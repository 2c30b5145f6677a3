//! Items: a key, a version, the writer's mark, perhaps an outbox, and the fields of a Rust type.

use crate::Error;
use crate::outbox::{self, Outbox};
use aws_sdk_dynamodb::types::AttributeValue;
use kernel::Digest;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// An item's attributes as the SDK has them.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

pub(crate) const PARTITION: &str = "pk";
pub(crate) const SORT: &str = "sk";
pub(crate) const VERSION: &str = "v";
pub(crate) const WRITTEN_BY: &str = "by";
/// Of an item that keeps its history: its outboxes before the present one.
pub(crate) const LOG: &str = "log";
/// Of a replica: the stamp of the snapshot it was kept from.
pub(crate) const SOURCE: &str = "src";

/// An item's primary key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// Partition key: what the item belongs to.
    pub pk: String,
    /// Sort key: what kind of item it is, with a number if there are several.
    pub sk: String,
}

impl Key {
    /// The key of `sk` in the collection `pk`.
    pub fn new(pk: impl ToString, sk: impl Into<String>) -> Self {
        Self { pk: pk.to_string(), sk: sk.into() }
    }

    /// What kind of item stands here: [`Item::KIND`].
    pub fn kind(&self) -> &str {
        self.sk.split('#').next().unwrap_or(&self.sk)
    }

    pub(crate) fn attributes(&self) -> Attributes {
        HashMap::from([
            (PARTITION.to_owned(), AttributeValue::S(self.pk.clone())),
            (SORT.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.pk, self.sk)
    }
}

/// A type that is stored as one item.
pub trait Item: Serialize + DeserializeOwned + Send + Sync {
    /// What its outbox may hold; [`Never`] if its changes are nobody else's business.
    type Event: Serialize + DeserializeOwned + Clone + Send + Sync;

    /// The sort key, or its part before a `#`: tells the relay what it sees.
    const KIND: &'static str;

    /// Whether the item keeps the outboxes of its earlier versions, so that everything it ever announced can be
    /// announced again. For items of many announcements and a bounded life, such as an order. A snapshot announces
    /// all of its state each time, and what is written once has one outbox: those need no history.
    const HISTORY: bool = false;

    /// Where it is stored.
    fn key(&self) -> Key;
}

/// The event type of items that announce nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Never {}

/// A value as it stands in the table.
#[derive(Clone, PartialEq, Debug)]
pub struct Stored<T> {
    /// The value.
    pub value: T,
    /// How often it was written: 1 after its creation.
    pub version: u64,
    /// What it announced so far, if it keeps its history.
    pub(crate) past: Vec<AttributeValue>,
}

/// What every write sets beside the value, and recognises itself by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// Who wrote what: a digest of the writer, the value and the events. The writer alone proves too little, because
    /// two deliveries of one event share it and may come to different decisions about one version.
    by: String,
    pub version: u64,
}

impl Mark {
    /// The mark of `writer` writing `item` with `events` as `version`.
    pub fn of<T: Item>(writer: &str, version: u64, item: &T, events: &[T::Event]) -> Result<Self, Error> {
        let value = serde_json::to_string(item).map_err(Error::broken)?;
        let events = serde_json::to_string(events).map_err(Error::broken)?;
        Ok(Self { by: Digest::of([writer, &value, &events]).short(16), version })
    }
}

/// The attributes of `item` at a version, with `outbox` unless it is empty, and the outboxes of its `past`.
pub(crate) fn encode<T: Item>(
    item: &T,
    mark: &Mark,
    outbox: Outbox<T::Event>,
    past: &[AttributeValue],
) -> Result<Attributes, Error> {
    let mut attributes: Attributes = serde_dynamo::to_item(item).map_err(Error::broken)?;
    let own = [PARTITION, SORT, VERSION, WRITTEN_BY, LOG, SOURCE, outbox::ATTRIBUTE];
    debug_assert!(!own.iter().any(|name| attributes.contains_key(*name)), "a field of {} has a name of ours", T::KIND);
    attributes.extend(item.key().attributes());
    attributes.insert(VERSION.to_owned(), number(mark.version));
    attributes.insert(WRITTEN_BY.to_owned(), AttributeValue::S(mark.by.clone()));
    if !outbox.events.is_empty() {
        let outbox = serde_dynamo::to_attribute_value(outbox).map_err(Error::broken)?;
        attributes.insert(outbox::ATTRIBUTE.to_owned(), outbox);
    }
    if T::HISTORY && !past.is_empty() {
        attributes.insert(LOG.to_owned(), AttributeValue::L(past.to_vec()));
    }
    Ok(attributes)
}

/// Reads an item back.
pub(crate) fn decode<T: Item>(attributes: Attributes) -> Result<Stored<T>, Error> {
    let image = Image::of(attributes);
    let version = image.version().ok_or_else(|| Error::broken(format!("{} has no version", T::KIND)))?;
    image.stored(version)
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The raw attributes of an item: of a read, of a failed condition, of a stream record.
#[derive(Clone, Debug)]
pub(crate) struct Image(Attributes);

impl Image {
    pub fn of(attributes: Attributes) -> Self {
        Self(attributes)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_s().ok().map(String::as_str)
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_n().ok()?.parse().ok()
    }

    pub fn version(&self) -> Option<u64> {
        self.number(VERSION)
    }

    pub fn key(&self) -> Option<Key> {
        Some(Key::new(self.text(PARTITION)?, self.text(SORT)?))
    }

    /// Whether the write of this mark made this item what it is.
    pub fn written_by(&self, mark: &Mark) -> bool {
        self.version() == Some(mark.version) && self.text(WRITTEN_BY) == Some(&mark.by)
    }

    pub fn value<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_dynamo::from_item(self.0.clone())
            .map_err(|error| Error::broken(format!("an item does not read as its type: {error}")))
    }

    /// The item at `version`, with what it announced if it keeps that.
    pub fn stored<T: Item>(&self, version: u64) -> Result<Stored<T>, Error> {
        let past = if T::HISTORY { self.announcements() } else { Vec::new() };
        Ok(Stored { value: self.value()?, version, past })
    }

    /// Every outbox that the item still has, oldest first.
    pub fn announcements(&self) -> Vec<AttributeValue> {
        let log = self.0.get(LOG).and_then(|log| log.as_l().ok()).into_iter().flatten();
        log.chain(self.0.get(outbox::ATTRIBUTE)).cloned().collect()
    }

    /// The same image with this outbox: how it was when it announced that.
    pub fn with_outbox(mut self, outbox: AttributeValue) -> Self {
        self.0.insert(outbox::ATTRIBUTE.to_owned(), outbox);
        self
    }

    pub fn outbox<E: DeserializeOwned>(&self) -> Result<Option<Outbox<E>>, Error> {
        let Some(outbox) = self.0.get(outbox::ATTRIBUTE) else {
            return Ok(None);
        };
        serde_dynamo::from_attribute_value(outbox.clone()).map(Some).map_err(Error::broken)
    }
}

/// Reads an item from DynamoDB's JSON, for tools that look into tables.
#[cfg(feature = "describe")]
pub fn read_item<T: Item>(json: &serde_json::Value) -> Result<T, Error> {
    let item: serde_dynamo::Item = serde_json::from_value(json.clone()).map_err(Error::broken)?;
    decode(item.into()).map(|stored| stored.value)
}
