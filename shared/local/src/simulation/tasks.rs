//! Invocations: how they start, go on and end.

use super::engine::{MAX_TASKS, Request, Simulation, Workload};
use crate::clockwork::route;
use crate::outside::{OutsideCall, world};
use crate::plane::{Message, Plane, StreamRecord};
use crate::services::lambda;
use crate::trigger::{HttpRequest, HttpResponse, failures, queue_event, schedule_event, stream_event};
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use platform::{Error, Host, Invocation};
use serde_json::{Value, json};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

/// How long a received message stays hidden: six times the function's time-out.
const HIDDEN: Duration = Duration::from_secs(180);
/// Of so many percent of the messages that are delivered again both deliveries begin at once.
const AT_ONCE: u32 = 50;

/// Why an invocation runs, and who waits for it.
pub(super) enum Purpose {
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
    Scheduled(&'static str),
    Webhook {
        function: &'static str,
        partner: &'static str,
        delivery: u64,
    },
    Nested {
        function: &'static str,
        waiting: u64,
    },
    Republish(&'static str),
}

/// An invocation under way.
pub(super) struct Task {
    pub purpose: Purpose,
    /// When Lambda ends it, wherever it is.
    pub deadline: Timestamp,
    pub future: BoxFuture<'static, Result<Vec<u8>, Error>>,
}

impl Simulation {
    /// Starts what Lambda would start again: a fresh world without any cached client.
    pub(super) fn start_function(&mut self, name: &'static str) {
        if let Some(function) = self.cloud.function(name) {
            let host: Arc<dyn Host> = Arc::new(self.host.clone());
            let world = world(function, self.cloud.settings(function), host, self.outside.clone());
            self.worlds.insert(name, world);
        }
    }

    pub(super) fn invoke(&mut self, name: &'static str, payload: Vec<u8>, purpose: Purpose) {
        let (Some(function), Some(world)) = (self.cloud.function(name), self.worlds.get(name)) else {
            return;
        };
        let task = self.next_task;
        self.next_task += 1;
        self.overlapping += self.tasks.len() as u64;
        let invocation = Invocation { request: format!("request-{task}"), payload };
        self.boundaries.begins(task, name, &purpose);
        self.host.state().task = task;
        let future = (function.handler)(world.clone(), invocation);
        let deadline = self.host.now().after(function.timeout);
        self.tasks.insert(task, Task { purpose, deadline, future });
    }

    pub(super) fn send(&mut self, request: Request) {
        let Request { tag, function, request } = request;
        self.trace.add(format!("client sends {function} #{tag} as @{}", self.next_task));
        let payload = request.event(&format!("request-{}", self.next_task));
        self.invoke(function, payload, Purpose::Request(tag));
    }

    pub(super) fn relay(&mut self, context: &'static str, shard: usize) {
        let count = 1 + self.random.below(10);
        let records = self.cloud.plane().records(context, shard, count);
        let Some(relay) = self.cloud.relay_of(context).map(|relay| relay.name) else {
            return;
        };
        self.trace
            .add(format!("{} changes of {context}/{shard} go to {relay} as @{}", records.len(), self.next_task));
        self.invoke(relay, stream_event(&records), Purpose::Relay { context, shard, records });
    }

    pub(super) fn consume(&mut self, function: &'static str) {
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
                // At least once: the same messages may be delivered again while these are dealt with.
                let again = self.random.chance(self.faults.duplicate);
                if again {
                    self.cloud.plane().show(function, &ids, now);
                }
                self.trace.add(format!("messages {ids:?} go to {function} as @{}", self.next_task));
                for _ in 1..self.boundaries.runners {
                    let messages = messages.clone();
                    self.invoke(function, queue_event(&messages), Purpose::Consume { function, messages });
                }
                self.invoke(function, queue_event(&messages), Purpose::Consume { function, messages });
                if again && self.tasks.len() < MAX_TASKS && self.random.chance(AT_ONCE) {
                    self.consume(function);
                }
            }
            Err(reason) => self.violations.push(reason),
        }
    }

    pub(super) fn start_scheduled(&mut self, function: &'static str) {
        self.trace.add(format!("the clock starts {function} as @{}", self.next_task));
        let now = self.host.now();
        self.invoke(function, schedule_event(now), Purpose::Scheduled(function));
    }

    /// A stream forgets what no relay has read.
    pub(super) fn trim(&mut self, context: &'static str, shard: usize) {
        let lost = self.cloud.plane().records(context, shard, usize::MAX).len();
        self.trace.add(format!("{context}/{shard} forgets {lost} changes"));
        self.trimmed.insert(context);
        let trimmed = self.cloud.plane().advance(context, shard, lost);
        self.violations.extend(trimmed.err());
    }

