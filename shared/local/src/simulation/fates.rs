//! What becomes of each call that an invocation makes.

use super::engine::{Simulation, Workload};
use super::random::Random;
use super::sim_host::Wait;
use crate::outside::{Answer, NoAnswer, OutsideCall, Service};
use crate::services::{self, sns};
use futures_util::future::FutureExt;
use kernel::{Digest, Timestamp};
use platform::Host;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What goes wrong with a call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// Its connection breaks before it has an effect.
    NotSent,
    /// Its connection breaks after it had its effect.
    ReplyLost,
    /// It is throttled.
    Throttled,
    /// A transaction meets another one.
    Conflict,
    /// The entry at this place of a batch of events is not taken.
    InPart(usize),
    /// A read that need not be consistent gives what it gave a moment ago.
    Stale,
    /// Its invocation is killed before it has an effect.
    KilledBefore,
    /// Its invocation is killed after it had its effect.
    KilledAfter,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 8] = [
        Fault::NotSent,
        Fault::ReplyLost,
        Fault::Throttled,
        Fault::Conflict,
        Fault::InPart(0),
        Fault::Stale,
        Fault::KilledBefore,
        Fault::KilledAfter,
    ];

    /// Whether it can befall this call.
    fn befalls(self, call: &OutsideCall) -> bool {
        match self {
            Fault::Conflict => call.operation == "TransactWriteItems",
            Fault::InPart(_) => is_publication(call),
            Fault::Stale => may_be_stale(call),
            // Functions that others ask are invocations of their own, with faults of their own.
            Fault::ReplyLost | Fault::KilledAfter => call.service != Service::Lambda,
            Fault::NotSent | Fault::Throttled | Fault::KilledBefore => true,
        }
    }
}

/// Faults at chosen calls, by the place of the call among all of them.
pub type Plan = BTreeMap<u64, Fault>;

/// How often each fault happens, in percent of the occasions for it.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// [`Fault::NotSent`]
    pub lost_request: u32,
    /// [`Fault::ReplyLost`]
    pub lost_reply: u32,
    /// [`Fault::Throttled`]
    pub throttled: u32,
    /// For [`OUTAGE`], all that a function asks of a service is throttled.
    pub outage: u32,
    /// [`Fault::Conflict`]
    pub conflict: u32,
    /// [`Fault::InPart`]
    pub partial: u32,
    /// [`Fault::Stale`]
    pub stale: u32,
    /// [`Fault::KilledBefore`] and [`Fault::KilledAfter`]
    pub killed: u32,
    /// An invocation waits, at a call, while others get far ahead.
    pub held: u32,
    /// A client does not get its answer.
    pub unanswered: u32,
    /// A message that was dealt with stays in its queue, or one being dealt with is delivered again.
    pub duplicate: u32,
    /// Nothing happens for an hour or more.
    pub jump: u32,
    /// Whether streams lose records that no relay has read. What they held is republished at the end.
    pub trimming: bool,
}

impl Faults {
    /// As many as a bad day has in an hour.
    pub const USUAL: Faults = Faults {
        lost_request: 3,
        lost_reply: 5,
        throttled: 3,
        outage: 12,
        conflict: 8,
        partial: 5,
        stale: 20,
        killed: 3,
        held: 4,
        unanswered: 10,
        duplicate: 10,
        jump: 2,
        trimming: false,
    };
    /// None at all.
    pub const NONE: Faults = Faults {
        lost_request: 0,
        lost_reply: 0,
        throttled: 0,
        outage: 0,
        conflict: 0,
        partial: 0,
        stale: 0,
        killed: 0,
        held: 0,
        unanswered: 0,
        duplicate: 0,
        jump: 0,
        trimming: false,
    };

    /// What goes wrong with a call, if anything does.
    fn draw(&self, random: &mut Random, call: &OutsideCall) -> Option<Fault> {
        let entry = Fault::InPart(random.below(10));
        let chances = [
            (self.killed, if random.chance(50) { Fault::KilledAfter } else { Fault::KilledBefore }),
            (self.lost_request, Fault::NotSent),
            (self.lost_reply, Fault::ReplyLost),
            (self.throttled, Fault::Throttled),
            (self.conflict, Fault::Conflict),
            (self.partial, entry),
            (self.stale, Fault::Stale),
        ];
        let mut befalling = chances.into_iter().filter(|(_, fault)| fault.befalls(call));
        befalling.find(|(percent, _)| random.chance(*percent)).map(|(_, fault)| fault)
    }
}

