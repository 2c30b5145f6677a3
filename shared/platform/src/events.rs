//! Event functions: messages of the function's own queue in, the failed ones out.
//!
//! Each message is a call of its own. One that fails is reported by its id and comes again after the queue's
//! visibility time-out; after too many times it goes to the queue's dead letters.

use crate::argument::broken;
use crate::call::Cause;
use crate::function::{Function, Trigger, UseCase, names_of};
use crate::telemetry::{Line, Trace};
use crate::{Argument, Call, Error, Invocation, World};
use contracts::{CloudEvent, Event, Stamp};
use futures_util::future::BoxFuture;
use kernel::Problem;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A function that consumes the event its [`On`] argument names.
pub fn on<U: UseCase<A, Result<(), Error>>, A: 'static>(use_case: U) -> Function {
    let (context, name) = names_of::<U>();
    Function {
        context,
        name,
        trigger: Trigger::Events,
        memory_mb: 256,
        timeout: Duration::from_secs(30),
        handler: Arc::new(move |world, invocation| {
            let use_case = use_case.clone();
            Box::pin(serve(name, world, invocation, Box::new(move |call| use_case.clone().call(call))))
        }),
        prepare: U::prepare,
        #[cfg(feature = "describe")]
        describe: U::describe,
    }
}

/// The event that a function consumes. It may come more than once, late, and after later ones.
#[derive(Clone, Debug)]
pub struct On<E> {
    /// What happened.
    pub event: E,
    /// Where the snapshot stands among all of its subject.
    pub stamp: Stamp,
}

impl<E> Deref for On<E> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.event
    }
}

impl<E: Event> Argument for On<E> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let event = call.event().map_err(|error| broken(call, &error))?;
        if event.kind != E::TYPE {
            let detail = format!("{} came where {} is consumed", event.kind, E::TYPE);
            return Err(Problem::new(400, "event-type", "Another event was expected", detail));
        }
        let data = serde_json::from_str(event.data.get())
            .map_err(|error| Problem::new(400, "event-data", "The event is not as described", error.to_string()))?;
        Ok(On { event: data, stamp: event.stamp() })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.consumes::<E>();
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

async fn serve(function: &'static str, world: Arc<World>, invocation: Invocation, run: Run) -> Result<Vec<u8>, Error> {
    let batch: Batch = serde_json::from_slice(&invocation.payload)
        .map_err(|error| Error::broken(format!("no queue event: {error}")))?;
    let mut failures = Failures::default();
    for message in batch.records {
        if consume(function, &world, &invocation.request, &message, &run).await.is_err() {
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
    run: &Run,
) -> Result<(), Failed> {
    let event: CloudEvent<Box<RawValue>> = match serde_json::from_str(&message.body) {
        Ok(event) => event,
        Err(error) => {
            let line = Line { function, request, trace: None };
            let facts = json!({ "message": message.message_id, "cause": error.to_string() });
            line.write(world, "error", "a message is no CloudEvent", facts);
            return Err(Failed);
        }
    };
    let call = Arc::new(Call {
        world: world.clone(),
        function,
        request: request.to_owned(),
        now: world.host.now(),
        trace: Trace::continue_or_start(Some(&event.traceparent), &event.id),
        cause: Cause::Event(Box::new(event)),
    });
    let event = call.event().map(|event| event.id.clone()).unwrap_or_default();
    match run(call.clone()).await {
        Ok(Ok(())) => {
            call.log("info", "event", json!({ "event": event }));
            Ok(())
        }
        Ok(Err(error)) => {
            let facts = json!({ "event": event, "cause": error.to_string(), "retryable": error.retryable() });
            call.log("error", "an event could not be consumed", facts);
            Err(Failed)
        }
        Err(problem) => {
            let facts = json!({ "event": event, "cause": problem.detail });
            call.log("error", "an event could not be read", facts);
            Err(Failed)
        }
    }
}
