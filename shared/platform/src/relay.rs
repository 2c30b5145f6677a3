//! The relay of a context: turns the outboxes that its table's stream brings into events, and publishes them.
//!
//! It writes nothing. It attempts every entry of a batch and reports the earliest that failed: Lambda then repeats
//! the stream from there. An event's id depends on nothing but the item and its version, so consumers recognise
//! repetitions.

use crate::call::Cause;
use crate::function::{Function, Trigger, UseCase, names_of};
use crate::retry::{Attempt, classify, until_definite};
use crate::settings::TOPIC;
use crate::stream::{Batch, Change};
use crate::telemetry::{Line, Trace};
use crate::{Argument, Call, Error, Invocation, World, clients};
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use contracts::{CloudEvent, Published, envelope::SPEC_VERSION};
use futures_util::future::BoxFuture;
use kernel::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A limit of SNS: entries in one request, and their bytes together.
const MAX_ENTRIES: usize = 10;
const MAX_BYTES: usize = 256 * 1024;
/// The largest event. Leaves room for attributes; larger things are read at their owner.
const MAX_EVENT: usize = 200 * 1024;

/// The relay that publishes what `project` makes of each change: one event for each entry of its outbox, in order.
pub fn from_outbox<U, A, P>(project: U) -> Function
where
    U: UseCase<A, Result<Vec<P>, Error>>,
    A: 'static,
    P: Published,
{
    let (context, name) = names_of::<U>();
    Function {
        context,
        name,
        trigger: Trigger::Stream,
        memory_mb: 256,
        timeout: Duration::from_secs(30),
        handler: Arc::new(move |world, invocation| {
            let project = project.clone();
            let run = move |call| {
                let projected = project.clone().call(call);
                let encode = |events: Vec<P>| events.iter().map(Projected::of).collect();
                Box::pin(async move { Ok(projected.await?.and_then(encode)) }) as BoxFuture<'static, _>
            };
            Box::pin(serve(context, name, world, invocation, Box::new(run)))
        }),
        prepare: |world| {
            clients::sns(world);
            U::prepare(world)
        },
        #[cfg(feature = "describe")]
        describe: |description| {
            description.publishes::<P>();
            U::describe(description);
        },
    }
}

impl Argument for Change {
    fn take(call: &Call) -> Result<Self, Problem> {
        match &call.cause {
            Cause::Change(change) => Ok((**change).clone()),
            Cause::Request(_) | Cause::Event(_) => {
                Err(crate::argument::broken(call, &Error::broken("this function does not read a stream")))
            }
        }
    }
}

/// An event as its publisher's code made it, its type erased.
struct Projected {
    kind: &'static str,
    subject: String,
    data: Value,
}

impl Projected {
    fn of<P: Published>(event: &P) -> Result<Self, Error> {
        let data = serde_json::to_value(event).map_err(Error::broken)?;
        Ok(Self { kind: event.kind(), subject: event.subject(), data })
    }
}

type Run = Box<dyn Fn(Arc<Call>) -> BoxFuture<'static, Result<Result<Vec<Projected>, Error>, Problem>> + Send + Sync>;

