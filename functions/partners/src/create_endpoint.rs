//! A partner names an address to which it wants events sent.
//!
//! Called by a partner with an `Idempotency-Key`; the same key again gets the same reply. The address is on the public
//! internet, the types of events are among those that an admin approved for this partner. The secret that everything
//! is signed with is in the reply: a partner checks what comes by Standard Webhooks. Announces
//! `partners.endpoint-changed.v1`.

use crate::audience::{MAX_ENDPOINTS, MAX_LISTENERS, Subscriber};
use crate::endpoint::{Endpoint, State, Wish};
use crate::endpoint_secret::{EndpointSeal, derive, open};
use crate::endpoint_wish::{EndpointWish, Refused, check_approved};
use crate::store::{endpoint_key, subscriber_key};
use crate::subscribing::{Change, DECISIONS, Written, contended, write};
use kernel::{EndpointId, Timestamp};
use platform::http::{self, Created, IdempotencyKey, Json, Machine};
use platform::{Failure, Function, Now, Secret, SecretValues, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// An endpoint that was created. It does not print.
#[derive(Serialize, JsonSchema)]
pub struct CreatedEndpoint {
    /// Names it.
    pub id: EndpointId,
    /// What is sent there is signed with it. It is told here alone. Absent from a repeated reply when the endpoint has
    /// had two others since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// `POST /v1/webhook-endpoints`
pub fn function() -> Function {
    http::post("/v1/webhook-endpoints", create_endpoint)
}

/// Writes the endpoint, counts it, and lets it listen.
pub async fn create_endpoint(
    machine: Machine,
    key: IdempotencyKey,
    Json(request): Json<EndpointWish>,
    Now(now): Now,
    seal: Secret<EndpointSeal>,
    partners: Table,
) -> Result<Created<CreatedEndpoint>, Failure<Refused>> {
    let (id, partner, keys): (EndpointId, _, _) = (key.id(), machine.account, seal.read().await?);
    let wish = Wish::from(request);
    let (place, subscriber) = (endpoint_key(partner, id), subscriber_key(partner));
    for _ in 0..DECISIONS {
        let found = platform::both(partners.get::<Endpoint>(&place), partners.get::<Subscriber>(&subscriber));
        let (known, subscriber) = found.await?;
        if let Some(known) = known {
            key.replays(&known.value.request)?;
            return Ok(reply(&keys, &known.value)?);
        }
        let Some(subscriber) = subscriber else {
            let kind = wish.types.first().copied();
            return Err(kind.map_or_else(http::not_found, |kind| Refused::NotApproved { kind }.into()));
        };
        check_approved(&subscriber.value, &wish)?;
        let with = subscriber.value.with(id).ok_or(Refused::TooMany { most: MAX_ENDPOINTS })?;
        let (_, secret) = derive(&keys, id, 1)?;
        let endpoint = Endpoint {
            id,
            partner,
            wish: wish.clone(),
            state: State::Enabled,
            state_since: now,
            secret,
            previous: None,
            rotation: None,
            created_at: now,
            request: key.fingerprint().to_owned(),
        };
        let change = Change {
            old: None,
            new: &endpoint,
            subscriber: Some((&subscriber, with)),
        };
        match write(&partners, change, now).await? {
            Written::Done => return Ok(reply(&keys, &endpoint)?),
            Written::Crowded(kind) => return Err(Refused::Crowded { kind, most: MAX_LISTENERS }.into()),
            Written::Overtaken => {}
        }
    }
    Err(contended(id))
}

/// The endpoint as it was created, with its first secret as long as that is known.
fn reply(keys: &SecretValues, endpoint: &Endpoint) -> Result<Created<CreatedEndpoint>, platform::Error> {
    let previous = endpoint.previous.iter().map(|(secret, _)| secret);
    let first = std::iter::once(&endpoint.secret).chain(previous).find(|secret| secret.number == 1);
    Ok(Created {
        location: "/v1/webhook-endpoints".to_owned(),
        body: CreatedEndpoint {
            id: endpoint.id,
            secret: first.map(|secret| open(keys, endpoint.id, secret)).transpose()?,
            created_at: endpoint.created_at,
        },
    })
}
