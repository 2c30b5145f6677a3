//! The scheduler: picks the next step, carries it out, and lets the invocations it concerns go on.

use super::boundaries::Boundaries;
use super::clock::Strike;
use super::fates::{Fates, Fault, Faults};
use super::random::Random;
use super::sim_host::{SimHost, Wait};
use super::succession::Succession;
use super::tasks::{Purpose, Task};
use super::trace::Trace;
use crate::cloud::{Cloud, Direct};
use crate::outside::Outside;
use crate::plane::StreamRecord;
use crate::trigger::{HttpRequest, HttpResponse};
use kernel::Timestamp;
use platform::function::Trigger;
use platform::{Context, Host, World};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

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

    /// The clock jumps and starts functions there, if this is the time for it.
    fn clock(&mut self, _random: &mut Random, _now: Timestamp) -> Option<Strike> {
        None
    }

    /// The faults are over and the world is at rest: lets happen what takes longer, until nothing is left to happen.
    fn conclude(&mut self, _simulation: &mut Simulation) {}

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
    /// Pairs of invocations that were under way at once.
    pub overlapping: u64,
    /// Invocations.
    pub invocations: u64,
    /// What went wrong: with which call, counted from the first that could, and what.
    pub struck: Vec<(u64, Fault)>,
    /// If faults were planned: what could have gone wrong with each call.
    pub occasions: Vec<Vec<Fault>>,
}

