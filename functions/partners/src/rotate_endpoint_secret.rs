//! A partner gets another secret for an endpoint.
//!
//! Called by its partner with an `Idempotency-Key`; the same key again gets the same reply. For a day what is sent is
//! signed with both secrets, so that the partner can change over in peace. Announces `partners.endpoint-changed.v1`.

use crate::endpoint::{Endpoint, EndpointEvent, Rotation};
use crate::endpoint_secret::{EndpointSeal, derive, open, sealed_anew};
use crate::store::endpoint_key;
use kernel::{EndpointId, Timestamp};
use platform::http::{self, IdempotencyKey, Machine, Path};
use platform::{Decision, Failure, Function, Now, Secret, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An endpoint's new secret. It does not print.
#[derive(Serialize, JsonSchema)]
pub struct RotatedSecret {
    /// The endpoint.
    pub id: EndpointId,
    /// What is sent there is signed with it. It is told here alone.
    pub secret: String,
    /// Until when what is sent is signed with the secret before, too.
    pub previous_until: Timestamp,
}

/// `POST /v1/webhook-endpoints/{endpoint}/secret`
pub fn function() -> Function {
    http::post("/v1/webhook-endpoints/{endpoint}/secret", rotate_endpoint_secret)
}

/// Writes the endpoint with another secret, unless this very request did.
pub async fn rotate_endpoint_secret(
    machine: Machine,
    key: IdempotencyKey,
    Path(id): Path<EndpointId>,
    Now(now): Now,
    seal: Secret<EndpointSeal>,
    partners: Table,
) -> Result<http::Ok<RotatedSecret>, Failure<Infallible>> {
    let keys = seal.read().await?;
    let rotation = Rotation {
        key: key.stored(),
        request: key.fingerprint().to_owned(),
        at: now,
    };
    let decide = |found: Option<&Stored<Endpoint>>| {
        let endpoint = found.filter(|found| found.value.is_there()).ok_or_else(http::not_found)?;
        if let Some(known) = endpoint.value.rotation.as_ref().filter(|known| known.key == rotation.key) {
            key.replays(&known.request)?;
            return Ok(Decision::Keep);
        }
        let (_, secret) = derive(&keys, id, endpoint.value.secret.number.saturating_add(1))?;
        let rotated = sealed_anew(&keys, &endpoint.value)?.rotated(secret, rotation.clone());
        Ok(Decision::To(rotated, vec![EndpointEvent::Changed]))
    };
    let endpoint = partners.change(&endpoint_key(machine.account, id), decide).await?;
    let endpoint = endpoint.ok_or_else(http::not_found)?.value;
    let body = RotatedSecret {
        id,
        secret: open(&keys, id, &endpoint.secret)?,
        previous_until: endpoint.previous.map_or(now, |(_, until)| until),
    };
    Ok(http::Ok { version: None, body })
}
