//! An admin gives a partner credentials of its own.
//!
//! Called by an admin with an `Idempotency-Key`; the same key again gets the same reply. The secret is in that reply
//! and nowhere else: only its hash is stored. Writes the partner and the record that it was granted its role, which
//! announces `identity.roles-changed.v1`.

use crate::keys::Keys;
use crate::partner::{Partner, PartnerSecret};
use crate::roles::{RoleChange, RoleEvent, Roles};
use crate::settings::ServerKey;
use crate::store;
use kernel::{AccountId, Role, Text, Timestamp};
use platform::http::caller::Admin;
use platform::http::{self, Created, IdempotencyKey, Json, Staff};
use platform::{Commit, Error, Failure, Function, Now, Secret, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The partner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"name": "Happy Cat Box"}))]
pub struct CreatePartner {
    /// What people call it.
    pub name: Text<1, 100>,
}

/// A partner's credentials, for `POST /v1/sessions`. They do not print.
#[derive(Serialize, JsonSchema)]
pub struct PartnerCredentials {
    /// Names the partner.
    pub client_id: AccountId,
    /// Its secret. It is told this once.
    pub client_secret: String,
    /// Since when the secret is good.
    pub issued_at: Timestamp,
}

/// `POST /v1/partners`
pub fn function() -> Function {
    http::post("/v1/partners", create_partner)
}

/// Writes the partner with the hash of its first secret.
pub async fn create_partner(
    admin: Staff<Admin>,
    key: IdempotencyKey,
    Json(request): Json<CreatePartner>,
    Now(now): Now,
    server: Secret<ServerKey>,
    identity: Table,
) -> Result<Created<PartnerCredentials>, Failure<Infallible>> {
    let keys = Keys::new(&server.read().await?)?;
    let id: AccountId = key.id();
    if let Some(known) = identity.get::<Partner>(&store::partner_key(id)).await? {
        return reply(&key, &keys, &known.value);
    }
    let partner = Partner {
        id,
        name: request.name,
        number: 1,
        secret: PartnerSecret::derive(keys.current(), id, 1).hash(),
        previous: None,
        created_by: admin.account,
        created_at: now,
        request: keys.current().mark(key.fingerprint()),
        rotation: None,
    };
    let roles = Roles::of([Role::Partner]);
    let grant = RoleChange {
        account: id,
        number: 1,
        roles: roles.clone(),
        granted: roles,
        revoked: Roles::default(),
        by: Some(admin.account),
        reason: "A new partner".to_owned(),
        at: now,
    };
    let transaction = identity.transaction().create(&partner, Vec::new()).create(&grant, vec![RoleEvent::Changed]);
    match transaction.commit().await? {
        Commit::Done => reply(&key, &keys, &partner),
        Commit::Refused(_) => {
            let other = identity.get::<Partner>(&store::partner_key(id)).await?;
            let other = other.ok_or_else(|| Error::broken(format!("{id} has a role but is no partner")))?;
            reply(&key, &keys, &other.value)
        }
    }
}

/// The credentials as they were created, whatever became of them since.
fn reply(
    key: &IdempotencyKey,
    keys: &Keys,
    partner: &Partner,
) -> Result<Created<PartnerCredentials>, Failure<Infallible>> {
    let Some(created_with) = keys.recognise(&partner.request, key.fingerprint()) else {
        key.replays("")?;
        return Err(http::not_found());
    };
    Ok(Created {
        // Its grant is what is seen of it.
        location: format!("/v1/accounts/{}/roles/changes", partner.id),
        body: PartnerCredentials {
            client_id: partner.id,
            client_secret: PartnerSecret::derive(created_with, partner.id, 1).expose().to_owned(),
            issued_at: partner.created_at,
        },
    })
}
