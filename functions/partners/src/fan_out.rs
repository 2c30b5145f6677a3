//! Something happened that partners want to hear of.
//!
//! Consumes every event that partners can be sent ([`crate::offered`]). Writes what is sent once, and a delivery for
//! each endpoint that listens to the type, which announces `partners.delivery-queued.v1`. Endpoint and event name the
//! delivery, so a repeated event changes nothing. What was decided before an endpoint began to listen is not for it,
//! and what is weeks old is for nobody: a context may announce everything again.

use crate::audience::Audience;
use crate::delivery::{Delivery, DeliveryEvent, Payload};
use crate::offered::Offered;
use crate::store::audience_key;
use futures_util::future::try_join_all;
use platform::{Error, Function, Now, On, Table, events};
use std::time::Duration;

/// What is older is history. Well below the time that deliveries' payloads are kept.
const NEWS: Duration = Duration::from_secs(25 * 86_400);
/// How many deliveries are written at once.
const AT_ONCE: usize = 16;

/// On everything that partners can be sent
pub fn function() -> Function {
    events::on(fan_out)
}

/// Writes a delivery for each endpoint that listens.
pub async fn fan_out(offered: On<Offered>, Now(now): Now, partners: Table) -> Result<(), Error> {
    if now > offered.at.after(NEWS) {
        return Ok(());
    }
    let Some(audience) = partners.get::<Audience>(&audience_key(offered.kind)).await? else {
        return Ok(());
    };
    let listeners: Vec<_> = audience.value.at(offered.at).collect();
    if listeners.is_empty() {
        return Ok(());
    }
    let payload = Payload::of(&offered.id, offered.kind.as_str(), offered.at, &offered.data);
    partners.create(&payload, Vec::new()).await?;
    let deliveries: Vec<Delivery> = listeners
        .iter()
        .map(|listener| Delivery::new(listener.endpoint, listener.partner, &payload, now))
        .collect();
    for some in deliveries.chunks(AT_ONCE) {
        try_join_all(some.iter().map(|delivery| partners.create(delivery, vec![DeliveryEvent::Queued]))).await?;
    }
    Ok(())
}
