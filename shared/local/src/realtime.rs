//! The embedded cloud in real time: requests at once, events as soon as a table or a queue has some.

use crate::cloud::{Cloud, Direct, Invoke};
use crate::outside::{Answer, NoAnswer, Outside, OutsideCall, world};
use crate::plane::{Message, Plane, StreamRecord};
use crate::trigger::{failures, queue_event, stream_event};
use futures_util::future::BoxFuture;
use kernel::{Digest, Timestamp};
use platform::{Host, Invocation, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::Notify;

/// How many messages one invocation gets.
const BATCH: usize = 10;
/// How many records one relay invocation gets.
const RECORDS: usize = 100;
/// How many invocations of one queue function run at a time.
const CONCURRENCY: usize = 4;
/// How long a failed message stays hidden. On AWS six times the time-out; nobody waits that long at a desk.
const HIDDEN: Duration = Duration::from_secs(15);
/// How soon a failed message is tried again: twice as late each time, up to the last. So what is only not possible yet (a
/// message that a killed invocation had claimed) is tried for minutes before it becomes a dead letter, as on AWS.
const RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(32);
/// How often a message is received before it becomes a dead letter.
const RECEIVES: u32 = 20;
/// How often queues and streams are looked at when nothing calls for it.
const IDLE: Duration = Duration::from_millis(200);

/// A running cloud.
pub struct Running {
    /// Its state.
    pub cloud: Arc<Cloud>,
    /// Its clock.
    pub host: Arc<dyn Host>,
    worlds: BTreeMap<&'static str, Arc<World>>,
    changed: Arc<Notify>,
    invocations: AtomicU64,
    pub(crate) busy: Mutex<BTreeMap<String, usize>>,
}

impl Running {
    /// Starts every function.
    pub fn start(cloud: Arc<Cloud>, host: Arc<dyn Host>) -> Result<Arc<Self>, String> {
        Self::behind(cloud, host, |cloud| cloud)
    }

    /// The same, with something between the functions and the cloud.
    pub fn behind(
        cloud: Arc<Cloud>,
        host: Arc<dyn Host>,
        decorate: impl FnOnce(Arc<dyn Outside>) -> Arc<dyn Outside>,
    ) -> Result<Arc<Self>, String> {
        let changed = Arc::new(Notify::new());
        let invoke = Arc::new(OnceLock::new());
        let inner = Direct {
            cloud: cloud.clone(),
            host: host.clone(),
            invoke: invoke.clone(),
        };
        let outside = decorate(Arc::new(Announcing { inner, changed: changed.clone() }));
        let mut worlds = BTreeMap::new();
        for deployed in cloud.functions.values() {
            let function = &deployed.function;
            let world = world(function, cloud.settings(function), host.clone(), outside.clone());
            (function.prepare)(&world).map_err(|error| error.to_string())?;
            worlds.insert(function.name, world);
        }
        let (invocations, busy) = (AtomicU64::new(0), Mutex::default());
        let running = Arc::new(Self { cloud, host, worlds, changed, invocations, busy });
        // It was empty until now.
        drop(invoke.set(Arc::new(Nested(Arc::downgrade(&running)))));
        Ok(running)
    }

    /// Lets the deliveries look for work.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Invokes a function; `None` if it failed or took too long.
    #[allow(clippy::disallowed_methods, reason = "an invocation's deadline is real time")]
    pub async fn invoke(&self, function: &str, id: &str, payload: Vec<u8>) -> Option<Vec<u8>> {
        let (function, world) = (self.cloud.function(function)?, self.worlds.get(function)?);
        let invocation = Invocation { request: id.to_owned(), payload };
        let answer = tokio::time::timeout(function.timeout, (function.handler)(world.clone(), invocation)).await;
        match answer {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                self.host.log(&serde_json::json!({"level": "error", "function": function.name, "request": id, "message": error.to_string()}).to_string());
                None
            }
            Err(_) => {
                self.host.log(&serde_json::json!({"level": "error", "function": function.name, "request": id, "message": "timed out"}).to_string());
                None
            }
        }
    }

    /// A new invocation's id.
    pub fn invocation_id(&self) -> String {
        let count = self.invocations.fetch_add(1, Ordering::Relaxed);
        Digest::of([self.host.random().to_be_bytes(), count.to_be_bytes()]).short(20)
    }

    /// Delivers events until the process ends.
    #[allow(clippy::disallowed_methods, reason = "deliveries run beside each other, and idle waits are real time")]
    pub async fn deliver(self: Arc<Self>) {
        loop {
            for work in self.next_work() {
                let running = self.clone();
                tokio::spawn(async move { running.run(work).await });
            }
            for (function, at) in self.due_schedules() {
                let running = self.clone();
                tokio::spawn(async move { running.start_scheduled(function, at).await });
            }
            for (partner, webhook) in self.cloud.sandboxes().due(self.host.now()) {
                let running = self.clone();
                tokio::spawn(async move { running.send_webhook(partner, webhook).await });
            }
            let changed = tokio::time::timeout(IDLE, self.changed.notified()).await;
            // Woken or not, there may be work.
            drop(changed);
        }
    }

    /// Everything that can be started now. What is started is marked as busy.
    fn next_work(&self) -> Vec<Work> {
        let mut work = Vec::new();
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        for context in &self.cloud.contexts {
            if let Err(reason) = self.cloud.read_stream(context) {
                self.host.log(&serde_json::json!({"level": "error", "message": reason}).to_string());
            }
            let plane = self.cloud.plane();
            for (shard, _) in plane.filled_shards(context) {
                let slot = busy.entry(format!("{context}#{shard}")).or_default();
                if *slot == 0 {
                    *slot += 1;
                    work.push(Work::Relay {
                        context,
                        shard,
                        records: plane.records(context, shard, RECORDS),
                    });
                }
            }
        }
        let consumers = self.cloud.plane().consumers();
        for function in consumers {
            let slot = busy.entry(function.to_owned()).or_default();
            while *slot < CONCURRENCY {
                let mut plane = self.cloud.plane();
                let now = self.host.now();
                let ids: Vec<u64> = plane.visible(function, now).into_iter().take(BATCH).collect();
                match plane.receive(function, &ids, now, HIDDEN, RECEIVES) {
                    Ok(messages) if !messages.is_empty() => {
                        *slot += 1;
                        work.push(Work::Consume { function, messages });
                    }
                    _ => break,
                }
            }
        }
        work
    }

    async fn run(&self, work: Work) {
        let (slot, settled) = match work {
            Work::Relay { context, shard, records } => {
                (format!("{context}#{shard}"), self.relay(context, shard, &records).await)
            }
            Work::Consume { function, messages } => (function.to_owned(), self.consume(function, &messages).await),
        };
        if let Err(reason) = settled {
            self.host.log(&serde_json::json!({"level": "error", "message": reason}).to_string());
        }
        if let Some(slot) = self.busy.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&slot) {
            *slot -= 1;
        }
        self.changed.notify_one();
    }

    async fn relay(&self, context: &'static str, shard: usize, records: &[StreamRecord]) -> Result<(), String> {
        let Some(relay) = self.cloud.relay_of(context) else {
            return Ok(());
        };
        let answer = self.invoke(relay.name, &self.invocation_id(), stream_event(records)).await;
        let done = Plane::succeeded(records, answer.and_then(|answer| failures(&answer)));
        self.cloud.plane().advance(context, shard, done)?;
        self.cloud.trim_stream(context)
    }

    async fn consume(&self, function: &'static str, messages: &[Message]) -> Result<(), String> {
        let answer = self.invoke(function, &self.invocation_id(), queue_event(messages)).await;
        let failed: Option<BTreeSet<String>> = answer.and_then(|answer| failures(&answer));
        let failed = |message: &&Message| failed.as_ref().is_none_or(|failed| failed.contains(&message.id.to_string()));
        let (again, done): (Vec<_>, Vec<_>) = messages.iter().partition(failed);
        let ids = |messages: Vec<&Message>| messages.into_iter().map(|message| message.id).collect::<Vec<_>>();
        let mut plane = self.cloud.plane();
        for message in again {
            plane.show(function, &[message.id], self.host.now().after(retry_after(message.receives)));
        }
        plane.delete(function, &ids(done))
    }
}

