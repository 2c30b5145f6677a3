//! A partner removes an endpoint.
//!
//! Called by its partner. Nothing is sent to it from then on; what waits for it is dropped. Removing what is removed
//! is no failure. Announces `partners.endpoint-changed.v1`.

use crate::audience::Subscriber;
use crate::endpoint::{Endpoint, State};
use crate::store::{endpoint_key, subscriber_key};
use crate::subscribing::{Change, DECISIONS, Written, contended, write};
use kernel::EndpointId;
use platform::http::{self, Machine, NoContent, Path};
use platform::{Failure, Function, Now, Table};
use std::convert::Infallible;

/// `DELETE /v1/webhook-endpoints/{endpoint}`
pub fn function() -> Function {
    http::delete("/v1/webhook-endpoints/{endpoint}", remove_endpoint)
}

/// Writes the endpoint as removed, and counts it no more.
pub async fn remove_endpoint(
    machine: Machine,
    Path(id): Path<EndpointId>,
    Now(now): Now,
    partners: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let (place, subscriber) = (endpoint_key(machine.account, id), subscriber_key(machine.account));
    for _ in 0..DECISIONS {
        let found = platform::both(partners.get::<Endpoint>(&place), partners.get::<Subscriber>(&subscriber));
        let (Some(endpoint), Some(subscriber)) = found.await? else {
            return Err(http::not_found());
        };
        if !endpoint.value.is_there() {
            return Ok(NoContent);
        }
        let new = endpoint.value.becomes(State::Removed, now);
        let without = subscriber.value.without(id);
        let change = Change {
            old: Some(&endpoint),
            new: &new,
            subscriber: Some((&subscriber, without)),
        };
        if write(&partners, change, now).await? == Written::Done {
            return Ok(NoContent);
        }
    }
    Err(contended(id))
}