/// One entry on its way to the topic, and the stream record that it came from.
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
    run: Run,
) -> Result<Vec<u8>, Error> {
    let batch: Batch = serde_json::from_slice(&invocation.payload)
        .map_err(|error| Error::broken(format!("no stream event: {error}")))?;
    let line = Line { function, request: &invocation.request, trace: None };
    let (mut sequence, mut entries, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for (position, record) in batch.records.into_iter().enumerate() {
        sequence.push(record.dynamodb.sequence_number.clone());
        let events = match record.news() {
            Ok(None) => continue,
            Ok(Some(change)) => announce(context, function, &world, &invocation.request, change, &run).await,
            Err(error) => Err(error),
        };
        match events {
            Ok(events) => {
                entries.extend(events.into_iter().map(|(kind, message)| Entry { record: position, kind, message }))
            }
            Err(error) => {
                let facts = json!({ "sequence": sequence.last(), "cause": error.to_string() });
                line.write(&world, "error", "a change could not be announced", facts);
                failed.push(position);
            }
        }
    }
    let published = entries.len();
    failed.extend(publish(&world, &line, entries).await?);
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

/// The events of one change, as type and CloudEvent.
async fn announce(
    context: &'static str,
    function: &'static str,
    world: &Arc<World>,
    request: &str,
    change: Change,
    run: &Run,
) -> Result<Vec<(&'static str, String)>, Error> {
    let outbox = change.outbox()?;
    let epoch = world.settings.epoch()?;
    let call = Arc::new(Call {
        world: world.clone(),
        function,
        request: request.to_owned(),
        now: world.host.now(),
        trace: Trace::continue_or_start(Some(&outbox.traceparent), request),
        cause: Cause::Change(Box::new(change.clone())),
    });
    let events = run(call).await.map_err(|problem| Error::broken(problem.detail))??;
    if events.len() != outbox.events.len() {
        return Err(Error::broken(format!("{} outbox entries became {} events", outbox.events.len(), events.len())));
    }
    events
        .into_iter()
        .enumerate()
        .map(|(index, event)| {
            let kind = event.kind;
            let event = CloudEvent {
                specversion: SPEC_VERSION.to_owned(),
                id: format!("{context}/{}/{epoch}.{}.{index}", change.key, change.version),
                source: format!("/contexts/{context}"),
                kind: kind.to_owned(),
                subject: event.subject,
                time: outbox.at,
                datacontenttype: "application/json".to_owned(),
                traceparent: outbox.traceparent.clone(),
                epoch,
                stateversion: change.version,
                data: event.data,
            };
            let message = serde_json::to_string(&event).map_err(Error::broken)?;
            if message.len() > MAX_EVENT {
                return Err(Error::broken(format!("{} of {} is {} bytes long", event.kind, event.id, message.len())));
            }
            Ok((kind, message))
        })
        .collect()
}

/// Publishes all entries, in requests as large as SNS takes; the records of those that failed.
async fn publish(world: &World, line: &Line<'_>, entries: Vec<Entry>) -> Result<Vec<usize>, Error> {
    let mut failed = Vec::new();
    let mut rest = entries.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(MAX_ENTRIES).take_while(|entry| {
            bytes += entry.message.len() + entry.kind.len() + 64;
            bytes <= MAX_BYTES
        });
        // Every event is shorter than a request, so at least one fits.
        let (now, later) = rest.split_at(fits.count().max(1));
        rest = later;
        match publish_request(world, now).await {
            Ok(refused) => failed.extend(refused),
            Err(error) => {
                line.write(world, "error", "events could not be published", json!({ "cause": error.to_string() }));
                failed.extend(now.iter().map(|entry| entry.record));
            }
        }
    }
    Ok(failed)
}

async fn publish_request(world: &World, entries: &[Entry]) -> Result<Vec<usize>, Error> {
    let batch: Vec<PublishBatchRequestEntry> = entries
        .iter()
        .enumerate()
        .map(|(n, entry)| {
            let kind = MessageAttributeValue::builder().data_type("String").string_value(entry.kind).build()?;
            PublishBatchRequestEntry::builder()
                .id(n.to_string())
                .message(&entry.message)
                .message_attributes("type", kind)
                .build()
        })
        .collect::<Result<_, _>>()
        .map_err(Error::broken)?;
    let request = clients::sns(world)
        .publish_batch()
        .topic_arn(world.settings.get(TOPIC)?)
        .set_publish_batch_request_entries(Some(batch));
    let output = until_definite(world, || async {
        match request.clone().send().await {
            Ok(output) => Attempt::Done(output),
            Err(error) => classify(&error),
        }
    })
    .await?;
    let refused = output.failed.unwrap_or_default();
    Ok(refused
        .iter()
        .map(|entry| entry.id.parse().ok().and_then(|n: usize| entries.get(n)))
        // An answer about an entry that was never sent says nothing about which one failed: repeat them all.
        .flat_map(|entry| {
            entry.map_or_else(|| entries.iter().map(|entry| entry.record).collect(), |entry| vec![entry.record])
        })
        .collect())
}
