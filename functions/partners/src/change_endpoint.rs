//! A partner changes an endpoint: its address, or what it wants.
//!
//! Called by its partner with all of it; `If-Match` guards against overwriting another change. Setting what is already
//! so changes nothing, so a repeated request is harmless. Announces `partners.endpoint-changed.v1`.

use crate::audience::MAX_LISTENERS;
use crate::endpoint::{Endpoint, Wish};
use crate::endpoint_secret::{EndpointSeal, sealed_anew};
use crate::endpoint_wish::{EndpointWish, Refused, check_approved};
use crate::list_endpoints::EndpointView;
use crate::subscribing::{Change, DECISIONS, Written, contended, own, write};
use kernel::EndpointId;
use platform::http::{self, IfMatch, Json, Machine, Path};
use platform::{Failure, Function, Now, Secret, Table};

/// `PUT /v1/webhook-endpoints/{endpoint}`
pub fn function() -> Function {
    http::put("/v1/webhook-endpoints/{endpoint}", change_endpoint)
}

/// Writes the endpoint if it differs from what is there and that is what the caller saw.
pub async fn change_endpoint(
    machine: Machine,
    Path(id): Path<EndpointId>,
    seen: IfMatch,
    Json(request): Json<EndpointWish>,
    Now(now): Now,
    seal: Secret<EndpointSeal>,
    partners: Table,
) -> Result<http::Ok<EndpointView>, Failure<Refused>> {
    let (wish, keys) = (Wish::from(request), seal.read().await?);
    for _ in 0..DECISIONS {
        let (endpoint, subscriber) = own(&partners, machine.account, id).await?;
        if endpoint.value.wish == wish {
            return Ok(http::Ok::at(endpoint.version, EndpointView::of(endpoint)));
        }
        seen.check(endpoint.version)?;
        check_approved(&subscriber.value, &wish)?;
        let new = Endpoint { wish: wish.clone(), ..sealed_anew(&keys, &endpoint.value)? };
        let change = Change { old: Some(&endpoint), new: &new, subscriber: None };
        match write(&partners, change, now).await? {
            Written::Crowded(kind) => return Err(Refused::Crowded { kind, most: MAX_LISTENERS }.into()),
            // Seen on the next round, or changed by somebody else.
            Written::Done | Written::Overtaken => {}
        }
    }
    Err(contended(id))
}
