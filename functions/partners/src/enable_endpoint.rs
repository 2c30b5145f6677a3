//! A partner enables an endpoint that was disabled.
//!
//! Called by its partner. What happens from then on is sent again; what happened meanwhile was kept and is sent on
//! asking (`replay-deliveries`). Enabling what is enabled changes nothing. Announces `partners.endpoint-changed.v1`.

use crate::endpoint::{Endpoint, EndpointEvent, State};
use crate::endpoint_secret::{EndpointSeal, sealed_anew};
use crate::lane::Lane;
use crate::list_endpoints::EndpointView;
use crate::store::{endpoint_key, lane_key};
use kernel::EndpointId;
use platform::http::{self, Machine, Path};
use platform::{Decision, Failure, Function, Now, Secret, Stored, Table};
use std::convert::Infallible;

/// `POST /v1/webhook-endpoints/{endpoint}/enable`
pub fn function() -> Function {
    http::post("/v1/webhook-endpoints/{endpoint}/enable", enable_endpoint)
}

/// Forgets how long it failed, then writes it as enabled.
pub async fn enable_endpoint(
    machine: Machine,
    Path(id): Path<EndpointId>,
    Now(now): Now,
    seal: Secret<EndpointSeal>,
    partners: Table,
) -> Result<http::Ok<EndpointView>, Failure<Infallible>> {
    let (place, keys) = (endpoint_key(machine.account, id), seal.read().await?);
    let found = partners.get::<Endpoint>(&place).await?.filter(|found| found.value.is_there());
    let found = found.ok_or_else(http::not_found)?;
    if !found.value.is_enabled() {
        // Before it is enabled: one failure more would disable it at once.
        let anew = |lane: Option<&Stored<Lane>>| {
            Ok(lane.map_or(Decision::Keep, |lane| Decision::To(lane.value.anew(now), Vec::new())))
        };
        partners.advance(&lane_key(id), anew).await?;
    }
    let decide = |found: Option<&Stored<Endpoint>>| {
        let endpoint = found.filter(|found| found.value.is_there()).ok_or_else(http::not_found)?;
        if endpoint.value.is_enabled() {
            return Ok(Decision::Keep);
        }
        let enabled = sealed_anew(&keys, &endpoint.value)?.becomes(State::Enabled, now);
        Ok(Decision::To(enabled, vec![EndpointEvent::Changed]))
    };
    let endpoint = partners.change::<_, Infallible>(&place, decide).await;
    let endpoint = match endpoint {
        Err(Failure::Problem(problem)) => return Err(Failure::Problem(problem)),
        other => other.map_err(platform::Error::from)?.ok_or_else(http::not_found)?,
    };
    Ok(http::Ok::at(endpoint.version, EndpointView::of(endpoint)))
}
