//! A quiet cloud for tests and cost tables: no threads, no faults but those that are asked for; every call is answered
//! at once, time stands still unless somebody sleeps.

use crate::ask::Ask;
use crate::cloud::{Cloud, Direct, Invoke};
use crate::discretion::indiscretion;
use crate::faults::{Fate, Faults};
use crate::metering::{Cost, Meter};
use crate::mutants::{self, Mutant};
use crate::outside::{Outside, OutsideCall, world};
use crate::plane::Plane;
use crate::services::s3::PATH as UPLOADS;
use crate::trigger::{failures, queue_event, schedule_event, stream_event};
use futures_util::future::{BoxFuture, FutureExt};
use kernel::Timestamp;
use platform::{Context, Error, Host, Invocation, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// A quiet cloud.
pub struct Stage {
    /// Its state.
    pub cloud: Arc<Cloud>,
    host: Arc<StageHost>,
    meter: Arc<Meter>,
    faults: Arc<Faults>,
    worlds: Worlds,
    invocations: AtomicU64,
    invoked: Mutex<Vec<&'static str>>,
}

type Worlds = Arc<Mutex<BTreeMap<&'static str, Arc<World>>>>;

impl Stage {
    /// A cloud of these contexts, at 2026-01-05T08:00Z.
    pub fn new(contexts: Vec<Context>) -> Result<Self, String> {
        Self::build(Cloud::in_memory(contexts, 1)?)
    }

    /// The same with its tables in `folder`.
    pub fn on_disk(contexts: Vec<Context>, folder: &Path) -> Result<Self, String> {
        Self::build(Cloud::on_disk(contexts, folder, "https://local/")?)
    }

    fn build(cloud: Cloud) -> Result<Self, String> {
        let host = Arc::new(StageHost {
            now: AtomicI64::new(1_767_600_000_000),
            log: Mutex::default(),
            may_tell: AtomicBool::new(false),
        });
        let cloud = Arc::new(cloud);
        let invoke = Arc::new(OnceLock::new());
        let direct = Direct {
            cloud: cloud.clone(),
            host: host.clone(),
            invoke: invoke.clone(),
        };
        let meter = Arc::new(Meter::new(Arc::new(direct)));
        let faults = Arc::new(Faults::new(meter.clone()));
        let stage = Self {
            cloud,
            host,
            meter,
            faults,
            worlds: Arc::default(),
            invocations: AtomicU64::new(1),
            invoked: Mutex::default(),
        };
        let nested = Nested {
            cloud: stage.cloud.clone(),
            worlds: Arc::downgrade(&stage.worlds),
        };
        // It was empty until now.
        drop(invoke.set(Arc::new(nested)));
        stage.restart();
        Ok(stage)
    }

    /// Starts every function anew: with the settings of now, and nothing in its caches.
    pub fn restart(&self) {
        let outside: Arc<dyn Outside> = match std::env::var(mutants::VARIABLE) {
            Ok(site) => Arc::new(Mutant::new(self.faults.clone(), site)),
            Err(_) => self.faults.clone(),
        };
        let worlds = self.cloud.functions.values().map(|deployed| {
            let function = &deployed.function;
            (function.name, world(function, self.cloud.settings(function), self.host.clone(), outside.clone()))
        });
        *self.worlds.lock().unwrap_or_else(PoisonError::into_inner) = worlds.collect();
    }

    /// Changes a setting of every function, and starts them anew.
    pub fn set(&self, name: &str, value: &str) {
        self.cloud.set(name, value);
        self.restart();
    }

    /// The time on this stage.
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        self.host.pass(duration);
    }

    /// From now on log lines may hold anything: what functions are handed has names and secrets where ids belong.
    pub fn lets_them_tell(&self) {
        self.host.may_tell.store(true, Ordering::Relaxed);
    }

    /// What functions logged so far.
    pub fn log(&self) -> Vec<String> {
        self.host.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What calls cost since the last time this was asked.
    pub fn costs(&self) -> Vec<Cost> {
        self.meter.take()
    }

    /// The functions that were invoked since the last time this was asked, in order; not those that others asked.
    pub fn invoked(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.invoked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on `rule` decides what becomes of each call that functions make.
    pub fn interfere(&self, rule: impl Fn(&OutsideCall) -> Fate + Send + Sync + 'static) {
        self.faults.set(Some(Arc::new(rule)));
    }

    /// From now on every call is answered.
    pub fn calm(&self) {
        self.faults.set(None);
    }

    /// The calls that functions made since the last time this was asked.
    pub fn calls(&self) -> Vec<OutsideCall> {
        self.faults.take()
    }

    /// Uploads bytes as `signed` says, the answer of a use case that signs uploads: by its URL and with its headers. The
    /// status of the answer; 400 if that is no such answer.
    pub fn upload(&self, signed: &Value, bytes: &[u8]) -> u16 {
        let target = signed["url"].as_str().and_then(|url| url.split_once(UPLOADS));
        let headers = serde_json::from_value(signed["headers"].clone());
        let (Some((_, target)), Ok(headers)) = (target, headers) else {
            return 400;
        };
        self.cloud.upload(target, &headers, bytes, self.now()).status
    }

    /// A request to an HTTP function, to be completed and sent.
    pub fn ask(&self, function: &'static str) -> Ask<'_> {
        Ask::new(self, function)
    }

    /// Hands `payload` to a function.
    pub fn invoke(&self, function: &str, payload: Vec<u8>) -> Result<Vec<u8>, Error> {
        let world = self.worlds.lock().unwrap_or_else(PoisonError::into_inner).get(function).cloned();
        let (Some(function), Some(world)) = (self.cloud.function(function), world) else {
            return Err(Error::broken(format!("there is no function {function}")));
        };
        self.invoked.lock().unwrap_or_else(PoisonError::into_inner).push(function.name);
        let request = format!("request-{}", self.invocations.fetch_add(1, Ordering::Relaxed));
        let answer = (function.handler)(world, Invocation { request, payload }).now_or_never();
        answer.unwrap_or_else(|| Err(Error::broken("on a stage nothing waits")))
    }

    /// Hands a CloudEvent to a consumer; whether it was dealt with.
    pub fn deliver(&self, function: &str, event: &Value) -> bool {
        self.hand_over(function, &event.to_string())
    }

    /// Hands another service's notice to a function; whether it was dealt with.
    pub fn notice(&self, function: &str, text: &str) -> bool {
        self.hand_over(function, text)
    }

    fn hand_over(&self, function: &str, body: &str) -> bool {
        let message = crate::plane::Message {
            id: 1,
            body: body.to_owned(),
            receives: 1,
            visible_at: self.now(),
        };
        let answer = self.invoke(function, queue_event(&[message]));
        answer.ok().and_then(|answer| failures(&answer)).is_some_and(|failed| failed.is_empty())
    }

    /// Starts a function as its schedule would at this time; whether it went well.
    pub fn start(&self, function: &str) -> bool {
        self.invoke(function, schedule_event(self.now())).is_ok()
    }

    /// Asks a function that answers others; `None` if it fails.
    pub fn question(&self, function: &str, question: &Value) -> Option<Value> {
        let answer = self.invoke(function, question.to_string().into_bytes()).ok()?;
        serde_json::from_slice(&answer).ok()
    }

    /// Relays and delivers until nothing waits. Errors: what failed, which without faults should not happen.
    pub fn settle(&self) -> Result<(), String> {
        self.settle_or(Err)
    }

    /// Relays and delivers until nothing waits that can be dealt with now. `failed` hears what cannot; it is delivered
    /// again when its time has come, as queues and streams do.
    pub(crate) fn settle_or(&self, failed: impl Fn(String) -> Result<(), String>) -> Result<(), String> {
        let failed = |function: &str| failed(format!("{function} failed: {:?}", self.log().last()));
        loop {
            let mut idle = true;
            for context in self.cloud.contexts.iter().copied() {
                self.cloud.read_stream(context)?;
                let records = self.cloud.plane().records(context, 0, 100);
                let Some(relay) = self.cloud.relay_of(context).filter(|_| !records.is_empty()) else {
                    continue;
                };
                let answer = self.invoke(relay.name, stream_event(&records));
                let done = answer.map_or(0, |answer| Plane::succeeded(&records, failures(&answer)));
                if done < records.len() {
                    failed(relay.name)?;
                }
                idle &= done == 0;
                self.cloud.plane().advance(context, 0, done)?;
                self.cloud.trim_stream(context)?;
            }
            let consumers = self.cloud.plane().consumers();
            for function in consumers {
                let now = self.now();
                let ids: Vec<u64> = self.cloud.plane().visible(function, now).into_iter().take(10).collect();
                let messages = self.cloud.plane().receive(function, &ids, now, Duration::from_secs(180), u32::MAX)?;
                if messages.is_empty() {
                    continue;
                }
                idle = false;
                let answer = self.invoke(function, queue_event(&messages));
                // Without a readable answer all of them failed.
                let left = answer.ok().and_then(|answer| failures(&answer));
                let is_done = |id: &u64| left.as_ref().is_some_and(|left| !left.contains(&id.to_string()));
                let done: Vec<u64> = ids.iter().copied().filter(is_done).collect();
                if done.len() < ids.len() {
                    failed(function)?;
                }
                self.cloud.plane().delete(function, &done)?;
            }
            if idle {
                return Ok(());
            }
        }
    }
}

/// Runs functions that other functions ask. It holds the worlds weakly: they hold it.
struct Nested {
    cloud: Arc<Cloud>,
    worlds: Weak<Mutex<BTreeMap<&'static str, Arc<World>>>>,
}

impl Invoke for Nested {
    fn invoke(&self, function: &str, payload: Vec<u8>) -> BoxFuture<'static, Option<Vec<u8>>> {
        let worlds = self.worlds.upgrade();
        let world =
            worlds.and_then(|worlds| worlds.lock().unwrap_or_else(PoisonError::into_inner).get(function).cloned());
        let (Some(function), Some(world)) = (self.cloud.function(function), world) else {
            return Box::pin(std::future::ready(None));
        };
        let answer = (function.handler)(world, Invocation { request: "nested".to_owned(), payload });
        Box::pin(async move { answer.await.ok() })
    }
}

struct StageHost {
    now: AtomicI64,
    log: Mutex<Vec<String>>,
    /// Whether lines may hold what they must not.
    may_tell: AtomicBool,
}

impl StageHost {
    fn pass(&self, duration: Duration) {
        self.now.fetch_add(i64::try_from(duration.as_millis()).unwrap_or(0), Ordering::Relaxed);
    }
}

impl Host for StageHost {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::Relaxed))
    }

    fn random(&self) -> u64 {
        4 // Jitter without chance: nothing on a stage depends on it.
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.pass(duration);
        Box::pin(std::future::ready(()))
    }

    fn log(&self, line: &str) {
        let told = indiscretion(line).filter(|_| !self.may_tell.load(Ordering::Relaxed));
        assert_eq!(told, None, "a function logged this: {line}");
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }
}
