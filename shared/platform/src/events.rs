//! Event functions: messages of the function's own queue in, the failed ones out.
//!
//! Each message is a call of its own. One that fails is reported by its id and comes again after the queue's
//! visibility time-out; after too many times it goes to the queue's dead letters.

use crate::argument::broken;
use crate::call::Cause;
use crate::error::discreet;
use crate::function::{Function, Trigger, UseCase};
use crate::telemetry::{Line, Trace};
use crate::{Argument, Call, Error, Invocation, World};
use contracts::{CloudEvent, Consumed, Stamp};
use futures_util::future::BoxFuture;
use kernel::{Problem, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// How long a batch may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A function that consumes the event (or one of the events) that its [`On`] argument names.
pub fn on<U: UseCase<A, Result<(), Error>>, A: 'static>(use_case: U) -> Function {
    consumer(Trigger::Events, use_case, event)
}

/// A function that consumes what another service (not a context) tells the topic `topic`, as a [`Notice`].
pub fn foreign<U: UseCase<A, Result<(), Error>>, A: 'static>(topic: &'static str, use_case: U) -> Function {
    consumer(Trigger::Foreign { topic }, use_case, notice)
}

fn consumer<U: UseCase<A, Result<(), Error>>, A: 'static>(trigger: Trigger, use_case: U, read: Read) -> Function {
    Function::new::<U, A, _>(trigger, TIMEOUT, |_, name| {
        Arc::new(move |world, invocation| {
            let use_case = use_case.clone();
            let run: Run = Box::new(move |call| use_case.clone().call(call));
            Box::pin(serve(name, world, invocation, read, run))
        })
    })
}

/// The event that a function consumes. It may come more than once, late, and after later ones.
#[derive(Clone, Debug)]
pub struct On<E> {
    /// What happened.
    pub event: E,
    /// Where the snapshot stands among all of its subject.
    pub stamp: Stamp,
    /// Names the event for ever: the same at each delivery.
    pub id: String,
    /// When it was decided: the same at each delivery.
    pub at: Timestamp,
}

impl<E> Deref for On<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

impl<E: Consumed> Argument for On<E> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let event = call.event().map_err(|error| broken(call, &error))?;
        let data = E::read(&event.kind, event.data.get()).ok_or_else(|| {
            let detail = format!("{} is not consumed here", event_type(&event.kind));
            Problem::new(400, "event-type", "Another event was expected", detail)
        })?;
        let data = data.map_err(|error| {
            Problem::new(400, "event-data", "The event is not as described", discreet(&error.to_string()))
        })?;
        Ok(On {
            event: data,
            stamp: event.stamp(),
            id: event.id.clone(),
            at: event.time,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.consumes::<E>();
    }
}

/// What another service told its topic. It may come more than once and in any order.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Names the message: the same at each delivery of one message, but another one if the service repeats itself.
    pub id: String,
    /// The text as it came, usually JSON.
    pub text: String,
}

impl Argument for Notice {
    fn take(call: &Call) -> Result<Self, Problem> {
        match &call.cause {
            Cause::Notice(id, text) => Ok(Notice { id: id.clone(), text: text.clone() }),
            _ => Err(broken(call, &Error::broken("this function reads no notices"))),
        }
    }
}

/// A batch as Lambda hands it over.
#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
}

/// What Lambda expects of a queue or stream function with `ReportBatchItemFailures`.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failures {
    pub batch_item_failures: Vec<ItemFailure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemFailure {
    pub item_identifier: String,
}

impl Failures {
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(Error::broken)
    }
}

type Run = Box<dyn Fn(Arc<Call>) -> BoxFuture<'static, Result<Result<(), Error>, Problem>> + Send + Sync>;

/// What a message says: what it causes, its name for the log, and the story it is part of.
struct Reading {
    cause: Cause,
    id: String,
    trace: Trace,
}

/// Reads a message, or says why it cannot be read.
type Read = fn(&Message) -> Result<Reading, String>;

fn event(message: &Message) -> Result<Reading, String> {
    let event: CloudEvent<Box<RawValue>> =
        serde_json::from_str(&message.body).map_err(|error| discreet(&error.to_string()))?;
    let trace = Trace::continue_or_start(Some(&event.traceparent), &event.id);
    Ok(Reading {
        id: event.id.clone(),
        cause: Cause::Event(Box::new(event)),
        trace,
    })
}

#[allow(clippy::unnecessary_wraps, reason = "as `Read` wants it: any text is a notice")]
fn notice(message: &Message) -> Result<Reading, String> {
    let id = message.message_id.clone();
    let trace = Trace::continue_or_start(None, &id);
    Ok(Reading {
        cause: Cause::Notice(id.clone(), message.body.clone()),
        id,
        trace,
    })
}

async fn serve(
    function: &'static str,
    world: Arc<World>,
    invocation: Invocation,
    read: Read,
    run: Run,
) -> Result<Vec<u8>, Error> {
    let batch: Batch = serde_json::from_slice(&invocation.payload)
        .map_err(|error| Error::broken(format!("no queue event: {error}")))?;
    let mut failures = Failures::default();
    for message in batch.records {
        if consume(function, &world, &invocation.request, &message, read, &run).await.is_err() {
            failures.batch_item_failures.push(ItemFailure { item_identifier: message.message_id });
        }
    }
    failures.encode()
}

/// Why one message is reported as failed is in the log; the queue only needs to know that it is.
struct Failed;

async fn consume(
    function: &'static str,
    world: &Arc<World>,
    request: &str,
    message: &Message,
    read: Read,
    run: &Run,
) -> Result<(), Failed> {
    let Reading { cause, id, trace } = read(message).map_err(|cause| {
        let line = Line { function, request, trace: None };
        let facts = json!({ "message": message.message_id, "cause": cause });
        line.write(world, "error", "a message is no CloudEvent", facts);
        Failed
    })?;
    let call = Arc::new(Call {
        world: world.clone(),
        function,
        request: request.to_owned(),
        now: world.host.now(),
        trace,
        cause,
    });
    match run(call.clone()).await {
        Ok(Ok(())) => {
            call.log("info", "event", json!({ "event": id }));
            Ok(())
        }
        Ok(Err(error)) => {
            let facts = json!({ "event": id, "cause": error.to_string(), "retryable": error.retryable() });
            call.log("error", "an event could not be consumed", facts);
            Err(Failed)
        }
        Err(problem) => {
            call.log("error", "an event could not be read", json!({ "event": id, "cause": problem.detail }));
            Err(Failed)
        }
    }
}

/// An event's type as a log may show it: what does not look like one could be anything.
fn event_type(kind: &str) -> &str {
    let looks = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    match kind.len() <= 100 && kind.bytes().all(looks) {
        true => kind,
        false => "this type",
    }
}
