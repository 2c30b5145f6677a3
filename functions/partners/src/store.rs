//! The items of the partners table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Client`] of a partner | `client#<source>#<external id>` | `client` |
//! | [`Admission`] of a client | `client#<source>#<external id>` | `admission` |
//! | [`Import`] | `imp_…` | `import` |
//! | [`Chunk`] of an import | `imp_…` | `chunk#000` |
//! | [`Pull`], how far a partner was read | `pull#<source>` | `pull` |
//! | [`Subscriber`], what a partner may get | `acc_…` | `subscriber` |
//! | [`Endpoint`] of a partner | `acc_…` | `endpoint#end_…` |
//! | [`Audience`] of a type of events | `audience#<type>` | `audience` |
//! | [`Lane`] of an endpoint | `end_…` | `lane` |
//! | [`Delivery`] to an endpoint | `end_…` | `delivery#<time>-<event>` |
//! | [`Payload`] of an event | `evt_…` | `payload` |
//!
//! All indexes hold keys only, and each is sparse. `by-source` lists a partner's clients by their ids. `by-due` holds
//! chunks that are not worked off yet, and the lanes of all endpoints, by when the sweeper is to look at them.
//! `by-lane` holds what waits for one endpoint, so that what waits for a broken one is in nobody's way.

use crate::audience::{Audience, Subscriber};
use crate::client::{Client, ClientEvent};
use crate::delivery::{Delivery, DeliveryEvent, DeliveryId, Payload};
use crate::endpoint::{Endpoint, EndpointEvent};
use crate::import::{Chunk, ChunkEvent, Import};
use crate::lane::Lane;
use crate::offered::EventType;
use crate::row::ExternalId;
use kernel::{AccountId, Cursor, EndpointId, ImportId, Page, Timestamp};
use platform::{Error, Failure, Index, Item, Key, List, Never, Stored, TableReader};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Lists a partner's clients, by their ids there.
pub const BY_SOURCE: Index = Index { name: "by-source", partition: "source", sort: "external_id" };
/// Lists what waits for an endpoint, by when it is to be sent.
pub const BY_LANE: Index = Index { name: "by-lane", partition: "lane", sort: "due" };

impl Item for Client {
    type Event = ClientEvent;
    const KIND: &'static str = "client";

    fn key(&self) -> Key {
        client_key(&self.source, &self.external_id)
    }
}

/// The key of a partner's client.
pub fn client_key(source: &str, id: &ExternalId) -> Key {
    Key::new(format!("{}#{source}#{id}", Client::KIND), Client::KIND)
}

/// The account that a partner's client has here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Admission {
    /// The partner's name. Not under the name that `by-source` goes by.
    pub partner: String,
    /// The partner's id of the client.
    pub client: ExternalId,
    /// The account.
    pub account: AccountId,
    /// Whether the person had it before.
    pub known: bool,
}

impl Item for Admission {
    type Event = Never;
    const KIND: &'static str = "admission";

    fn key(&self) -> Key {
        admission_key(&self.partner, &self.client)
    }
}

/// The key of the admission of a partner's client.
pub fn admission_key(source: &str, id: &ExternalId) -> Key {
    Key::new(client_key(source, id).pk, Admission::KIND)
}

/// A page of a partner's clients, by their ids there.
pub async fn clients_of<R>(
    partners: &TableReader,
    source: &str,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Client>>, Failure<R>> {
    partners.list(&List::index(BY_SOURCE, source), limit, cursor).await
}

impl Item for Import {
    type Event = Never;
    const KIND: &'static str = "import";

    fn key(&self) -> Key {
        import_key(self.id)
    }
}

/// The key of an import.
pub fn import_key(id: ImportId) -> Key {
    Key::new(id, Import::KIND)
}

impl Item for Chunk {
    type Event = ChunkEvent;
    const KIND: &'static str = "chunk";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        chunk_key(self.import, self.number)
    }
}

