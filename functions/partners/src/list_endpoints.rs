//! A partner looks at its endpoints, and at what it may get.
//!
//! Called by a partner. An endpoint that could not be reached for five days, or that said it is gone, shows here as
//! disabled.

use crate::audience::Subscriber;
use crate::endpoint::{Endpoint, State};
use crate::offered::EventType;
use crate::store::{endpoint_key, subscriber_key};
use futures_util::future::try_join_all;
use kernel::{EndpointId, Text, Timestamp};
use platform::http::{self, Machine};
use platform::{Failure, Function, Key, PublicUrl, Stored, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::convert::Infallible;

/// A partner's endpoints, and what it may get.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Endpoints {
    /// The endpoints: at most 20.
    pub items: Vec<EndpointView>,
    /// The types of events that an admin approved for it.
    pub approved: BTreeSet<EventType>,
}

/// An endpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EndpointView {
    /// Names it.
    pub id: EndpointId,
    /// Its version: what `If-Match` says when it is changed.
    pub version: u64,
    /// The address.
    pub url: PublicUrl,
    /// The types of events that it wants.
    pub types: BTreeSet<EventType>,
    /// What it is for, in the partner's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Text<1, 200>>,
    /// How it is.
    pub state: State,
    /// Since when.
    pub state_since: Timestamp,
    /// Until when what is sent is signed with the secret before, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// `GET /v1/webhook-endpoints`
pub fn function() -> Function {
    http::get("/v1/webhook-endpoints", list_endpoints)
}

/// Reads what the partner may get and each of its endpoints.
pub async fn list_endpoints(
    machine: Machine,
    partners: TableReader,
) -> Result<http::Ok<Endpoints>, Failure<Infallible>> {
    let partner = machine.account;
    let found = partners.get::<Subscriber>(&subscriber_key(partner)).await?;
    let subscriber = found.map_or_else(|| Subscriber::new(partner), |found| found.value);
    let keys: Vec<Key> = subscriber.endpoints.iter().map(|id| endpoint_key(partner, *id)).collect();
    let found = try_join_all(keys.iter().map(|key| partners.get::<Endpoint>(key))).await?;
    let items = found.into_iter().flatten().map(EndpointView::of).collect();
    Ok(http::Ok {
        version: None,
        body: Endpoints { items, approved: subscriber.approved },
    })
}

impl EndpointView {
    /// The endpoint as its owner sees it.
    pub fn of(endpoint: Stored<Endpoint>) -> Self {
        let Stored { version, value: endpoint, .. } = endpoint;
        Self {
            id: endpoint.id,
            version,
            url: endpoint.wish.url,
            types: endpoint.wish.types,
            purpose: endpoint.wish.purpose,
            state: endpoint.state,
            state_since: endpoint.state_since,
            previous_secret_until: endpoint.previous.map(|(_, until)| until),
            created_at: endpoint.created_at,
        }
    }
}
