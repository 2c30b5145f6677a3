//! The relay of a context: turns the outboxes that its table's stream brings into events, and publishes them.
//!
//! It writes nothing. It attempts every entry of a batch and reports the earliest that failed: Lambda then repeats
//! the stream from there. An event's id depends on nothing but the item and its version, so consumers recognise
//! repetitions. What can never be announced (a mistake in code or data) is parked whole, so that it does not hold up
//! everything behind it.

mod announce;
mod parking;
mod publish;
mod republish;

pub use republish::republish;

use crate::function::{Function, Trigger, UseCase};
use crate::stream::{Batch, Change, Record};
use crate::telemetry::Line;
use crate::{Argument, Call, Error, Invocation, World};
use announce::{Desk, Projected};
use contracts::Published;
use futures_util::future::BoxFuture;
use kernel::Problem;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// The relay that publishes what `project` makes of each change: one event for each entry of its outbox, in order.
pub fn from_outbox<U, A, P>(project: U) -> Function
where
    U: UseCase<A, Result<Vec<P>, Error>>,
    A: 'static,
    P: Published,
{
    let function = Function::new::<U, A, _>(Trigger::Stream, Duration::from_secs(30), |context, name| {
        let run = Arc::new(projection(project));
        Arc::new(move |world, invocation| Box::pin(serve(context, name, world, invocation, run.clone())))
    });
    Function {
        #[cfg(feature = "describe")]
        describe: |description| {
            description.publishes::<P>();
            description.parks = true;
            U::describe(description);
        },
        ..function
    }
}

/// What `project` makes of a change, its types erased.
fn projection<U, A, P>(project: U) -> Run
where
    U: UseCase<A, Result<Vec<P>, Error>>,
    A: 'static,
    P: Published,
{
    Box::new(move |call| {
        let projected = project.clone().call(call);
        let encode = |events: Vec<P>| events.iter().map(Projected::of).collect();
        Box::pin(async move { Ok(projected.await?.and_then(encode)) })
    })
}

impl Argument for Change {
    fn take(call: &Call) -> Result<Self, Problem> {
        match &call.cause {
            crate::call::Cause::Change(change) => Ok((**change).clone()),
            _ => Err(crate::argument::broken(call, &Error::broken("this function does not read a stream"))),
        }
    }
}

type Run = Box<dyn Fn(Arc<Call>) -> BoxFuture<'static, Result<Result<Vec<Projected>, Error>, Problem>> + Send + Sync>;

/// One entry on its way to the topic, and the place of the change that it came from.
struct Entry {
    record: usize,
    kind: &'static str,
    message: String,
}

async fn serve(
    context: &'static str,
    function: &'static str,
    world: Arc<World>,
    invocation: Invocation,
    run: Arc<Run>,
) -> Result<Vec<u8>, Error> {
    let batch: Batch<Record<'_>> = serde_json::from_slice(&invocation.payload)
        .map_err(|error| Error::broken(format!("no stream event: {error}")))?;
    let line = Line { function, request: &invocation.request, trace: None };
    let desk = Desk {
        context,
        function,
        world: &world,
        request: &invocation.request,
        run: &run,
    };
    let (mut sequence, mut entries, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (position, record) in batch.records.into_iter().enumerate() {
        sequence.push(record.dynamodb.sequence_number.clone());
        let events = match record.news() {
            Ok(None) => continue,
            Ok(Some(change)) => desk.announce(change).await,
            Err(error) => Err(error),
        };
        let error = match events {
            Ok(events) => {
                entries.extend(events.into_iter().map(|(kind, message)| Entry { record: position, kind, message }));
                continue;
            }
            Err(error) => error,
        };
        let facts = json!({ "sequence": sequence.last(), "cause": error.to_string() });
        line.write(&world, "error", "a change could not be announced", facts);
        let parked =
            !error.retryable() && parking::park(&desk, &invocation.payload, position, sequence.last(), &line).await;
        if !parked {
            failed.push(position);
        }
    }
    let published = entries.len();
    failed.extend(publish::publish(&world, &line, entries).await?);
    line.write(
        &world,
        "info",
        "relayed",
        json!({ "records": sequence.len(), "events": published, "failed": failed.len() }),
    );
    let mut failures = crate::events::Failures::default();
    if let Some(position) = failed.into_iter().min() {
        let item_identifier = sequence.swap_remove(position);
        failures.batch_item_failures.push(crate::events::ItemFailure { item_identifier });
    }
    failures.encode()
}