/// The key of a chunk of an import.
pub fn chunk_key(import: ImportId, number: u16) -> Key {
    Key::new(import, format!("{}#{number:03}", Chunk::KIND))
}

/// How far a partner's clients were read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pull {
    /// The partner's name. Not under the name that `by-source` goes by.
    pub partner: String,
    /// What changed up to here was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
    /// Where the list of what changed since goes on; none at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The latest change that was seen in it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
}

impl Item for Pull {
    type Event = Never;
    const KIND: &'static str = "pull";

    fn key(&self) -> Key {
        pull_key(&self.partner)
    }
}

/// The key of how far a partner's clients were read.
pub fn pull_key(source: &str) -> Key {
    Key::new(format!("{}#{source}", Pull::KIND), Pull::KIND)
}

impl Item for Subscriber {
    type Event = Never;
    const KIND: &'static str = "subscriber";

    fn key(&self) -> Key {
        subscriber_key(self.partner)
    }
}

/// The key of what a partner may get.
pub fn subscriber_key(partner: AccountId) -> Key {
    Key::new(partner, Subscriber::KIND)
}

impl Item for Endpoint {
    type Event = EndpointEvent;
    const KIND: &'static str = "endpoint";

    fn key(&self) -> Key {
        endpoint_key(self.partner, self.id)
    }
}

/// The key of a partner's endpoint.
pub fn endpoint_key(partner: AccountId, id: EndpointId) -> Key {
    Key::new(partner, format!("{}#{id}", Endpoint::KIND))
}

impl Item for Audience {
    type Event = Never;
    const KIND: &'static str = "audience";

    fn key(&self) -> Key {
        audience_key(self.kind)
    }
}

/// The key of the audience of a type of events.
pub fn audience_key(kind: EventType) -> Key {
    Key::new(format!("{}#{kind}", Audience::KIND), Audience::KIND)
}

impl Item for Lane {
    type Event = Never;
    const KIND: &'static str = "lane";

    fn key(&self) -> Key {
        lane_key(self.endpoint)
    }
}

/// The key of an endpoint's lane.
pub fn lane_key(endpoint: EndpointId) -> Key {
    Key::new(endpoint, Lane::KIND)
}

impl Item for Delivery {
    type Event = DeliveryEvent;
    const KIND: &'static str = "delivery";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        delivery_key(self.endpoint, &self.id)
    }
}

/// The key of a delivery.
pub fn delivery_key(endpoint: EndpointId, id: &DeliveryId) -> Key {
    Key::new(endpoint, format!("{}#{id}", Delivery::KIND))
}

impl Item for Payload {
    type Event = Never;
    const KIND: &'static str = "payload";

    fn key(&self) -> Key {
        payload_key(&self.id)
    }
}

/// The key of what is sent.
pub fn payload_key(id: &str) -> Key {
    Key::new(id, Payload::KIND)
}

/// The deliveries to an endpoint.
pub fn deliveries_to(endpoint: EndpointId) -> List {
    List::collection::<Delivery>(endpoint)
}

/// The deliveries of events since a time.
pub fn deliveries_since(endpoint: EndpointId, since: Timestamp) -> List {
    let begins = |time: &str| format!("{}#{time}", Delivery::KIND);
    // `~` sorts after every digit.
    deliveries_to(endpoint).between(begins(&DeliveryId::begin(since)), begins("~"))
}

/// The first of what waits for an endpoint and is due by `until`.
pub async fn in_lane(
    partners: &TableReader,
    endpoint: EndpointId,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Stored<Delivery>>, Error> {
    let list = List::index(BY_LANE, endpoint).between(Timestamp::from_millis(0), until);
    Ok(page(partners, &list, limit, None).await?.items)
}

async fn page<T: Item>(
    partners: &TableReader,
    list: &List,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<T>>, Error> {
    partners.list::<T, Infallible>(list, limit, cursor).await.map_err(Error::from)
}