enum Step {
    Client,
    Relay(&'static str, usize),
    Consume(&'static str),
    Scheduled(&'static str),
    Webhooks,
    Trim(&'static str, usize),
    Proceed(u64),
    Pass,
}

/// A simulated world.
pub struct Simulation {
    /// Its cloud, to look at.
    pub cloud: Arc<Cloud>,
    /// Every event that was published, by id.
    pub published: BTreeMap<String, Value>,
    /// The ids of all events that were ever written into an outbox.
    pub committed: BTreeSet<String>,
    /// The keys of all items that were put, in the order in which they were: `table/pk/sk`.
    pub put: Vec<String>,
    pub(super) host: SimHost,
    /// What functions call: the scheduler, perhaps behind a mistake.
    pub(super) outside: Arc<dyn Outside>,
    /// What answers in the end.
    pub(super) inner: Arc<dyn Outside>,
    pub(super) worlds: BTreeMap<&'static str, Arc<World>>,
    pub(super) tasks: BTreeMap<u64, Task>,
    pub(super) next_task: u64,
    pub(super) seed: u64,
    pub(super) random: Random,
    pub(super) fates: Fates,
    succession: Succession,
    pub(super) boundaries: Boundaries,
    /// More steps than this world needs to come to rest.
    pub(super) patience: u64,
    pub(super) trace: Trace,
    /// Contexts whose stream lost records.
    pub(super) trimmed: BTreeSet<&'static str>,
    pub(super) resting: bool,
    /// Until when a resting world waits for what comes later; `None`: for all of it.
    horizon: Option<Timestamp>,
    pub(super) steps: u64,
    pub(super) overlapping: u64,
    pub(super) faults: Faults,
    pub(super) violations: Vec<String>,
}

/// How many invocations may be under way at once.
pub(super) const MAX_TASKS: usize = 8;
/// At every how many steps a schedule may start a function.
const SCHEDULED: u64 = 50;
/// At every how many steps a stream may forget what nobody read.
const TRIMMED: u64 = 10;
/// More steps than a world of a few people needs to come to rest.
const MAX_REST: u64 = 10_000;

impl Simulation {
    /// A world of these contexts. `decorate` may put something between the functions and the scheduler.
    pub fn new(
        seed: u64,
        contexts: Vec<Context>,
        keep_trace: bool,
        decorate: impl FnOnce(Arc<dyn Outside>) -> Arc<dyn Outside>,
    ) -> Result<Self, String> {
        let host = SimHost::new(seed, keep_trace);
        let cloud = Arc::new(Cloud::in_memory(contexts, 2)?);
        let inner = Arc::new(Direct {
            cloud: cloud.clone(),
            host: Arc::new(host.clone()),
            // Functions that others ask are tasks of their own.
            invoke: Arc::new(OnceLock::new()),
        });
        let mut simulation = Self {
            cloud,
            published: BTreeMap::new(),
            committed: BTreeSet::new(),
            put: Vec::new(),
            outside: decorate(Arc::new(host.clone())),
            host,
            inner,
            worlds: BTreeMap::new(),
            tasks: BTreeMap::new(),
            next_task: 1,
            seed,
            random: Random::new(seed),
            fates: Fates::default(),
            succession: Succession::default(),
            boundaries: Boundaries::default(),
            patience: MAX_REST,
            trace: Trace::new(keep_trace),
            trimmed: BTreeSet::new(),
            resting: false,
            horizon: None,
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
        self.fates.calls = 0;
        for _ in 0..steps {
            if !self.violations.is_empty() {
                break;
            }
            self.step(workload, true);
        }
        self.faults = Faults::NONE;
        self.end(workload)
    }

    /// Lets the world come to rest, and asks what does not hold.
    pub fn end(mut self, workload: &mut dyn Workload) -> Outcome {
        self.horizon = None;
        self.rest(workload);
        if self.violations.is_empty() {
            workload.conclude(&mut self);
        }
        let mut violations = std::mem::take(&mut self.violations);
        if violations.is_empty() {
            violations = workload.violations(&self);
        }
        Outcome {
            violations,
            trace: self.trace,
            steps: self.steps,
            overlapping: self.overlapping,
            invocations: self.next_task - 1,
            struck: self.fates.struck,
            occasions: self.fates.occasions,
        }
    }

    /// Carries out requests that are sent at once, and everything that follows from them.
    pub fn requests(&mut self, workload: &mut dyn Workload, requests: Vec<Request>) {
        for request in requests {
            self.send(request);
        }
        self.rest(workload);
    }

    /// The same, but what waits for longer than this goes on waiting.
    pub fn requests_within(&mut self, limit: Duration, workload: &mut dyn Workload, requests: Vec<Request>) {
        self.horizon = Some(self.now().after(limit));
        self.requests(workload, requests);
        self.horizon = None;
    }

    /// Takes steps until nothing is under way and nothing waits.
    fn rest(&mut self, workload: &mut dyn Workload) {
        // A world that went wrong once need not be played any further.
        if !self.violations.is_empty() {
            return;
        }
        self.resting = true;
        self.run_tasks(workload);
        for _ in 0..self.patience {
            if self.step(workload, false) {
                continue;
            }
            match self.trimmed.pop_first() {
                Some(context) => {
                    self.republish(context, Value::Null);
                    self.run_tasks(workload);
                }
                None => {
                    self.resting = false;
                    return;
                }
            }
        }
        self.violations.push("the world does not come to rest".to_owned());
    }

    /// Takes one step. False: there is nothing to do.
    fn step(&mut self, workload: &mut dyn Workload, clients: bool) -> bool {
        let mut choices = self.choices(clients);
        if choices.is_empty() {
            return false;
        }
        self.steps += 1;
        let weights: Vec<usize> = choices.iter().map(|(weight, _)| *weight).collect();
        let (_, step) = choices.swap_remove(self.random.weighted(&weights));
        match step {
            Step::Client => {
                let now = self.now();
                if let Some(strike) = workload.clock(&mut self.random, now) {
                    self.time_out_by(strike.at, workload);
                    self.strike(&strike);
                } else if let Some(request) = workload.next(&mut self.random, now) {
                    self.send(request);
                }
            }
            Step::Relay(context, shard) => self.relay(context, shard),
            Step::Consume(function) => self.consume(function),
            Step::Scheduled(function) => self.start_scheduled(function),
            Step::Webhooks => self.send_webhooks(),
            Step::Trim(context, shard) => self.trim(context, shard),
            Step::Proceed(waiting) => self.proceed(waiting, workload),
            Step::Pass => {
                self.pass_time();
                self.time_out(workload);
            }
        }
        self.run_tasks(workload);
        true
    }

    /// Everything that could happen next, with its weight.
    fn choices(&mut self, clients: bool) -> Vec<(usize, Step)> {
        let mut choices: Vec<(usize, Step)> = Vec::new();
        for (id, _) in self.host.state().waiting.iter().filter(|(_, waiting)| matches!(waiting.what, Wait::Call(_))) {
            if self.fates.goes_on(self.seed, *id, self.steps, self.faults.held) {
                choices.push((4, Step::Proceed(*id)));
            }
        }
        let has_room = self.tasks.len() < MAX_TASKS;
        if clients && has_room {
            choices.push((3, Step::Client));
        }
        for context in self.cloud.contexts.clone() {
            let (succession, violations) = (&mut self.succession, &mut self.violations);
            let look = |record: &StreamRecord| violations.extend(succession.next(context, record));
            if let Err(reason) = self.cloud.read_stream_and(context, look) {
                self.violations.push(reason);
            }
            for (shard, _) in self.cloud.plane().filled_shards(context) {
                let busy = |task: &Task| matches!(task.purpose, Purpose::Relay { context: c, shard: s, .. } if (c, s) == (context, shard));
                if has_room && !self.tasks.values().any(busy) {
                    choices.push((3, Step::Relay(context, shard)));
                    if self.faults.trimming && self.steps.is_multiple_of(TRIMMED) {
                        choices.push((1, Step::Trim(context, shard)));
                    }
                }
            }
        }
        let plane = self.cloud.plane();
        let now = self.host.now();
        for function in plane.consumers() {
            if has_room && !plane.visible(function, now).is_empty() {
                // Seldom enough for several messages to come together.
                choices.push((1, Step::Consume(function)));
            }
        }
        if has_room && self.cloud.sandboxes().next_due().is_some_and(|due| due <= now) {
            choices.push((3, Step::Webhooks));
        }
        if clients && has_room && self.steps.is_multiple_of(SCHEDULED) {
            let functions = self.cloud.functions.values().map(|deployed| &deployed.function);
            let scheduled = functions.filter(|function| matches!(function.trigger, Trigger::Schedule(_)));
            choices.extend(scheduled.map(|function| (1, Step::Scheduled(function.name))));
        }
        let sleeping = self.host.state().waiting.values().any(|waiting| matches!(waiting.what, Wait::Until(_)));
        let next = self.cloud.sandboxes().next_due().into_iter().chain(plane.next_visible()).min();
        let waits = next.is_some_and(|next| self.horizon.is_none_or(|horizon| next <= horizon));
        if sleeping || (choices.is_empty() && waits) || clients {
            choices.push((1, Step::Pass));
        }
        choices
    }
}
