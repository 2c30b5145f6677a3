//! Single-item writes: create, replace, change, keep a snapshot.

use super::item::{Image, Item, Key, Mark, PARTITION, PastOutbox, SOURCE, Stored, VERSION, encode, number};
use super::put::{Write, refused};
use super::writer::ItemWriter;
use super::{TableReader, Transaction};
use crate::argument::broken;
use crate::aws::json::DYNAMODB;
use crate::outbox::Outbox;
use crate::retry::{Attempt, until_definite};
use crate::{Argument, Call, Error, Failure};
use contracts::Stamp;
use kernel::{Problem, Timestamp};
use serde::de::IgnoredAny;
use std::convert::Infallible;
use std::ops::Deref;

/// How often [`Table::change`] decides anew when others change the item in between.
const DECISIONS: usize = 8;

/// Reads and writes the context's table.
#[derive(Clone)]
pub struct Table {
    reader: TableReader,
    pub(super) writer: String,
    pub(super) request: String,
    now: Timestamp,
    traceparent: String,
}

impl Deref for Table {
    type Target = TableReader;

    fn deref(&self) -> &TableReader {
        &self.reader
    }
}

/// What became of a create.
#[derive(Clone, PartialEq, Debug)]
pub enum Creation<T> {
    /// It was not there, and is now (perhaps by an earlier attempt of this very call).
    Created,
    /// Somebody else had created it.
    Exists(Stored<T>),
}

/// What a decision about an item comes to.
#[derive(Clone, PartialEq, Debug)]
pub enum Decision<T: Item> {
    /// Leave it as it is.
    Keep,
    /// Write this, and announce these events.
    To(T, Vec<T::Event>),
}

enum Put {
    Done,
    Refused(Option<Image>),
}

/// What became of a snapshot that was to be kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It is the newest, and is kept.
    Newest,
    /// It was kept before.
    Known,
    /// A newer one is kept.
    Late,
}

impl Table {
    /// Writes `item` if nothing stands under its key yet, and announces `events`.
    pub async fn create<T: Item>(&self, item: &T, events: Vec<T::Event>) -> Result<Creation<T>, Error> {
        let (written, mark) = self.encode(item, 1, events, &[])?;
        let request = self.put(written, "attribute_not_exists(#pk)")?.name("#pk", PARTITION);
        match self.send(request).await? {
            Put::Done => Ok(Creation::Created),
            Put::Refused(Some(image)) if image.written_by(&mark) => Ok(Creation::Created),
            Put::Refused(Some(image)) => {
                let version = image.version().ok_or_else(|| Error::broken("an item has no version"))?;
                Ok(Creation::Exists(image.stored(version)?))
            }
            Put::Refused(None) => Err(Error::broken("a refused create came without the item")),
        }
    }

    /// Writes `new` in place of `old` if nobody changed it since, and announces `events`. `None`: somebody did.
    pub async fn replace<T: Item>(
        &self,
        old: &Stored<T>,
        new: T,
        events: Vec<T::Event>,
    ) -> Result<Option<Stored<T>>, Error> {
        let (written, mark) = self.encode(&new, old.version + 1, events.clone(), &old.past)?;
        let request = self.put(written, "#v = :v")?.name("#v", VERSION).value(":v", number(old.version));
        match self.send(request).await? {
            Put::Done => {}
            Put::Refused(Some(image)) if image.written_by(&mark) => {}
            Put::Refused(_) => return Ok(None),
        }
        self.written(Some(old), new, &events).map(Some)
    }

    /// [`Table::create`] where it does not matter what others created: `None` then.
    pub async fn create_new<T: Item>(&self, item: T, events: Vec<T::Event>) -> Result<Option<Stored<T>>, Error> {
        match self.create(&item, events.clone()).await? {
            Creation::Created => self.written(None, item, &events).map(Some),
            Creation::Exists(_) => Ok(None),
        }
    }

    /// The item as it stands after this call wrote `value` with `events` in place of `old`.
    pub fn written<T: Item>(&self, old: Option<&Stored<T>>, value: T, events: &[T::Event]) -> Result<Stored<T>, Error> {
        let version = old.map_or(0, |old| old.version) + 1;
        let mut past = old.map(|old| old.past.clone()).unwrap_or_default();
        if T::HISTORY && !events.is_empty() {
            let outbox = self.outbox(version, events.to_vec());
            past.push(PastOutbox::of(outbox)?);
        }
        Ok(Stored { value, version, past })
    }

