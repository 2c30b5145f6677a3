//! Anybody looks at a type of service.
//!
//! Needs no sign-in. One that is not offered any more is shown as such: who requested it once may look it up.

use crate::service::{Details, Service};
use crate::store;
use kernel::ServiceId;
use platform::http::{self, Anyone, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A service as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServiceView {
    /// Names it.
    pub id: ServiceId,
    /// The service.
    #[serde(flatten)]
    pub details: Details,
}

/// `GET /v1/services/{service}`
pub fn function() -> Function {
    http::get("/v1/services/{service}", get_service)
}

/// Reads the service.
pub async fn get_service(
    _: Anyone,
    Path(id): Path<ServiceId>,
    services: TableReader,
) -> Result<http::Ok<ServiceView>, Failure<Infallible>> {
    let service = services.get::<Service>(&store::service_key(id)).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(service.version, ServiceView::of(service.value)))
}

impl ServiceView {
    pub(crate) fn of(service: Service) -> Self {
        Self { id: service.id, details: service.details }
    }
}
