//! A delivery is queued: it is sent.
//!
//! Consumes `partners.delivery-queued.v1`. Claims the delivery, posts it to the endpoint by Standard Webhooks, and
//! writes down what came of it; what fails is tried again by `sweep-deliveries`. What goes to an endpoint that failed
//! last time is left to the sweeper at once: a broken endpoint holds up nobody but itself. May announce
//! `partners.endpoint-disabled.v1`.

use crate::delivery::{Delivery, State};
use crate::endpoint_secret::EndpointSeal;
use crate::lane::Lane;
use crate::sending::Desk;
use crate::store::{delivery_key, lane_key};
use contracts::partners::DeliveryQueued;
use platform::{Clock, Courier, Error, Function, Log, On, Secret, Table, events};
use std::time::Duration;

/// A batch of ten that each take as long as they may.
const TIMEOUT: Duration = Duration::from_secs(180);

/// On `partners.delivery-queued.v1`
pub fn function() -> Function {
    events::on(deliver_webhook).timeout(TIMEOUT)
}

/// Sends the delivery if nobody tried it yet.
pub async fn deliver_webhook(
    queued: On<DeliveryQueued>,
    clock: Clock,
    log: Log,
    partners: Table,
    courier: Courier,
    seal: Secret<EndpointSeal>,
) -> Result<(), Error> {
    let id = queued.delivery.clone().try_into().map_err(|reason: String| Error::broken(reason))?;
    let (delivery, lane) = (delivery_key(queued.endpoint, &id), lane_key(queued.endpoint));
    let (delivery, lane) = platform::both(partners.get::<Delivery>(&delivery), partners.get::<Lane>(&lane)).await?;
    let delivery = delivery.ok_or_else(|| Error::broken(format!("{id} is not here")))?;
    let is_failing = lane.is_some_and(|lane| lane.value.failing_since.is_some());
    if is_failing || delivery.value.state != State::Queued {
        return Ok(());
    }
    let desk = Desk { partners, courier, seal, log, clock };
    desk.send(delivery).await?;
    Ok(())
}
