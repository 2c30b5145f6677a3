//! Staff look at what supplies a job of a service needs, to change it.
//!
//! Called by a supplier. A service of which nobody said anything needs nothing, at version 0.

use crate::job::Kit;
use crate::set_service_supplies::ServiceSupplies;
use crate::store;
use kernel::ServiceId;
use platform::http::caller::Supplier;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/services/{service}/supplies`
pub fn function() -> Function {
    http::get("/v1/services/{service}/supplies", get_service_supplies)
}

/// Reads what is set.
pub async fn get_service_supplies(
    _: Staff<Supplier>,
    Path(service): Path<ServiceId>,
    supplies: TableReader,
) -> Result<http::Ok<ServiceSupplies>, Failure<Infallible>> {
    let found = supplies.get::<Kit>(&store::kit_key(service)).await?;
    let (version, lines) = found.map_or((0, Vec::new()), |found| (found.version, found.value.lines));
    Ok(http::Ok::at(version, ServiceSupplies { service, lines }))
}
