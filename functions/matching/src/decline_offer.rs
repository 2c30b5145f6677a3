//! A worker declines an offer: the next one is asked.
//!
//! Called by the worker to whom it was made; anybody else does not find it. The slot is free again,
//! `matching.offer-ended.v1` is announced, and it is decided again at once without this worker; killed in between, the
//! clock goes on. Declining what is declined already changes nothing and is answered the same.

use crate::accept_offer::{AnsweredOffer, Refused, made, offer_of};
use crate::deciding::Desk;
use crate::moving::move_request;
use crate::request::{Offer, Request};
use crate::store;
use crate::town::Towns;
use contracts::matching::OfferEnd;
use kernel::OfferId;
use platform::http::{self, Path, Worker};
use platform::{Failure, Function, Now, Setting, Table};

/// `POST /v1/offers/{offer}/decline`
pub fn function() -> Function {
    http::post("/v1/offers/{offer}/decline", decline_offer)
}

/// Frees the slot, and decides again.
pub async fn decline_offer(
    worker: Worker,
    Path(id): Path<OfferId>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<http::Ok<AnsweredOffer>, Failure<Refused>> {
    let of = offer_of(&matching, worker.account, id).await?;
    let decline = |request: &Request| match made(request, id)? {
        Offer { end: Some(OfferEnd::Declined), .. } => Ok(None),
        Offer { end: Some(end), .. } => Err(Refused::OfferEnded { end: *end }.into()),
        Offer { .. } => Ok(request.pass_on(OfferEnd::Declined, now)),
    };
    let request = move_request(&matching, &towns, of.request, now, decline).await?.ok_or_else(http::not_found)?;
    let pipeline = store::pipeline(&matching).await?;
    let desk = Desk { matching: &matching, towns: &towns, pipeline: &pipeline, now };
    desk.decide(&request).await?;
    AnsweredOffer::of(made(&request.value, id)?, of.request, OfferEnd::Declined)
}