/// How long a message waits that was received so many times.
fn retry_after(receives: u32) -> Duration {
    let doubled = 1u32.checked_shl(receives.saturating_sub(1)).unwrap_or(u32::MAX);
    RETRY.saturating_mul(doubled).min(LAST_RETRY)
}

/// Runs functions for other functions.
struct Nested(Weak<Running>);

impl Invoke for Nested {
    fn invoke(&self, function: &str, payload: Vec<u8>) -> BoxFuture<'static, Option<Vec<u8>>> {
        let (running, function) = (self.0.upgrade(), function.to_owned());
        Box::pin(async move {
            let running = running?;
            running.invoke(&function, &running.invocation_id(), payload).await
        })
    }
}

enum Work {
    Relay {
        context: &'static str,
        shard: usize,
        records: Vec<StreamRecord>,
    },
    Consume {
        function: &'static str,
        messages: Vec<Message>,
    },
}

/// Answers calls at once, and wakes the deliveries: every call may have changed something.
struct Announcing {
    inner: Direct,
    changed: Arc<Notify>,
}

impl Outside for Announcing {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let answer = self.inner.call(call);
        self.changed.notify_one();
        answer
    }
}

/// The machine's clock and randomness; logs go to `log`.
pub struct Machine<L>(pub L);

impl<L: Fn(&str) + Send + Sync> Host for Machine<L> {
    #[allow(clippy::disallowed_methods, reason = "this is where time comes from")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self) -> u64 {
        getrandom::u64().unwrap_or_default()
    }

    #[allow(clippy::disallowed_methods, reason = "this is where sleeping comes from")]
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn log(&self, line: &str) {
        (self.0)(line);
    }
}
