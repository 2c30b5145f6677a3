//! A worker accepts an offer: the job is the worker's.
//!
//! Called by the worker to whom it was made; anybody else does not find it. The slot was kept for it, so nobody can be
//! faster. Announces `matching.offer-ended.v1` and `matching.request-matched.v1`. Accepting what is accepted already
//! changes nothing and is answered the same. Too late: somebody else was asked, or the client cancelled.

use crate::moving::move_request;
use crate::request::{Held, Offer, Request};
use crate::store::{OfferOf, offer_key};
use crate::town::Towns;
use contracts::matching::OfferEnd;
use derive::Refusal;
use kernel::{AccountId, OfferId, RequestId, Timestamp};
use platform::http::{self, Path, Worker};
use platform::{Failure, Function, Now, Setting, Table, TableReader};
use schemars::JsonSchema;
use serde::Serialize;

/// An offer that its worker answered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AnsweredOffer {
    /// The offer.
    pub id: OfferId,
    /// The request.
    pub request: RequestId,
    /// How it ended: `accepted` or `declined`.
    pub end: OfferEnd,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}

/// Why an offer is not answered like that.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The offer has ended.
    #[problem(409, "offer-ended", "The offer has ended: it was answered otherwise, lapsed, or is not needed any more.")]
    OfferEnded {
        /// How it ended.
        end: OfferEnd,
    },
}

/// `POST /v1/offers/{offer}/accept`
pub fn function() -> Function {
    http::post("/v1/offers/{offer}/accept", accept_offer)
}

/// Decides on the request as it stands, and writes that if nobody was faster.
pub async fn accept_offer(
    worker: Worker,
    Path(id): Path<OfferId>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<http::Ok<AnsweredOffer>, Failure<Refused>> {
    let of = offer_of(&matching, worker.account, id).await?;
    let accept = |request: &Request| match made(request, id)? {
        Offer { end: Some(OfferEnd::Accepted), .. } => Ok(None),
        Offer { end: Some(end), .. } => Err(Refused::OfferEnded { end: *end }.into()),
        Offer { accept_until, .. } if *accept_until <= now => Err(Refused::OfferEnded { end: OfferEnd::Lapsed }.into()),
        Offer { .. } => Ok(request.accept()),
    };
    let request = move_request(&matching, &towns, of.request, now, accept).await?.ok_or_else(http::not_found)?;
    AnsweredOffer::of(made(&request.value, id)?, of.request, OfferEnd::Accepted)
}

/// An offer to this worker; anybody else's is not found.
pub(crate) async fn offer_of<R>(matching: &TableReader, worker: AccountId, id: OfferId) -> Result<OfferOf, Failure<R>> {
    let of = matching.get::<OfferOf>(&offer_key(id)).await?;
    of.map(|of| of.value).filter(|of| of.worker == worker).ok_or_else(http::not_found)
}

/// The offer as its request has it.
pub(crate) fn made<R>(request: &Request, id: OfferId) -> Result<&Offer, Failure<R>> {
    request.offers.iter().find(|made| made.id == id).ok_or_else(http::not_found)
}

impl AnsweredOffer {
    pub(crate) fn of<R>(offer: &Offer, request: RequestId, end: OfferEnd) -> Result<http::Ok<Self>, Failure<R>> {
        let Held { from, until, .. } = offer.held;
        let body = Self { id: offer.id, request, end, from, until };
        Ok(http::Ok { version: None, body })
    }
}
