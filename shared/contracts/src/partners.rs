//! What the partners context publishes and answers: whom partners brought, and whom we cannot reach.

use crate::{Question, event, published};
use kernel::{AccountId, EndpointId, ImportId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A partner brought a client, or changed what it says of one. Who it is, is told on asking ([`ReadImportedClient`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = imported_example())]
pub struct ClientImported {
    /// The partner's name, such as `happy-cat-box`.
    pub source: String,
    /// The partner's id of the client. At most 100 characters.
    pub external_id: String,
}
event!(ClientImported = "partners.client-imported.v1", about external_id);

/// Events could not be delivered to a partner's endpoint for so long that it gets no more until it is enabled again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"endpoint": EndpointId::from_bits(20), "partner": AccountId::from_bits(4)}))]
pub struct EndpointDisabled {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Whose it is.
    pub partner: AccountId,
}
event!(EndpointDisabled = "partners.endpoint-disabled.v1", about endpoint);

/// A partner's endpoint was created, changed, enabled or removed, or its secret was rotated.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"endpoint": EndpointId::from_bits(20), "partner": AccountId::from_bits(4)}))]
pub struct EndpointChanged {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Whose it is.
    pub partner: AccountId,
}
event!(EndpointChanged = "partners.endpoint-changed.v1", about endpoint);

/// Some of the clients that a partner sent were put aside, to be taken over one by one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"import": ImportId::from_bits(30), "number": 0}))]
pub struct ChunkStored {
    /// The import that they are part of.
    pub import: ImportId,
    /// Which part of it, from 0.
    pub number: u16,
}
event!(ChunkStored = "partners.chunk-stored.v1", about import);

/// Something is to be sent to a partner's endpoint.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = delivery_example())]
pub struct DeliveryQueued {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Names the delivery among the endpoint's.
    pub delivery: String,
}
event!(DeliveryQueued = "partners.delivery-queued.v1", about endpoint);

published!(ClientImported, EndpointDisabled, EndpointChanged, ChunkStored, DeliveryQueued);

/// Who is the client that a partner brought? Answered by `read-imported-client`; `None` if the partner brought no such
/// client.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = imported_example())]
pub struct ReadImportedClient {
    /// The partner's name.
    pub source: String,
    /// The partner's id of the client.
    pub external_id: String,
}

impl Question for ReadImportedClient {
    type Reply = Option<ImportedClient>;
    const FUNCTION: &'static str = "read-imported-client";
}

/// A client as a partner knows one. Personal data: to be used and forgotten.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedClient {
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number (E.164).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The language to write in: `en` or `ru`.
    pub locale: String,
    /// An IANA time zone, `Europe/Moscow`.
    pub time_zone: String,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for ImportedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportedClient(…)")
    }
}

fn imported_example() -> Value {
    json!({"source": "happy-cat-box", "external_id": "HCB-1001"})
}

fn delivery_example() -> Value {
    json!({"endpoint": EndpointId::from_bits(20), "delivery": "01769860800000-0123456789abcdefghjkmnpqrs"})
}
