//! One call of a use case: what its arguments are taken from.

use crate::http::request::Request;
use crate::stream::Change;
use crate::telemetry::Trace;
use crate::{Error, World};
use contracts::CloudEvent;
use kernel::{Digest, Timestamp};
use serde_json::value::RawValue;
use std::sync::Arc;

/// One call of a use case. A queue function gets one call a message.
pub struct Call {
    /// What surrounds the function.
    pub world: Arc<World>,
    /// The function's name.
    pub function: &'static str,
    /// The invocation's id: another one at each delivery.
    pub request: String,
    /// When the call began. Everything the call decides, it decides at this time, unless it takes a
    /// [`Clock`](crate::Clock).
    pub now: Timestamp,
    /// The story this call is part of.
    pub trace: Trace,
    /// What caused it.
    pub cause: Cause,
}

/// What caused a call.
pub enum Cause {
    /// An HTTP request.
    Request(Box<Request>),
    /// An event. Its data is read by the argument that names the type.
    Event(Box<CloudEvent<Box<RawValue>>>),
    /// A change of the context's table, seen by its relay.
    Change(Box<Change>),
    /// The clock: the time for which it was planned.
    Schedule(Timestamp),
    /// What another function or an operator asks, as JSON.
    Question(Box<RawValue>),
    /// A notice of another service: its name and its text.
    Notice(String, String),
}

impl Call {
    /// The HTTP request; an error in a function without one (the signature asks for the impossible).
    pub fn http(&self) -> Result<&Request, Error> {
        match &self.cause {
            Cause::Request(request) => Ok(request),
            _ => Err(Error::broken("this function is not called over HTTP")),
        }
    }

    /// The event; an error in a function without one.
    pub fn event(&self) -> Result<&CloudEvent<Box<RawValue>>, Error> {
        match &self.cause {
            Cause::Event(event) => Ok(event),
            _ => Err(Error::broken("this function does not consume events")),
        }
    }

    /// Marks what this call writes. Deliveries of one event share it, so that a second delivery recognises what the
    /// first one wrote; an HTTP request has its own, because clients name a repetition by their idempotency key.
    pub fn writer(&self) -> String {
        let cause = match &self.cause {
            Cause::Event(event) => &event.id,
            Cause::Notice(id, _) => id,
            Cause::Request(_) | Cause::Change(_) | Cause::Schedule(_) | Cause::Question(_) => &self.request,
        };
        Digest::of([self.function, cause]).short(16)
    }
}
