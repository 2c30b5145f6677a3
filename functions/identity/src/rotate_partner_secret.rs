//! An admin gives a partner another secret.
//!
//! Called by an admin with an `Idempotency-Key`; the same key again gets the same reply. The secret before stays good
//! for as long as the request says, so that the partner changes over without an outage; after a leak, not at all.
//! Writes the partner; nobody else needs to know.

use crate::create_partner::PartnerCredentials;
use crate::keys::Keys;
use crate::partner::{Partner, PartnerSecret, Rotation};
use crate::settings::ServerKey;
use crate::store;
use kernel::{AccountId, Count};
use platform::http::caller::Admin;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Decision, Failure, Function, Now, Secret, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;

/// What becomes of the secret before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"overlap_hours": 24}))]
pub struct RotatePartnerSecret {
    /// For how many more hours it is good.
    pub overlap_hours: Count<0, 168>,
}

/// `POST /v1/partners/{partner}/secret`
pub fn function() -> Function {
    http::post("/v1/partners/{partner}/secret", rotate_partner_secret)
}

/// Writes the hash of the next secret beside the one before.
pub async fn rotate_partner_secret(
    admin: Staff<Admin>,
    key: IdempotencyKey,
    Path(id): Path<AccountId>,
    Json(request): Json<RotatePartnerSecret>,
    Now(now): Now,
    server: Secret<ServerKey>,
    identity: Table,
) -> Result<http::Ok<PartnerCredentials>, Failure<Infallible>> {
    let keys = Keys::new(&server.read().await?)?;
    let overlap = Duration::from_secs(u64::from(request.overlap_hours.get()) * 3600);
    let decide = |found: Option<&Stored<Partner>>| {
        let partner = &found.ok_or_else(http::not_found)?.value;
        if partner.rotation.as_ref().is_some_and(|known| known.key == key.stored()) {
            return Ok(Decision::Keep);
        }
        let rotation = Rotation {
            key: key.stored(),
            request: keys.current().mark(key.fingerprint()),
            by: admin.account,
            at: now,
        };
        Ok(Decision::To(partner.rotated(keys.current(), overlap, rotation), Vec::new()))
    };
    let partner = identity.change(&store::partner_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let rotation = partner.rotation.as_ref().ok_or_else(http::not_found)?;
    let Some(rotated_with) = keys.recognise(&rotation.request, key.fingerprint()) else {
        key.replays("")?;
        return Err(http::not_found());
    };
    let secret = PartnerSecret::derive(rotated_with, id, partner.number);
    Ok(http::Ok {
        version: None,
        body: PartnerCredentials {
            client_id: id,
            client_secret: secret.expose().to_owned(),
            issued_at: rotation.at,
        },
    })
}
