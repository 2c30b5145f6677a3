//! The scheduler: picks the next step, carries it out, and lets the invocations it concerns go on.

use super::random::Random;
use super::sim_host::{SimHost, Wait};
use super::trace::Trace;
use crate::cloud::{Cloud, Direct};
use crate::outside::{Answer, NoAnswer, Outside, OutsideCall, Service, world};
use crate::plane::{Message, Plane, StreamRecord};
use crate::trigger::{HttpRequest, HttpResponse, failures, queue_event, stream_event};
use crate::{dynamodb, sns};
use futures_util::future::{BoxFuture, FutureExt};
use kernel::{Digest, Timestamp};
use platform::{Context, Error, Host, Invocation, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// How often each fault happens, in percent of the occasions for it.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// A call's connection breaks before it has an effect.
    pub lost_request: u32,
    /// A call's connection breaks after it had its effect.
    pub lost_reply: u32,
    /// A call is throttled.
    pub throttled: u32,
    /// A transaction meets another one.
    pub conflict: u32,
    /// Entries of a batch are not taken.
    pub partial: u32,
    /// An invocation is killed at a call, before or after the call's effect.
    pub killed: u32,
    /// A client does not get its answer.
    pub unanswered: u32,
    /// A message that was dealt with stays in its queue, or one being dealt with is delivered again.
    pub duplicate: u32,
}

impl Faults {
    /// As many as a bad day has in an hour.
    pub const USUAL: Faults = Faults {
        lost_request: 3,
        lost_reply: 5,
        throttled: 3,
        conflict: 8,
        partial: 5,
        killed: 3,
        unanswered: 10,
        duplicate: 10,
    };
    /// None at all.
    pub const NONE: Faults = Faults {
        lost_request: 0,
        lost_reply: 0,
        throttled: 0,
        conflict: 0,
        partial: 0,
        killed: 0,
        unanswered: 0,
        duplicate: 0,
    };
}

/// A request that a client sends.
#[derive(Clone, Debug)]
pub struct Request {
    /// Names it to the workload.
    pub tag: u64,
    /// The function that serves it.
    pub function: &'static str,
    /// The request.
    pub request: HttpRequest,
}

/// The clients of a simulated world, and what must hold in it.
pub trait Workload {
    /// The next request, if a client has one to send now.
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request>;

    /// A request was answered, or (`None`) its client will never know.
    fn answered(&mut self, tag: u64, answer: Option<HttpResponse>);

    /// What does not hold, in words, now that the world is at rest.
    fn violations(&self, simulation: &Simulation) -> Vec<String>;
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What did not hold.
    pub violations: Vec<String>,
    /// The history.
    pub trace: Trace,
    /// Scheduler steps taken, those to come to rest included.
    pub steps: u64,
    /// Steps at which more than one invocation was under way.
    pub overlapping: u64,
}

