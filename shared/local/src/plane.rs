//! The event plane: topics that fan out to queues, queues that redeliver, streams that are read in order.
//!
//! A plain state with small steps. Who takes which step when is decided elsewhere: by the clock in real time, by a
//! seed in simulation.

use crate::journal::Journal;
use crate::queue::Queue;
use kernel::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A message in a queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// Names it.
    pub id: u64,
    /// A CloudEvent.
    pub body: String,
    /// How often it was received.
    pub receives: u32,
    /// Hidden until then.
    pub visible_at: Timestamp,
}

/// A record of a table's stream.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamRecord {
    /// Its sequence number as the table counts.
    pub sequence: i64,
    /// Its sequence number as the function sees it.
    pub name: String,
    /// As Lambda hands it over.
    pub record: Value,
}

/// A function with a queue of its own.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// The function.
    pub function: &'static str,
    /// What its queue gets: event types, or topics of other services.
    pub kinds: Vec<String>,
    /// How long its queue holds each message back.
    pub delay: Duration,
}

/// What a context's relay has still to read.
#[derive(Default)]
struct Stream {
    /// Read from the table up to here.
    read: i64,
    shards: Vec<VecDeque<StreamRecord>>,
}

/// The state of all queues and streams.
pub struct Plane {
    queues: BTreeMap<&'static str, Queue>,
    subscriptions: BTreeMap<String, Vec<&'static str>>,
    streams: BTreeMap<&'static str, Stream>,
    next_message: u64,
    journal: Option<Arc<Mutex<Journal>>>,
}

impl Plane {
    /// A plane with a queue for each consumer (function and the event types it consumes) and a stream of `shards`
    /// shards for each context. What `journal` remembers is in it again.
    pub fn new(
        consumers: &[Consumer],
        contexts: &[&'static str],
        shards: usize,
        journal: Option<Arc<Mutex<Journal>>>,
    ) -> Result<Self, String> {
        let mut plane = Self {
            queues: consumers.iter().map(|consumer| (consumer.function, Queue::of(consumer.delay))).collect(),
            subscriptions: BTreeMap::new(),
            streams: contexts.iter().map(|context| (*context, Stream::default())).collect(),
            next_message: 1,
            journal,
        };
        for consumer in consumers {
            for kind in &consumer.kinds {
                plane.subscriptions.entry(kind.clone()).or_default().push(consumer.function);
            }
        }
        for stream in plane.streams.values_mut() {
            stream.shards = vec![VecDeque::new(); shards.max(1)];
        }
        if let Some(journal) = plane.journal.clone() {
            let journal = lock(&journal);
            for (function, message, dead) in journal.messages()? {
                plane.next_message = plane.next_message.max(message.id + 1);
                // A queue whose function is gone keeps its messages in the journal, for the day it comes back.
                let Some(queue) = plane.queues.get_mut(function.as_str()) else {
                    continue;
                };
                match dead {
                    true => queue.dead.push(message),
                    false => queue.insert(message),
                }
            }
            for (context, stream) in &mut plane.streams {
                stream.read = journal.cursor(context)?;
            }
        }
        Ok(plane)
    }

    /// The functions that have a queue.
    pub fn consumers(&self) -> Vec<&'static str> {
        self.queues.keys().copied().collect()
    }

    /// Puts a message into the queue of each function that consumes `kind`. They are all stored, or none is.
    pub fn publish(&mut self, kind: &str, body: &str, now: Timestamp) -> Result<(), String> {
        let consumers = self.subscriptions.get(kind).cloned().unwrap_or_default();
        let mut messages = Vec::with_capacity(consumers.len());
        for function in consumers {
            let delay = self.queues.get(function).map(|queue| queue.delay).unwrap_or_default();
            let (id, visible_at) = (self.next_message, now.after(delay));
            let message = Message { id, body: body.to_owned(), receives: 0, visible_at };
            self.next_message += 1;
            messages.push((function, message));
        }
        if let Some(journal) = &self.journal {
            lock(journal).add(&messages)?;
        }
        for (function, message) in messages {
            if let Some(queue) = self.queues.get_mut(function) {
                queue.insert(message);
            }
        }
        Ok(())
    }

    /// The messages of a function's queue that may be received now.
    pub fn visible(&self, function: &str, now: Timestamp) -> Vec<u64> {
        self.queues.get(function).map(|queue| queue.visible(now)).unwrap_or_default()
    }

    /// Receives these messages, whether visible or not, and hides them for `hidden`. A message that was received more
    /// than `limit` times goes to the dead letters instead.
    pub fn receive(
        &mut self,
        function: &str,
        ids: &[u64],
        now: Timestamp,
        hidden: Duration,
        limit: u32,
    ) -> Result<Vec<Message>, String> {
        let Some(queue) = self.queues.get_mut(function) else {
            return Ok(Vec::new());
        };
        let mut received = Vec::with_capacity(ids.len());
        for id in ids {
            let message = queue.change(*id, |message| {
                message.receives += 1;
                message.visible_at = now.after(hidden);
                message.clone()
            });
            let Some(message) = message else {
                continue;
            };
            if message.receives > limit {
                if let Some(journal) = &self.journal {
                    lock(journal).bury(function, *id)?;
                }
                let dead = queue.remove(*id);
                queue.dead.extend(dead);
            } else {
                received.push(message);
            }
        }
        Ok(received)
    }

