//! What becomes of each call that an invocation makes.

use super::engine::Simulation;
use super::engine::Workload;
use super::sim_host::Wait;
use crate::outside::{Answer, NoAnswer, OutsideCall, Service};
use crate::services::{self, sns};
use futures_util::future::FutureExt;
use kernel::Digest;
use platform::Host;
use serde_json::Value;

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

impl Simulation {
    /// Answers a waiting call, perhaps with a fault.
    pub(super) fn proceed(&mut self, id: u64, workload: &mut dyn Workload) {
        let found = self.host.state().waiting.get(&id).map(|waiting| match &waiting.what {
            Wait::Call(call) => (waiting.task, Some(call.clone())),
            Wait::Until(_) | Wait::Invocation => (waiting.task, None),
        });
        let Some((task, Some(call))) = found else { return };
        if call.service == Service::Lambda && self.invoke_nested(id, &call) {
            return;
        }
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
            return ("throttled", Ok(services::throttled(call.service)), false);
        }
        if call.operation == "TransactWriteItems" && self.random.chance(faults.conflict) {
            return ("conflict", Ok(conflict(&call.body)), false);
        }
        if is_publication(call) && self.random.chance(faults.partial) {
            let first = self.random.below(10);
            return ("taken in part", self.apply(call, &[first]), false);
        }
        ("applied", self.apply(call, &[]), false)
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
}

/// Whether a call publishes events.
fn is_publication(call: &OutsideCall) -> bool {
    call.service == Service::Sns && call.operation == "PublishBatch"
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
