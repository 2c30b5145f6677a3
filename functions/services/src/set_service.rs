//! Staff change a type of service.
//!
//! Called by a manager with the whole of it; `If-Match` guards against overwriting a colleague's change. Writes the
//! service and announces `services.service-changed.v1`. Requests that were made before keep the terms of their day.
//! Setting what is already so changes nothing and announces nothing, so a repeated request is harmless.

use crate::get_service::ServiceView;
use crate::service::{Details, Service, ServiceEvent};
use crate::store;
use kernel::ServiceId;
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// A service as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = SetService::example())]
pub struct SetService(pub Details);

/// `PUT /v1/services/{service}`
pub fn function() -> Function {
    http::put("/v1/services/{service}", set_service)
}

/// Writes the service if it differs from what is there and that is what the caller saw.
pub async fn set_service(
    _: Staff<Manager>,
    Path(id): Path<ServiceId>,
    seen: IfMatch,
    Json(SetService(details)): Json<SetService>,
    services: Table,
) -> Result<http::Ok<ServiceView>, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Service>>| {
        let old = found.ok_or_else(http::not_found)?;
        let new = Service::of(id, details.clone(), &old.value.request);
        if new == old.value {
            return Ok(Decision::Keep);
        }
        seen.check(old.version)?;
        Ok(Decision::To(new, vec![ServiceEvent::Changed]))
    };
    let service = services.change(&store::service_key(id), decide).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(service.version, ServiceView::of(service.value)))
}

impl SetService {
    fn example() -> serde_json::Value {
        Details::example()
    }
}
