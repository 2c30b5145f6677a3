//! Publishes what requests and the pipeline announce.
//!
//! Reads the stream of the matching table; writes nothing. What an outbox does not hold itself (client, service, price)
//! never changes, so an event is the same at each repetition.

use crate::policy::{Revision, RevisionEvent};
use crate::request::{Request, RequestEvent};
use contracts::matching::{
    MatchEnded, OfferEnded, OfferMade, PipelineChanged, Published, RequestMatched, RequestUnmatched, RequestWaiting,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the matching table
pub fn function() -> Function {
    relay::from_outbox(relay_matching)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_matching(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Request::KIND => {
            let (request, outbox) = change.read::<Request>()?;
            outbox.events.into_iter().map(|event| announced(&request, event)).collect()
        }
        Revision::KIND => {
            let (revision, outbox) = change.read::<Revision>()?;
            let changed = PipelineChanged { version: revision.pipeline.version(), by: revision.editor };
            Ok(outbox.events.into_iter().map(|RevisionEvent::Changed| changed.clone().into()).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn announced(of: &Request, event: RequestEvent) -> Result<Published, Error> {
    let (request, client) = (of.id, of.client);
    Ok(match event {
        RequestEvent::Matched(attempt, held) => {
            let asked = of.asked.as_ref().ok_or_else(|| Error::broken(format!("{request} is matched unasked")))?;
            RequestMatched {
                request,
                attempt,
                client,
                worker: held.worker,
                slot: held.slot,
                service: asked.service,
                price: asked.price,
                from: held.from,
                until: held.until,
            }
            .into()
        }
        RequestEvent::Waiting => RequestWaiting { request, client }.into(),
        RequestEvent::Unmatched => RequestUnmatched { request, client }.into(),
        RequestEvent::Ended(attempt, worker, end) => MatchEnded { request, attempt, worker, end }.into(),
        RequestEvent::Offered(offer, held, accept_until) => OfferMade {
            offer,
            request,
            worker: held.worker,
            from: held.from,
            accept_until,
        }
        .into(),
        RequestEvent::OfferEnded(offer, worker, end) => OfferEnded { offer, request, worker, end }.into(),
    })
}