enum Purpose {
    Request(u64),
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

struct Task {
    purpose: Purpose,
    future: BoxFuture<'static, Result<Vec<u8>, Error>>,
}

enum Step {
    Client,
    Relay(&'static str, usize),
    Consume(&'static str),
    Proceed(u64),
    Pass,
}

/// A simulated world.
pub struct Simulation {
    /// Its cloud, to look at.
    pub cloud: Arc<Cloud>,
    /// Every event that was published, by id.
    pub published: BTreeMap<String, Value>,
    host: SimHost,
    inner: Arc<dyn Outside>,
    worlds: BTreeMap<&'static str, Arc<World>>,
    tasks: BTreeMap<u64, Task>,
    next_task: u64,
    random: Random,
    trace: Trace,
    steps: u64,
    overlapping: u64,
    faults: Faults,
    violations: Vec<String>,
}

/// How many invocations may be under way at once.
const MAX_TASKS: usize = 8;
/// More steps than any world needs to come to rest.
const MAX_REST: u64 = 50_000;
/// How long a received message stays hidden: six times the function's time-out.
const HIDDEN: Duration = Duration::from_secs(180);

impl Simulation {
    /// A world of these contexts. `decorate` may put something between the functions and the cloud.
    pub fn new(
        seed: u64,
        contexts: Vec<Context>,
        keep_trace: bool,
        decorate: impl FnOnce(Arc<dyn Outside>) -> Arc<dyn Outside>,
    ) -> Result<Self, String> {
        let host = SimHost::new(seed, keep_trace);
        let cloud = Arc::new(Cloud::in_memory(contexts, 2)?);
        let inner = decorate(Arc::new(Direct { cloud: cloud.clone(), host: Arc::new(host.clone()) }));
        let mut simulation = Self {
            cloud,
            published: BTreeMap::new(),
            host,
            inner,
            worlds: BTreeMap::new(),
            tasks: BTreeMap::new(),
            next_task: 1,
            random: Random::new(seed),
            trace: Trace::new(keep_trace),
            steps: 0,
            overlapping: 0,
            faults: Faults::NONE,
            violations: Vec::new(),
        };
        let names: Vec<_> = simulation.cloud.functions.keys().copied().collect();
        for name in names {
            simulation.start_function(name);
        }
        Ok(simulation)
    }

    /// The time in this world.
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// What functions logged, if the trace is kept.
    pub fn log(&self) -> Vec<String> {
        self.host.state().log.clone()
    }

    /// Lets the clients of `workload` act for `steps` steps under `faults`, then the world come to rest without any,
    /// then asks what does not hold.
    pub fn run(mut self, workload: &mut dyn Workload, steps: u64, faults: Faults) -> Outcome {
        self.rest(workload);
        self.faults = faults;
        for _ in 0..steps {
            self.step(workload, true);
        }
        self.faults = Faults::NONE;
        self.rest(workload);
        let mut violations = std::mem::take(&mut self.violations);
        violations.extend(workload.violations(&self));
        Outcome {
            violations,
            trace: self.trace,
            steps: self.steps,
            overlapping: self.overlapping,
        }
    }

    /// Carries out a request without faults, and everything that follows from it.
    pub fn request(&mut self, workload: &mut dyn Workload, request: Request) {
        self.send(request);
        self.rest(workload);
    }

    /// Takes steps until nothing is under way and nothing waits.
    fn rest(&mut self, workload: &mut dyn Workload) {
        self.run_tasks(workload);
        for _ in 0..MAX_REST {
            if !self.step(workload, false) {
                return;
            }
        }
        self.violations.push("the world does not come to rest".to_owned());
    }

    /// Takes one step. False: there is nothing to do.
    fn step(&mut self, workload: &mut dyn Workload, clients: bool) -> bool {
        let choices = self.choices(clients);
        let total: usize = choices.iter().map(|(weight, _)| weight).sum();
        if total == 0 {
            return false;
        }
        self.steps += 1;
        self.overlapping += u64::from(self.tasks.len() > 1);
        let mut left = self.random.below(total);
        for (weight, step) in choices {
            if left >= weight {
                left -= weight;
                continue;
            }
            match step {
                Step::Client => {
                    let now = self.now();
                    if let Some(request) = workload.next(&mut self.random, now) {
                        self.send(request);
                    }
                }
                Step::Relay(context, shard) => self.relay(context, shard),
                Step::Consume(function) => self.consume(function),
                Step::Proceed(waiting) => self.proceed(waiting, workload),
                Step::Pass => self.pass_time(),
            }
            break;
        }
        self.run_tasks(workload);
        true
    }

    /// Everything that could happen next, with its weight.
    fn choices(&mut self, clients: bool) -> Vec<(usize, Step)> {
        let mut choices: Vec<(usize, Step)> = Vec::new();
        for waiting in self.host.state().waiting.iter().filter(|(_, waiting)| matches!(waiting.what, Wait::Call(_))) {
            choices.push((4, Step::Proceed(*waiting.0)));
        }
        let has_room = self.tasks.len() < MAX_TASKS;
        if clients && has_room {
            choices.push((3, Step::Client));
        }
        for context in self.cloud.contexts.clone() {
            if let Err(reason) = self.cloud.read_stream(context) {
                self.violations.push(reason);
            }
            for (shard, _) in self.cloud.plane().filled_shards(context) {
                let busy = |task: &Task| matches!(task.purpose, Purpose::Relay { context: c, shard: s, .. } if (c, s) == (context, shard));
                if has_room && !self.tasks.values().any(busy) {
                    choices.push((3, Step::Relay(context, shard)));
                }
            }
        }
        let plane = self.cloud.plane();
        let now = self.host.now();
        for function in plane.consumers() {
            if has_room && !plane.visible(function, now).is_empty() {
                choices.push((3, Step::Consume(function)));
            }
        }
        let sleeping = self.host.state().waiting.values().any(|waiting| matches!(waiting.what, Wait::Until(_)));
        if sleeping || (choices.is_empty() && plane.waiting() > 0) || clients {
            choices.push((1, Step::Pass));
        }
        choices
    }

    /// Starts what Lambda would start again: a fresh world without any cached client.
    fn start_function(&mut self, name: &'static str) {
        if let Some(function) = self.cloud.function(name) {
            let host: Arc<dyn Host> = Arc::new(self.host.clone());
            let world = world(function, self.cloud.settings(function), host, Arc::new(self.host.clone()));
            self.worlds.insert(name, world);
        }
    }

    fn invoke(&mut self, name: &'static str, payload: Vec<u8>, purpose: Purpose) {
        let (Some(function), Some(world)) = (self.cloud.function(name), self.worlds.get(name)) else {
            return;
        };
        let task = self.next_task;
        self.next_task += 1;
        let invocation = Invocation { request: format!("request-{task}"), payload };
        self.host.state().task = task;
        let future = (function.handler)(world.clone(), invocation);
        self.tasks.insert(task, Task { purpose, future });
    }

    fn send(&mut self, request: Request) {
        let Request { tag, function, request } = request;
        self.trace.add(format!("client sends {function} #{tag} as @{}", self.next_task));
        let payload = request.event(&format!("request-{}", self.next_task));
        self.invoke(function, payload, Purpose::Request(tag));
    }

    fn relay(&mut self, context: &'static str, shard: usize) {
        let count = 1 + self.random.below(10);
        let records = self.cloud.plane().records(context, shard, count);
        let Some(relay) = self.cloud.relay_of(context).map(|relay| relay.name) else {
            return;
        };
        self.trace
            .add(format!("{} changes of {context}/{shard} go to {relay} as @{}", records.len(), self.next_task));
        self.invoke(relay, stream_event(&records), Purpose::Relay { context, shard, records });
    }

    fn consume(&mut self, function: &'static str) {
        let now = self.host.now();
        let mut ids = self.cloud.plane().visible(function, now);
        // Standard queues keep no order.
        for n in (1..ids.len()).rev() {
            ids.swap(n, self.random.below(n + 1));
        }
        ids.truncate(1 + self.random.below(10));
        let received = self.cloud.plane().receive(function, &ids, now, HIDDEN, u32::MAX);
        match received {
            Ok(messages) => {
                if self.random.chance(self.faults.duplicate) {
                    // At least once: the same messages may be delivered again while these are dealt with.
                    self.cloud.plane().show(function, &ids, now);
                }
                self.trace.add(format!("messages {ids:?} go to {function} as @{}", self.next_task));
                self.invoke(function, queue_event(&messages), Purpose::Consume { function, messages });
            }
            Err(reason) => self.violations.push(reason),
        }
    }

    /// Answers a waiting call, perhaps with a fault.
    fn proceed(&mut self, id: u64, workload: &mut dyn Workload) {
        let found = self.host.state().waiting.get(&id).map(|waiting| match &waiting.what {
            Wait::Call(call) => (waiting.task, Some(call.clone())),
            Wait::Until(_) => (waiting.task, None),
        });
        let Some((task, Some(call))) = found else { return };
        let (fate, answer, killed) = self.fate(&call);
        let request = match serde_json::from_slice::<Value>(&call.body) {
            Ok(json) => Digest::of([json.to_string()]).short(8),
            Err(_) => Digest::of([&call.body]).short(8),
        };
        self.trace.add(format!("@{task} {} {} {request}: {fate}", call.function, call.operation));
        match killed {
            true => self.kill(task, workload),
            false => self.host.resume(id, answer),
        }
    }

    /// What becomes of a call: in words, its answer, and whether its invocation dies of it.
    fn fate(&mut self, call: &OutsideCall) -> (&'static str, Result<Answer, NoAnswer>, bool) {
        let faults = self.faults;
        if self.random.chance(faults.killed) {
            let after = self.random.chance(50);
            if after {
                drop(self.apply(call, &[]));
            }
            let fate = if after { "killed after it was applied" } else { "killed before it was applied" };
            return (fate, Err(NoAnswer), true);
        }
        if self.random.chance(faults.lost_request) {
            return ("not sent", Err(NoAnswer), false);
        }
        if self.random.chance(faults.lost_reply) {
            drop(self.apply(call, &[]));
            return ("applied, reply lost", Err(NoAnswer), false);
        }
        if self.random.chance(faults.throttled) {
            let answer = match call.service {
                Service::DynamoDb => dynamodb::error("ProvisionedThroughputExceededException", "throttled"),
                Service::Sns => sns::error("Throttled", "throttled"),
            };
            return ("throttled", Ok(Answer { status: 400, ..answer }), false);
        }
        if call.operation == "TransactWriteItems" && self.random.chance(faults.conflict) {
            return ("conflict", Ok(conflict(&call.body)), false);
        }
        if call.service == Service::Sns && self.random.chance(faults.partial) {
            let first = self.random.below(10);
            return ("taken in part", self.apply(call, &[first]), false);
        }
        ("applied", self.apply(call, &[]), false)
    }

    /// Carries a call out. Entries of an SNS batch in `refused` are not taken.
    fn apply(&mut self, call: &OutsideCall, refused: &[usize]) -> Result<Answer, NoAnswer> {
        if call.service == Service::Sns {
            self.note_published(call, refused);
            if !refused.is_empty() {
                return Ok(self.cloud.sns(call, self.host.now(), refused));
            }
        }
        // Nothing below the scheduler waits.
        self.inner.call(call.clone()).now_or_never().unwrap_or(Err(NoAnswer))
    }

    /// Events are the same at each repetition: one id, one content.
    fn note_published(&mut self, call: &OutsideCall, refused: &[usize]) {
        let Ok(batch) = sns::read(&call.operation, &call.body) else {
            return;
        };
        for (_, entry) in batch.entries.iter().enumerate().filter(|(n, _)| !refused.contains(n)) {
            let event: Value = serde_json::from_str(&entry.message).unwrap_or_default();
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            if let Some(other) = self.published.insert(id.clone(), event.clone())
                && other != event
            {
                self.violations.push(format!("two different events are called {id}"));
            }
        }
    }

    fn kill(&mut self, task: u64, workload: &mut dyn Workload) {
        if let Some(task) = self.tasks.remove(&task) {
            let Task { purpose, future } = task;
            drop(future);
            let name = match &purpose {
                Purpose::Request(tag) => {
                    workload.answered(*tag, None);
                    None
                }
                Purpose::Consume { function, .. } => Some(*function),
                Purpose::Relay { context, .. } => self.cloud.relay_of(context).map(|relay| relay.name),
            };
            if let Some(name) = name {
                self.start_function(name);
            }
        }
    }

    /// Time goes on: a little, to the next sleeper, or to the next hidden message.
    fn pass_time(&mut self) {
        let now = self.host.now();
        let sleeper = {
            let state = self.host.state();
            let sleepers = state.waiting.iter().filter_map(|(id, waiting)| match waiting.what {
                Wait::Until(until) => Some((until, *id)),
                Wait::Call(_) => None,
            });
            sleepers.min()
        };
        let to = match sleeper {
            Some((until, id)) => {
                self.host.resume(id, Err(NoAnswer));
                until
            }
            None if self.tasks.is_empty() && self.random.chance(50) => self.cloud.plane().next_visible().unwrap_or(now),
            None => now.after(Duration::from_millis(u64::from(self.random.between(1, 5_000)))),
        };
        self.host.state().now = to.max(now);
        self.trace.add(format!("it is {}", to.max(now)));
    }

    /// Lets every invocation run until it waits again.
    fn run_tasks(&mut self, workload: &mut dyn Workload) {
        let ids: Vec<u64> = self.tasks.keys().copied().collect();
        for id in ids {
            let Some(task) = self.tasks.get_mut(&id) else { continue };
            self.host.state().task = id;
            let mut context = std::task::Context::from_waker(Waker::noop());
            if let std::task::Poll::Ready(answer) = task.future.as_mut().poll(&mut context)
                && let Some(task) = self.tasks.remove(&id)
            {
                self.finish(id, task.purpose, answer, workload);
            }
        }
    }

    fn finish(&mut self, id: u64, purpose: Purpose, answer: Result<Vec<u8>, Error>, workload: &mut dyn Workload) {
        let outcome = match purpose {
            Purpose::Request(tag) => {
                let response = answer.map_or_else(|_| HttpResponse::internal(), |answer| HttpResponse::of(&answer));
                let lost = self.random.chance(self.faults.unanswered);
                self.trace.add(format!(
                    "@{id} answers #{tag} with {}{}",
                    response.status_code,
                    if lost { ", unheard" } else { "" }
                ));
                workload.answered(tag, (!lost).then_some(response));
                Ok(())
            }
            Purpose::Relay { context, shard, records } => {
                let done = Plane::succeeded(&records, answer.ok().and_then(|answer| failures(&answer)));
                self.trace.add(format!("@{id} is done with {done} of {}", records.len()));
                self.cloud.plane().advance(context, shard, done)
            }
            Purpose::Consume { function, messages } => {
                let failed = answer.ok().and_then(|answer| failures(&answer));
                let done = messages
                    .iter()
                    .map(|message| message.id)
                    .filter(|id| failed.as_ref().is_some_and(|failed| !failed.contains(&id.to_string())));
                let done: Vec<u64> = done.filter(|_| !self.random.chance(self.faults.duplicate)).collect();
                self.trace.add(format!("@{id} is done with {done:?}"));
                self.cloud.plane().delete(function, &done)
            }
        };
        if let Err(reason) = outcome {
            self.violations.push(reason);
        }
    }
}

/// What DynamoDB answers to a transaction that meets another one on its first item.
fn conflict(body: &[u8]) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let actions = request["TransactItems"].as_array().map_or(1, Vec::len);
    let reasons: Vec<Value> = (0..actions)
        .map(|n| serde_json::json!({ "Code": if n == 0 { "TransactionConflict" } else { "None" } }))
        .collect();
    let body = serde_json::json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    Answer { status: 400, body: body.to_string().into_bytes() }
}
