//! A worker looks at the requests that are offered.
//!
//! Called by a signed-in worker; the earliest job first. An offer is in the list as long as it can be accepted.

use crate::request::{Asked, Request};
use crate::store::{self, request_key};
use crate::worker::{OpenOffer, Taken, Worker as Member};
use kernel::{Money, OfferId, Place, RequestId, ServiceId, Timestamp};
use platform::http::{self, Worker};
use platform::{Failure, Function, Key, Now, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What is offered to a worker.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Offers {
    /// The offers that can be accepted now.
    pub offers: Vec<OfferView>,
}

/// An offer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OfferView {
    /// Names it.
    pub id: OfferId,
    /// The request.
    pub request: RequestId,
    /// What is to be done.
    pub service: ServiceId,
    /// Its list price, of which the worker earns a share.
    pub price: Money,
    /// Where.
    pub place: Place,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
    /// Until when it can be accepted.
    pub accept_until: Timestamp,
}

/// `GET /v1/workers/me/offers`
pub fn function() -> Function {
    http::get("/v1/workers/me/offers", list_offers)
}

/// Reads the worker's slots that are kept for offers, and what is requested.
pub async fn list_offers(
    worker: Worker,
    Now(now): Now,
    matching: TableReader,
) -> Result<http::Ok<Offers>, Failure<Infallible>> {
    let found = store::worker(&matching, worker.account).await?;
    let open: Vec<(Taken, OpenOffer)> = found.map(|found| open(&found.value, now)).unwrap_or_default();
    let keys: Vec<Key> = open.iter().map(|(taken, _)| request_key(taken.request)).collect();
    let requests = matching.get_each::<Request>(&keys).await?;
    let asked: BTreeMap<RequestId, Asked> =
        requests.into_iter().filter_map(|request| Some((request.id, request.asked?))).collect();
    let view = |(taken, offer): (Taken, OpenOffer)| {
        let asked = asked.get(&taken.request)?;
        Some(OfferView {
            id: offer.id,
            request: taken.request,
            service: asked.service,
            price: asked.price,
            place: asked.place,
            from: taken.from,
            until: taken.until,
            accept_until: offer.accept_until,
        })
    };
    let offers = open.into_iter().filter_map(view).collect();
    Ok(http::Ok { version: None, body: Offers { offers } })
}

/// The offers that can be accepted still, and by what slots are kept for them.
fn open(worker: &Member, now: Timestamp) -> Vec<(Taken, OpenOffer)> {
    let taken = worker.slots.iter().filter_map(|slot| slot.taken.clone());
    let open = taken.filter_map(|taken| taken.offer.map(|offer| (taken, offer)));
    open.filter(|(_, offer)| offer.accept_until > now).collect()
}
