//! The items of the services table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Service`] | `svc_…` | `service` |
//! | [`ServiceRequest`] | `req_…` | `request` |
//!
//! The index `by-name` (`list`, `sort_name`; keys only) lists services. The index `by-client` (`client`,
//! `requested_at`; keys only) lists a client's requests. Its attributes never change, so it costs one write unit when a
//! request is made and nothing after that.

use crate::life::Next;
use crate::request::{RequestEvent, ServiceRequest};
use crate::service::{Listing, Service, ServiceEvent};
use kernel::{AccountId, Cursor, Page, RequestId, ServiceId};
use platform::{Decision, Error, Failure, Index, Item, Key, List, Stored, Table, TableReader, http};

/// Lists services by name.
pub const BY_NAME: Index = Index { name: "by-name", partition: "list", sort: "sort_name" };

/// Lists a client's requests by time.
pub const BY_CLIENT: Index = Index { name: "by-client", partition: "client", sort: "requested_at" };

impl Item for Service {
    type Event = ServiceEvent;
    const KIND: &'static str = "service";

    fn key(&self) -> Key {
        service_key(self.id)
    }
}

/// The key of a service.
pub fn service_key(id: ServiceId) -> Key {
    Key::new(id, Service::KIND)
}

impl Item for ServiceRequest {
    type Event = RequestEvent;
    const KIND: &'static str = "request";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        request_key(self.id)
    }
}

/// The key of a request.
pub fn request_key(id: RequestId) -> Key {
    Key::new(id, ServiceRequest::KIND)
}

/// The page of services after `cursor`, by name.
pub async fn services<R>(
    services: &TableReader,
    list: Listing,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Service>>, Failure<R>> {
    let partition = match list {
        Listing::Offered => "offered",
        Listing::Withdrawn => "withdrawn",
    };
    services.list(&List::index(BY_NAME, partition), limit, cursor).await
}

/// The page of a client's requests after `cursor`, the newest first.
pub async fn requests_of<R>(
    services: &TableReader,
    client: AccountId,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<ServiceRequest>>, Failure<R>> {
    services.list(&List::index(BY_CLIENT, client).newest_first(), limit, cursor).await
}

/// A request of `client`; anybody else's is not found.
pub async fn request_of<R>(
    services: &TableReader,
    client: AccountId,
    id: RequestId,
) -> Result<Stored<ServiceRequest>, Failure<R>> {
    let request = services.get::<ServiceRequest>(&request_key(id)).await.map_err(Failure::Failed)?;
    request.filter(|request| request.value.client == client).ok_or_else(http::not_found)
}

/// Moves a request on as `step` says, and announces what follows; `None` leaves it as it is. For events that are about
/// a request: one that is not here (a restore took it back) is waited for.
pub async fn advance(
    services: &Table,
    id: RequestId,
    step: impl Fn(&ServiceRequest) -> Option<Next>,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<ServiceRequest>>| {
        let request = found.ok_or_else(|| Error::unavailable(format!("{id} is not here")))?;
        Ok(step(&request.value).map_or(Decision::Keep, |(request, events)| Decision::To(request, events)))
    };
    services.advance(&request_key(id), decide).await
}