    /// An operator lets a context announce everything again, from this page on.
    pub(super) fn republish(&mut self, context: &'static str, from: Value) {
        let named = format!("republish-{context}");
        let Some(function) = self.cloud.functions.keys().copied().find(|name| *name == named) else {
            self.violations.push(format!("there is no {named}"));
            return;
        };
        self.trace.add(format!("an operator starts {function} as @{}", self.next_task));
        let payload = if from.is_null() { json!({}) } else { json!({ "from": from }) };
        self.invoke(function, payload.to_string().into_bytes(), Purpose::Republish(context));
    }

    /// Partners send what is due, in one order or another.
    pub(super) fn send_webhooks(&mut self) {
        let now = self.host.now();
        let due = self.cloud.sandboxes().due(now);
        for (partner, webhook) in due {
            let Some(function) = route(&self.cloud, webhook.route) else {
                self.violations.push(format!("{partner} sends webhooks to {}, which nobody serves", webhook.route));
                continue;
            };
            self.trace.add(format!("{partner} sends a webhook to {function} as @{}", self.next_task));
            let request = HttpRequest {
                route: webhook.route.to_owned(),
                headers: webhook.headers,
                body: Some(webhook.body),
                ..HttpRequest::default()
            };
            let payload = request.event(&format!("request-{}", self.next_task));
            self.invoke(function, payload, Purpose::Webhook { function, partner, delivery: webhook.delivery });
        }
    }

    pub(super) fn webhook_answered(&mut self, partner: &str, delivery: u64, status: Option<u16>) {
        let now = self.host.now();
        let stored = self.cloud.sandboxes().delivered(partner, delivery, status, now);
        self.violations.extend(stored.err());
    }

    /// Runs the function that another one asks, as a task of its own. False: it may not be asked.
    pub(super) fn invoke_nested(&mut self, waiting: u64, call: &OutsideCall) -> bool {
        let Ok(function) = self.cloud.invoked(call) else {
            return false;
        };
        self.trace.add(format!("{} asks {function} as @{}", call.function, self.next_task));
        self.host.take_up(waiting);
        self.invoke(function, call.body.clone(), Purpose::Nested { function, waiting });
        true
    }

    /// Ends invocations that take longer than their functions may.
    pub(super) fn time_out(&mut self, workload: &mut dyn Workload) {
        let now = self.host.now();
        self.time_out_by(now, workload);
    }

    /// Ends those that will have taken too long by then.
    pub(super) fn time_out_by(&mut self, then: Timestamp, workload: &mut dyn Workload) {
        let late: Vec<u64> = self.tasks.iter().filter(|(_, task)| task.deadline < then).map(|(id, _)| *id).collect();
        for task in late {
            self.trace.add(format!("@{task} takes too long"));
            self.kill(task, workload);
        }
    }

    pub(super) fn kill(&mut self, task: u64, workload: &mut dyn Workload) {
        if let Some(task) = self.tasks.remove(&task) {
            let Task { purpose, future, .. } = task;
            drop(future);
            let name = match &purpose {
                Purpose::Request(tag) => {
                    workload.answered(*tag, None);
                    None
                }
                Purpose::Consume { function, .. } => Some(*function),
                Purpose::Scheduled(function) => Some(*function),
                Purpose::Webhook { function, partner, delivery } => {
                    self.webhook_answered(partner, *delivery, None);
                    Some(*function)
                }
                Purpose::Nested { function, waiting } => {
                    self.host.resume(*waiting, Ok(lambda::answered(None)));
                    Some(*function)
                }
                Purpose::Relay { context, .. } => self.cloud.relay_of(context).map(|relay| relay.name),
                Purpose::Republish(context) => {
                    self.trimmed.insert(context);
                    None
                }
            };
            if let Some(name) = name {
                self.start_function(name);
            }
        }
    }

    /// Lets every invocation run until it waits again.
    pub(super) fn run_tasks(&mut self, workload: &mut dyn Workload) {
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
            Purpose::Scheduled(function) => {
                self.trace.add(format!("@{id} has run {function}: {}", answer.is_ok()));
                Ok(())
            }
            Purpose::Webhook { partner, delivery, .. } => {
                let status = answer.ok().map(|answer| HttpResponse::of(&answer).status_code);
                self.trace.add(format!("@{id} answers the webhook of {partner} with {status:?}"));
                self.webhook_answered(partner, delivery, status);
                Ok(())
            }
            Purpose::Nested { waiting, .. } => {
                self.host.resume(waiting, Ok(lambda::answered(answer.ok())));
                Ok(())
            }
            Purpose::Republish(context) => {
                let progress = answer.ok().and_then(|answer| serde_json::from_slice::<Value>(&answer).ok());
                match progress.map(|mut progress| progress["next"].take()) {
                    Some(Value::Null) => {}
                    Some(next) => self.republish(context, next),
                    None => drop(self.trimmed.insert(context)),
                }
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
