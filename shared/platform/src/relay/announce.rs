//! Makes events of what an item announces.

use super::Run;
use crate::call::Cause;
use crate::stream::Change;
use crate::telemetry::Trace;
use crate::{Call, Error, World};
use contracts::{CloudEvent, Published, envelope::SPEC_VERSION};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;

/// The largest event. Leaves room for attributes; larger things are read at their owner.
const MAX_EVENT: usize = 200 * 1024;

/// Where events are made.
#[derive(Clone, Copy)]
pub(super) struct Desk<'d> {
    pub context: &'static str,
    pub function: &'static str,
    pub world: &'d Arc<World>,
    pub request: &'d str,
    pub run: &'d Run,
}

/// An event as its publisher's code made it, its type erased.
pub(super) struct Projected {
    kind: &'static str,
    subject: String,
    data: Box<RawValue>,
}

impl Projected {
    pub fn of<P: Published>(event: &P) -> Result<Self, Error> {
        let data = to_raw_value(event).map_err(Error::broken)?;
        Ok(Self { kind: event.kind(), subject: event.subject(), data })
    }
}

impl Desk<'_> {
    /// The events of one change, as type and CloudEvent.
    pub async fn announce(&self, change: Change) -> Result<Vec<(&'static str, String)>, Error> {
        let Desk { context, function, world, request, run } = *self;
        let Change {
            ref key,
            version,
            at: time,
            ref traceparent,
            events: announced,
            ..
        } = change;
        let epoch = world.settings.epoch()?;
        let call = Arc::new(Call {
            world: world.clone(),
            function,
            request: request.to_owned(),
            now: world.host.now(),
            trace: Trace::continue_or_start(Some(traceparent), request),
            cause: Cause::Change(Box::new(change.clone())),
        });
        let events = run(call).await.map_err(|problem| Error::broken(problem.detail))??;
        if events.len() != announced {
            return Err(Error::broken(format!("{} outbox entries became {} events", announced, events.len())));
        }
        events
            .into_iter()
            .enumerate()
            .map(|(index, event)| {
                let kind = event.kind;
                let event = CloudEvent {
                    specversion: SPEC_VERSION.to_owned(),
                    id: format!("{context}/{key}/{epoch}.{version}.{index}"),
                    source: format!("/contexts/{context}"),
                    kind: kind.to_owned(),
                    subject: event.subject,
                    time,
                    datacontenttype: "application/json".to_owned(),
                    traceparent: traceparent.clone(),
                    epoch,
                    stateversion: version,
                    data: event.data,
                };
                let message = serde_json::to_string(&event).map_err(Error::broken)?;
                if message.len() > MAX_EVENT {
                    return Err(Error::broken(format!(
                        "{} of {} is {} bytes long",
                        event.kind,
                        event.id,
                        message.len()
                    )));
                }
                Ok((kind, message))
            })
            .collect()
    }
}
