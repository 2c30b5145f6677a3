//! Items: a key, a version, the writer's mark, perhaps an outbox, and the fields of a Rust type.

use super::typed::{self, Number, Text};
use super::writer::{self, ItemWriter};
use crate::Error;
use crate::outbox::{self, Outbox};
use kernel::Digest;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_dynamo::AttributeValue;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashMap;

/// An item's attributes by name.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

pub(crate) const PARTITION: &str = "pk";
pub(crate) const SORT: &str = "sk";
pub(crate) const VERSION: &str = "v";
pub(crate) const WRITTEN_BY: &str = "by";
/// Of an item that keeps its history: its outboxes before the present one.
pub(crate) const LOG: &str = "log";
/// Of a replica: the stamp of the snapshot it was kept from.
pub(crate) const SOURCE: &str = "src";

/// What no field of an item may be called: an item with two attributes of a name is neither written nor read.
const TAKEN: [&str; 7] = [PARTITION, SORT, VERSION, WRITTEN_BY, LOG, SOURCE, outbox::ATTRIBUTE];

/// Refuses an item of kind `kind` if one of its fields is called like an attribute of ours.
pub(crate) fn refuse_taken<'n>(kind: &str, names: impl IntoIterator<Item = &'n str>) -> Result<(), Error> {
    match names.into_iter().find(|name| TAKEN.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Error::broken(format!(
            "the field {name} of {kind} has the name of an attribute that stands beside every item: rename it"
        ))),
    }
}

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

/// A type that is stored as one item. No field of it may have a name that we give an attribute beside it ([`TAKEN`]): it
/// is refused when it is written.
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
    pub(crate) past: Vec<PastOutbox>,
}

/// What every write sets beside the value, and recognises itself by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    /// Who wrote what: a digest of the writer, the value and the events. The writer alone proves too little, because
    /// two deliveries of one event share it and may come to different decisions about one version.
    by: String,
    pub version: u64,
}

/// `item` as `writer` writes it at the version of `outbox`: with that unless it is empty, with the outboxes of its
/// `past`, and with the mark.
pub(crate) fn encode<T: Item>(
    writer: &str,
    item: &T,
    outbox: Outbox<T::Event>,
    past: &[PastOutbox],
) -> Result<(ItemWriter, Mark), Error> {
    let (fields, events) = (ItemWriter::of(item)?, writer::attribute(&outbox.events)?);
    refuse_taken(T::KIND, fields.names())?;
    let by = Digest::of([writer, fields.text(), &events]).short(16);
    let mark = Mark { by, version: outbox.version };
    let Key { pk, sk } = item.key();
    let mut written = fields
        .with(PARTITION, &pk)?
        .with(SORT, &sk)?
        .with(VERSION, &mark.version)?
        .with(WRITTEN_BY, &mark.by)?;
    if !outbox.events.is_empty() {
        written = written.with(outbox::ATTRIBUTE, &outbox)?;
    }
    if T::HISTORY && !past.is_empty() {
        written = written.with_list(LOG, past.iter().map(|outbox| outbox.0.as_str()));
    }
    Ok((written, mark))
}

/// Reads an item back.
pub(crate) fn decode<T: Item>(image: Image) -> Result<Stored<T>, Error> {
    let version = image.version().ok_or_else(|| Error::broken(format!("{} has no version", T::KIND)))?;
    image.stored(version)
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn text(value: &AttributeValue) -> Option<&str> {
    match value {
        AttributeValue::S(text) => Some(text),
        _ => None,
    }
}

/// An item as DynamoDB's JSON writes it: of a read, of a failed condition, of a walk.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Image(Box<RawValue>);

/// Some of what we set beside the value.
#[derive(Deserialize)]
struct Head {
    pk: Text,
    sk: Text,
    v: Option<Number>,
    by: Option<Text>,
}

impl Image {
    /// `None`: it does not read as an item of ours.
    fn head(&self) -> Option<Head> {
        serde_json::from_str(self.json()).ok()
    }

    /// The JSON.
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// Its attributes; none if it does not read as an item.
    pub fn attributes(&self) -> Attributes {
        serde_json::from_str(self.json()).unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        match self.attributes().get(name)? {
            AttributeValue::N(number) => number.parse().ok(),
            _ => None,
        }
    }

    pub fn version(&self) -> Option<u64> {
        self.head()?.v?.read()
    }

    pub fn key(&self) -> Option<Key> {
        let Head { pk, sk, .. } = self.head()?;
        Some(Key::new(pk.s, sk.s))
    }

    /// Whether the write of this mark made this item what it is.
    pub fn written_by(&self, mark: &Mark) -> bool {
        self.head().is_some_and(|Head { v, by, .. }| {
            v.and_then(|version| version.read()) == Some(mark.version) && by.is_some_and(|by| by.s == mark.by)
        })
    }

    /// The item at `version`, with what it announced if it keeps that.
    pub fn stored<T: Item>(&self, version: u64) -> Result<Stored<T>, Error> {
        let past = if T::HISTORY { self.announcements()? } else { Vec::new() };
        Ok(Stored { value: typed::read(self.json())?, version, past })
    }

    /// Every outbox that the item still has, oldest first.
    fn announcements(&self) -> Result<Vec<PastOutbox>, Error> {
        #[derive(Deserialize)]
        struct Past {
            log: Option<typed::List<Box<RawValue>>>,
            outbox: Option<Box<RawValue>>,
        }
        let Past { log, outbox } = serde_json::from_str(self.json()).map_err(Error::broken)?;
        let log = log.into_iter().flat_map(|log| log.l);
        Ok(log.chain(outbox).map(|outbox| PastOutbox(String::from(Box::<str>::from(outbox)))).collect())
    }

    /// The item as if each of its announcements had just been made: with that outbox, at that version.
    pub fn each_announcement(&self) -> Vec<Result<Self, Error>> {
        let announced = match self.announcements() {
            Ok(announced) => announced,
            Err(error) => return vec![Err(error)],
        };
        let then = |outbox: PastOutbox| {
            let (mut attributes, outbox) = (self.attributes(), outbox.attribute()?);
            if let AttributeValue::M(fields) = &outbox {
                attributes.extend(fields.get(outbox::VERSION).map(|version| (VERSION.to_owned(), version.clone())));
            }
            attributes.insert(outbox::ATTRIBUTE.to_owned(), outbox);
            to_raw_value(&attributes).map(Self).map_err(Error::broken)
        };
        announced.into_iter().map(then).collect()
    }
}

/// An outbox, as DynamoDB's JSON writes it.
#[derive(Clone, Debug)]
pub(crate) struct PastOutbox(String);

impl PastOutbox {
    /// The outbox as it will stand in the log.
    pub fn of<E: Serialize>(outbox: Outbox<E>) -> Result<Self, Error> {
        writer::attribute(&outbox).map(Self)
    }

    fn attribute(&self) -> Result<AttributeValue, Error> {
        serde_json::from_str(&self.0).map_err(Error::broken)
    }
}

impl PartialEq for PastOutbox {
    /// The order of fields means nothing.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.attribute().ok().is_some_and(|one| other.attribute().is_ok_and(|other| one == other))
    }
}

/// Reads an item from DynamoDB's JSON, for tools that look into tables.
#[cfg(feature = "describe")]
pub fn read_item<T: Item>(json: &serde_json::Value) -> Result<T, Error> {
    typed::read(&json.to_string())
}
