//! A client wants a request no longer.
//!
//! Consumes `services.request-cancelled.v1`. A match whose job has not begun ends: the worker's slot is free again, and
//! `matching.match-ended.v1` is announced (`matching.offer-ended.v1` for an offer). A job that has begun goes on. One that
//! overtakes its request leaves it closed, and the late request finds it so. Repeated events change nothing.

use crate::moving::move_request;
use crate::request::Request;
use crate::town::Towns;
use contracts::services::RequestCancelled;
use platform::{Creation, Error, Function, Now, On, Setting, Table, events};

/// On `services.request-cancelled.v1`
pub fn function() -> Function {
    events::on(cancel_match)
}

/// Closes the request, and frees the slot that it holds.
pub async fn cancel_match(
    cancelled: On<RequestCancelled>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let cancel = |request: &Request| Ok(request.cancel());
    if move_request(&matching, &towns, cancelled.request, now, cancel).await?.is_some() {
        return Ok(());
    }
    let closed = Request::cancelled_first(cancelled.request, cancelled.client, now);
    match matching.create(&closed, Vec::new()).await? {
        Creation::Created => Ok(()),
        Creation::Exists(_) => {
            move_request(&matching, &towns, cancelled.request, now, cancel).await.map(drop).map_err(Error::from)
        }
    }
}
