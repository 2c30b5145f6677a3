//! Staff create a type of service.
//!
//! Called by a manager with the whole of it and an `Idempotency-Key`; the same key again gets the same reply. One write
//! creates the service and announces `services.service-changed.v1`. Clients can request it as soon as it is offered.

use crate::service::{Details, Service, ServiceEvent};
use kernel::ServiceId;
use platform::http::caller::Manager;
use platform::http::{self, Created, IdempotencyKey, Json, Staff};
use platform::{Creation, Failure, Function, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// A service as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = CreateService::example())]
pub struct CreateService(pub Details);

/// The service that was created. Read it to see what it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedService {
    /// Names it.
    pub id: ServiceId,
}

/// `POST /v1/services`
pub fn function() -> Function {
    http::post("/v1/services", create_service)
}

/// Writes the service, unless this very request did before.
pub async fn create_service(
    _: Staff<Manager>,
    key: IdempotencyKey,
    Json(CreateService(details)): Json<CreateService>,
    services: Table,
) -> Result<Created<CreatedService>, Failure<Infallible>> {
    let service = Service::of(key.id(), details, key.fingerprint());
    if let Creation::Exists(known) = services.create(&service, vec![ServiceEvent::Changed]).await? {
        key.replays(&known.value.request)?;
    }
    Ok(Created {
        location: format!("/v1/services/{}", service.id),
        body: CreatedService { id: service.id },
    })
}

impl CreateService {
    fn example() -> serde_json::Value {
        Details::example()
    }
}

impl Details {
    /// For the API's description.
    pub(crate) fn example() -> serde_json::Value {
        serde_json::json!({
            "name": "Window cleaning",
            "description": "All windows of a flat, inside and outside.",
            "price": {"amount_minor": 10_000, "currency": "RUB"},
            "skills": {"windows": 1},
            "duration_min": 60,
            "offered": true,
        })
    }
}
