//! Publishes what services and requests announce: `services.service-changed.v1`, and of each request that it was made
//! (`services.service-requested.v1`), cancelled (`services.request-cancelled.v1`) and how it ended
//! (`services.request-ended.v1`).
//!
//! Reads the stream of the services table; writes nothing. What a client wrote is in none of the events.

use crate::request::{RequestEvent, ServiceRequest};
use crate::service::{Service, ServiceEvent};
use contracts::services::{Published, RequestCancelled, RequestEnded, ServiceChanged, ServiceRequested};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the services table
pub fn function() -> Function {
    relay::from_outbox(relay_services)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_services(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Service::KIND => {
            let (service, outbox) = change.read::<Service>()?;
            Ok(outbox.events.into_iter().map(|ServiceEvent::Changed| changed(&service).into()).collect())
        }
        ServiceRequest::KIND => {
            let (request, outbox) = change.read::<ServiceRequest>()?;
            Ok(outbox.events.into_iter().map(|event| step(&request, &event)).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn changed(service: &Service) -> ServiceChanged {
    let details = &service.details;
    ServiceChanged {
        service: service.id,
        name: details.name.as_str().to_owned(),
        price: details.price.money(),
        skills: details.skills.levels(),
        duration_min: details.duration_min.get(),
        offered: details.offered,
    }
}

fn step(request: &ServiceRequest, event: &RequestEvent) -> Published {
    let ServiceRequest { id, client, order, window, .. } = request;
    match event {
        RequestEvent::Requested => ServiceRequested {
            request: *id,
            client: *client,
            service: order.service,
            price: order.price,
            skills: order.skills.clone(),
            duration_min: order.duration_min,
            place: request.place,
            from: window.from,
            until: window.until,
            requested_at: request.requested_at,
        }
        .into(),
        RequestEvent::Cancelled => {
            let attempt = request.cancelled.as_ref().and_then(|cancelled| cancelled.attempt);
            RequestCancelled { request: *id, client: *client, attempt }.into()
        }
        RequestEvent::Ended(end) => RequestEnded { request: *id, client: *client, end: *end }.into(),
    }
}