    /// Reads the item under `key`, lets `decide` say what becomes of it, and writes that; reads and decides again if
    /// somebody was faster. Returns the item as it stands then, `None` if there is none.
    pub async fn change<T: Item + Clone, R>(
        &self,
        key: &Key,
        mut decide: impl FnMut(Option<&Stored<T>>) -> Result<Decision<T>, Failure<R>>,
    ) -> Result<Option<Stored<T>>, Failure<R>> {
        for _ in 0..DECISIONS {
            let found = self.get::<T>(key).await.map_err(Failure::Failed)?;
            let (item, events) = match decide(found.as_ref())? {
                Decision::Keep => return Ok(found),
                Decision::To(item, events) => (item, events),
            };
            let written = match &found {
                Some(old) => self.replace(old, item, events).await.map_err(Failure::Failed)?,
                None => self.create_new(item, events).await.map_err(Failure::Failed)?,
            };
            if written.is_some() {
                return Ok(written);
            }
        }
        Err(Failure::Failed(Error::contended(format!("{key} kept changing"))))
    }

    /// [`Table::change`] for consumers of events, which have nobody to refuse anything to.
    pub async fn advance<T: Item + Clone>(
        &self,
        key: &Key,
        mut decide: impl FnMut(Option<&Stored<T>>) -> Result<Decision<T>, Error>,
    ) -> Result<(), Error> {
        match self.change::<T, Infallible>(key, |found| decide(found).map_err(Failure::Failed)).await {
            Ok(_) => Ok(()),
            Err(Failure::Failed(error)) => Err(error),
            Err(Failure::Problem(problem)) => Err(Error::broken(problem.detail)),
            Err(Failure::Refused(never)) => match never {},
        }
    }

    /// Keeps `item`, a replica of another context's snapshot, if `stamp` is newer than what is kept. Late and repeated
    /// snapshots change nothing.
    pub async fn keep<T: Item>(&self, item: &T, stamp: Stamp) -> Result<Kept, Error> {
        let (written, _) = self.encode(item, 1, Vec::new(), &[])?;
        // One number that grows with (epoch, version): versions stay far below 10^15.
        let stamp = u128::from(stamp.epoch) * 1_000_000_000_000_000 + u128::from(stamp.version);
        let request = self
            .put(written.with(SOURCE, &stamp)?, "attribute_not_exists(#pk) OR #src < :src")?
            .name("#pk", PARTITION)
            .name("#src", SOURCE)
            .value(":src", number(stamp));
        match self.send(request).await? {
            Put::Done => Ok(Kept::Newest),
            Put::Refused(Some(image)) if image.number(SOURCE).map(u128::from) == Some(stamp) => Ok(Kept::Known),
            Put::Refused(_) => Ok(Kept::Late),
        }
    }

    /// Names this invocation: another one at each delivery. What claims something says so with it, because two
    /// deliveries of one event write under the same mark.
    pub fn invocation(&self) -> &str {
        &self.request
    }

    /// Starts a transaction: all of its actions happen, or none.
    pub fn transaction(&self) -> Transaction<'_> {
        Transaction::new(self)
    }

    /// The item as this call writes it at a version, and by what it recognises that later.
    pub(super) fn encode<T: Item>(
        &self,
        item: &T,
        version: u64,
        events: Vec<T::Event>,
        past: &[PastOutbox],
    ) -> Result<(ItemWriter, Mark), Error> {
        encode(&self.writer, item, self.outbox(version, events), past)
    }

    fn outbox<E>(&self, version: u64, events: Vec<E>) -> Outbox<E> {
        Outbox {
            version,
            at: self.now,
            traceparent: self.traceparent.clone(),
            events,
        }
    }

    fn put(&self, item: ItemWriter, condition: &str) -> Result<Write<'_>, Error> {
        Write::put(&self.name, item, condition)
    }

    async fn send(&self, write: Write<'_>) -> Result<Put, Error> {
        let request = DYNAMODB.request::<IgnoredAny>("PutItem", &write)?;
        until_definite(&self.world, || async {
            match request.once(&self.world).await {
                Ok(_) => Attempt::Done(Put::Done),
                Err(failed) => match refused(&failed) {
                    Some(image) => Attempt::Done(Put::Refused(image)),
                    None => failed.classify(),
                },
            }
        })
        .await
    }
}

impl Argument for Table {
    fn take(call: &Call) -> Result<Self, Problem> {
        let reader = TableReader::of(call).map_err(|error| broken(call, &error))?;
        Ok(Self {
            reader,
            writer: call.writer(),
            request: call.request.clone(),
            now: call.now,
            traceparent: call.trace.traceparent().to_owned(),
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.writes_table();
    }
}