/// Where the faults of a run come from, and which there were.
#[derive(Default)]
pub(super) struct Fates {
    /// Instead of chance.
    pub plan: Option<Plan>,
    /// Calls that chance spares.
    pub spared: BTreeSet<u64>,
    /// Calls so far.
    pub calls: u64,
    /// What could have gone wrong with each call, if faults are planned.
    pub occasions: Vec<Vec<Fault>>,
    /// What went wrong so far.
    pub struck: Vec<(u64, Fault)>,
    /// Of transactions that were done.
    tokens: BTreeSet<String>,
    /// Until which step a waiting call is held up.
    held: BTreeMap<u64, u64>,
    /// What reads gave that need not be consistent.
    earlier: BTreeMap<String, (Timestamp, Answer)>,
}

/// How long an outage takes: longer than functions repeat their calls.
const OUTAGE: Duration = Duration::from_secs(5);
/// For how long a read may give what was.
const STALENESS: Duration = Duration::from_secs(10);

/// For how many steps a call is held up, at most.
const HELD: u64 = 150;

impl Fates {
    /// Whether the call that waits under `id` may be answered at this step. Like faults, each draws by itself.
    pub fn goes_on(&mut self, seed: u64, id: u64, step: u64, percent: u32) -> bool {
        let until = self.held.entry(id).or_insert_with(|| {
            let mut random = Random::new(seed.rotate_left(16) ^ id);
            if random.chance(percent) { step + random.next_u64() % HELD } else { step }
        });
        percent == 0 || *until <= step
    }
}

impl Simulation {
    /// From now on these faults happen, and no others.
    pub fn planned(&mut self, plan: Plan) {
        self.fates.plan = Some(plan);
        self.fates.calls = 0;
        self.fates.occasions.clear();
    }

    /// Lets chance spare these calls: the rest of the history stays as similar as it can.
    pub fn spare(&mut self, calls: BTreeSet<u64>) {
        self.fates.spared = calls;
    }

    /// Answers a waiting call, perhaps with a fault.
    pub(super) fn proceed(&mut self, id: u64, workload: &mut dyn Workload) {
        let found = self.host.state().waiting.get(&id).map(|waiting| match &waiting.what {
            Wait::Call(call) => (waiting.task, Some(call.clone())),
            Wait::Until(_) | Wait::Invocation => (waiting.task, None),
        });
        let Some((task, Some(call))) = found else { return };
        let fault = self.fault(task, &call);
        if fault.is_none() && call.service == Service::Lambda && self.invoke_nested(id, &call) {
            return;
        }
        let request = Digest::of([canonical(&call)]).short(8);
        let fate = fault.map_or_else(|| "applied".to_owned(), |fault| format!("{fault:?}"));
        self.trace.add(format!("@{task} {} {} {request}: {fate}", call.function, call.operation));
        let answer = self.answer(&call, fault);
        match fault {
            Some(Fault::KilledBefore | Fault::KilledAfter) => self.kill(task, workload),
            _ => self.host.resume(id, answer),
        }
    }

    /// What goes wrong with the next call. Each call draws from its own numbers, so that sparing one does not change
    /// what befalls the others.
    fn fault(&mut self, task: u64, call: &OutsideCall) -> Option<Fault> {
        let number = self.fates.calls;
        self.fates.calls += 1;
        let fault = match &self.fates.plan {
            Some(plan) => {
                self.fates.occasions.push(Fault::ALL.into_iter().filter(|fault| fault.befalls(call)).collect());
                plan.get(&number).copied().filter(|fault| fault.befalls(call))
            }
            None if self.fates.spared.contains(&number) => None,
            None if self.boundaries.runners > 0 => self.boundaries.next(task).filter(|fault| fault.befalls(call)),
            None if self.is_out(call) => Some(Fault::Throttled),
            None => self.faults.draw(&mut Random::new(self.seed.rotate_left(32) ^ number), call),
        };
        self.fates.struck.extend(fault.map(|fault| (number, fault)));
        fault
    }

    /// Whether the service that a function calls is out of its reach for now.
    fn is_out(&self, call: &OutsideCall) -> bool {
        let period = self.host.now().as_millis().unsigned_abs() / u64::try_from(OUTAGE.as_millis()).unwrap_or(1);
        let which = call.function.bytes().chain([call.service as u8]);
        let draw = which.fold(self.seed ^ period, |mixed, byte| Random::new(mixed ^ u64::from(byte)).next_u64());
        Random::new(draw).chance(self.faults.outage)
    }

