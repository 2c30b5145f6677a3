//! A client requested a service: who does it?
//!
//! Consumes `services.service-requested.v1`. Keeps the request if it is not here yet, and decides at once: one
//! transaction takes the best worker's slot, moves the request on, stores the decision with its reasons and announces
//! `matching.request-matched.v1` (or `matching.offer-made.v1`, where offers are the policy). If nobody is feasible, the
//! request waits and `matching.request-waiting.v1` is announced once; `match-waiting` goes on with it. Where requests
//! are held back to be decided in batches, that is all `match-waiting`'s. A request whose cancellation came first stays
//! closed. Repeated events change nothing.

use crate::deciding::Desk;
use crate::request::Request;
use crate::store;
use crate::town::Towns;
use contracts::services::ServiceRequested;
use platform::{Creation, Error, Function, Now, On, Setting, Stored, Table, events};

/// On `services.service-requested.v1`
pub fn function() -> Function {
    events::on(decide_request)
}

/// Keeps the request and decides about it.
pub async fn decide_request(
    event: On<ServiceRequested>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let placed = Request::placed(&event.event, now, now);
    let (request, pipeline) = platform::both(keep(&matching, placed), store::pipeline(&matching)).await?;
    if pipeline.policy().timing.hold_ms > 0 {
        return Ok(());
    }
    let desk = Desk { matching: &matching, towns: &towns, pipeline: &pipeline, now };
    desk.decide(&request).await
}

/// The request as it stands: as it was placed, if it was not here yet.
async fn keep(matching: &Table, placed: Request) -> Result<Stored<Request>, Error> {
    match matching.create(&placed, Vec::new()).await? {
        Creation::Created => matching.written(None, placed, &[]),
        Creation::Exists(request) => Ok(request),
    }
}