    /// Deletes messages that were dealt with.
    pub fn delete(&mut self, function: &str, ids: &[u64]) -> Result<(), String> {
        let Some(queue) = self.queues.get_mut(function) else {
            return Ok(());
        };
        if let Some(journal) = &self.journal {
            lock(journal).remove(function, ids)?;
        }
        for id in ids {
            queue.remove(*id);
        }
        Ok(())
    }

    /// Makes messages visible at `at`: sooner than they would be.
    pub fn show(&mut self, function: &str, ids: &[u64], at: Timestamp) {
        let Some(queue) = self.queues.get_mut(function) else {
            return;
        };
        for id in ids {
            queue.change(*id, |message| message.visible_at = message.visible_at.min(at));
        }
    }

    /// Messages in all queues, dead letters apart.
    pub fn waiting(&self) -> usize {
        self.queues.values().map(|queue| queue.len()).sum()
    }

    /// Messages that can be received at `until`, dead letters apart.
    pub fn waiting_until(&self, until: Timestamp) -> usize {
        self.queues.values().map(|queue| queue.visible(until).len()).sum()
    }

    /// When the next hidden message becomes visible.
    pub fn next_visible(&self) -> Option<Timestamp> {
        self.queues.values().filter_map(Queue::next).min()
    }

    /// The dead letters of a function's queue.
    pub fn dead(&self, function: &str) -> &[Message] {
        self.queues.get(function).map(|queue| queue.dead.as_slice()).unwrap_or_default()
    }

    /// Puts the dead letters of a function back into its queue; how many there were.
    pub fn redrive(&mut self, function: &str, now: Timestamp) -> Result<usize, String> {
        let Some(queue) = self.queues.get_mut(function) else {
            return Ok(0);
        };
        if let Some(journal) = &self.journal {
            lock(journal).revive(function)?;
        }
        let dead = std::mem::take(&mut queue.dead);
        let count = dead.len();
        for message in dead {
            queue.insert(Message { receives: 0, visible_at: now, ..message });
        }
        Ok(count)
    }

    /// When `function` last ran by its schedule.
    pub fn last_run(&self, function: &str) -> Result<Option<Timestamp>, String> {
        match &self.journal {
            Some(journal) => lock(journal).last_run(function),
            None => Ok(None),
        }
    }

    /// Remembers that `function` ran by its schedule.
    pub fn set_last_run(&mut self, function: &str, at: Timestamp) -> Result<(), String> {
        match &self.journal {
            Some(journal) => lock(journal).set_last_run(function, at),
            None => Ok(()),
        }
    }

    /// How far the stream of `context` was read from its table.
    pub fn read_to(&self, context: &str) -> i64 {
        self.streams.get(context).map_or(0, |stream| stream.read)
    }

    /// Adds records that were read from the table, without those that the mapping's filter drops: items without an
    /// outbox have nothing to say. Records of one item keep their order: they share a shard.
    pub fn add_records(&mut self, context: &str, records: Vec<StreamRecord>) {
        let Some(stream) = self.streams.get_mut(context) else {
            return;
        };
        for record in records {
            stream.read = stream.read.max(record.sequence);
            if record.record["dynamodb"]["NewImage"]["outbox"].is_null() {
                continue;
            }
            let keys = record.record["dynamodb"]["Keys"].to_string();
            let shard = kernel::Digest::of([keys]).high_bits() % stream.shards.len() as u128;
            if let Some(shard) = usize::try_from(shard).ok().and_then(|shard| stream.shards.get_mut(shard)) {
                shard.push_back(record);
            }
        }
    }

    /// The shards of a context's stream that have records.
    pub fn filled_shards(&self, context: &str) -> Vec<(usize, usize)> {
        let shards = self.streams.get(context).into_iter().flat_map(|stream| stream.shards.iter().enumerate());
        shards
            .filter(|(_, records)| !records.is_empty())
            .map(|(shard, records)| (shard, records.len()))
            .collect()
    }

    /// The first `count` records of a shard.
    pub fn records(&self, context: &str, shard: usize, count: usize) -> Vec<StreamRecord> {
        let shard = self.streams.get(context).and_then(|stream| stream.shards.get(shard));
        shard.into_iter().flatten().take(count).cloned().collect()
    }

    /// Moves a shard past `count` records, and the durable cursor past all that every shard is done with.
    pub fn advance(&mut self, context: &'static str, shard: usize, count: usize) -> Result<(), String> {
        let Some(stream) = self.streams.get_mut(context) else {
            return Ok(());
        };
        if let Some(shard) = stream.shards.get_mut(shard) {
            shard.drain(..count.min(shard.len()));
        }
        let done = self.done_to(context);
        match &self.journal {
            Some(journal) => lock(journal).set_cursor(context, done),
            None => Ok(()),
        }
    }

    /// The relay is done with everything up to here: the table's stream may forget it.
    pub fn done_to(&self, context: &str) -> i64 {
        let Some(stream) = self.streams.get(context) else {
            return 0;
        };
        let first = stream.shards.iter().filter_map(|shard| shard.front()).map(|record| record.sequence - 1).min();
        first.unwrap_or(stream.read)
    }

    /// Splits a batch by what its function answered: the records that are done with. Lambda repeats from the lowest
    /// failed record; no answer, or an identifier that is not in the batch, repeats all of it.
    pub fn succeeded(records: &[StreamRecord], failed: Option<BTreeSet<String>>) -> usize {
        let Some(failed) = failed else { return 0 };
        if failed.iter().any(|name| !records.iter().any(|record| record.name == *name)) {
            return 0;
        }
        records.iter().position(|record| failed.contains(&record.name)).unwrap_or(records.len())
    }
}

fn lock(journal: &Mutex<Journal>) -> MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}
