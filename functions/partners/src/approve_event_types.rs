//! An admin says which types of events a partner may get.
//!
//! Called by an admin with the whole list; `If-Match` guards against overwriting a colleague's change. What is not on
//! the list any more is not sent from then on, whatever the partner's endpoints want. Setting what is already so
//! changes nothing, so a repeated request is harmless.

use crate::audience::Subscriber;
use crate::offered::EventType;
use crate::store::subscriber_key;
use kernel::{AccountId, List};
use platform::http::caller::Admin;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// What a partner may get.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"types": ["orders.order-paid.v1", "orders.order-shipped.v1"]}))]
pub struct ApproveEventTypes {
    /// All types of events that it may get.
    pub types: List<EventType, 0, 100>,
}

/// What a partner may get now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApprovedEventTypes {
    /// The partner.
    pub partner: AccountId,
    /// All types of events that it may get.
    pub types: BTreeSet<EventType>,
}

/// `PUT /v1/partners/{partner}/event-types`
pub fn function() -> Function {
    http::put("/v1/partners/{partner}/event-types", approve_event_types)
}

/// Writes the list if it differs from what is there and that is what the caller saw.
pub async fn approve_event_types(
    _: Staff<Admin>,
    Path(partner): Path<AccountId>,
    seen: IfMatch,
    Json(request): Json<ApproveEventTypes>,
    partners: Table,
) -> Result<http::Ok<ApprovedEventTypes>, Failure<Infallible>> {
    let approved: BTreeSet<EventType> = request.types.iter().copied().collect();
    let decide = |found: Option<&Stored<Subscriber>>| {
        if found.is_some_and(|found| found.value.approved == approved) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        let subscriber = found.map_or_else(|| Subscriber::new(partner), |found| found.value.clone());
        Ok(Decision::To(Subscriber { approved: approved.clone(), ..subscriber }, Vec::new()))
    };
    let set = partners.change(&subscriber_key(partner), decide).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(set.version, ApprovedEventTypes { partner, types: set.value.approved }))
}