    /// The answer to a call that this goes wrong with.
    fn answer(&mut self, call: &OutsideCall, fault: Option<Fault>) -> Result<Answer, NoAnswer> {
        match fault {
            None => self.apply(call, &[]),
            Some(Fault::InPart(entry)) => self.apply(call, &[entry]),
            Some(Fault::ReplyLost | Fault::KilledAfter) => self.apply(call, &[]).and(Err(NoAnswer)),
            Some(Fault::NotSent | Fault::KilledBefore) => Err(NoAnswer),
            Some(Fault::Throttled) => Ok(services::throttled(call.service)),
            Some(Fault::Conflict) => Ok(conflict(&call.body)),
            Some(Fault::Stale) => {
                let now = self.host.now();
                let earlier = self.fates.earlier.get(&canonical(call)).filter(|(at, _)| now < at.after(STALENESS));
                match earlier {
                    Some((_, answer)) => Ok(answer.clone()),
                    None => self.apply(call, &[]),
                }
            }
        }
    }

    /// Carries a call out. Entries of an SNS batch in `refused` are not taken.
    fn apply(&mut self, call: &OutsideCall, refused: &[usize]) -> Result<Answer, NoAnswer> {
        if is_publication(call) {
            self.note_published(call, refused);
            if !refused.is_empty() {
                return Ok(self.cloud.publish(call, self.host.now(), refused));
            }
        }
        // Nothing below the scheduler waits.
        let answer = self.inner.call(call.clone()).now_or_never().unwrap_or(Err(NoAnswer));
        if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
            let puts = puts(call);
            self.committed.extend(puts.iter().flat_map(announced));
            // A transaction that comes again under its token is answered once more, and done once.
            if token(call).is_none_or(|token| self.fates.tokens.insert(token)) {
                self.put.extend(puts.iter().map(key_of));
            }
        }
        if self.faults.stale > 0
            && let Ok(answer) = &answer
            && may_be_stale(call)
        {
            self.fates.earlier.insert(canonical(call), (self.host.now(), answer.clone()));
        }
        answer
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
}

/// Whether a call publishes events.
fn is_publication(call: &OutsideCall) -> bool {
    call.service == Service::Sns && call.operation == "PublishBatch"
}

/// What is asked, whatever the order in which maps were written.
fn canonical(call: &OutsideCall) -> String {
    match serde_json::from_slice::<Value>(&call.body) {
        Ok(json) => json.to_string(),
        Err(_) => String::from_utf8_lossy(&call.body).into_owned(),
    }
}

/// The items that a write puts.
fn puts(call: &OutsideCall) -> Vec<Value> {
    if !["PutItem", "TransactWriteItems"].contains(&&*call.operation) {
        return Vec::new();
    }
    let mut request: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let transaction = request["TransactItems"].take();
    let actions = transaction.as_array().into_iter().flatten().map(|action| action["Put"].clone());
    actions.chain([request]).filter(|put| put["Item"].is_object()).collect()
}

/// What names a transaction whenever it is sent.
fn token(call: &OutsideCall) -> Option<String> {
    let request: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    request["ClientRequestToken"].as_str().map(str::to_owned)
}

/// Where a put goes to: `table/pk/sk`.
fn key_of(put: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let item = &put["Item"];
    format!("{}/{}/{}", text(&put["TableName"]), text(&item["pk"]["S"]), text(&item["sk"]["S"]))
}

/// The ids of the events that a put puts into its outbox.
fn announced(put: &Value) -> Vec<String> {
    let (item, outbox) = (&put["Item"], &put["Item"]["outbox"]["M"]);
    let version = outbox["v"]["N"].as_str().unwrap_or_default();
    let events = outbox["events"]["L"].as_array().map_or(0, Vec::len);
    // An outbox that was carried over announces nothing new.
    let events = if item["v"]["N"] == outbox["v"]["N"] { events } else { 0 };
    (0..events).map(|index| format!("{}/1.{version}.{index}", key_of(put))).collect()
}

/// Whether a call reads what an index or a replica of the table may not have yet.
fn may_be_stale(call: &OutsideCall) -> bool {
    let reads = call.service == Service::DynamoDb && ["GetItem", "BatchGetItem", "Query"].contains(&&*call.operation);
    reads && !String::from_utf8_lossy(&call.body).contains("\"ConsistentRead\":true")
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
    Answer::new(400, body.to_string())
}
