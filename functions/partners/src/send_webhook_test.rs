//! A partner has something sent to an endpoint, to see whether it works.
//!
//! Called by its partner with an `Idempotency-Key`; the same key again sends nothing more. The test goes the way of
//! every event: `list-deliveries` shows what came of it. Announces `partners.delivery-queued.v1`.

use crate::delivery::{Delivery, DeliveryEvent, DeliveryId, Payload};
use crate::endpoint::Endpoint;
use crate::store::endpoint_key;
use kernel::EndpointId;
use platform::http::{self, Accepted, IdempotencyKey, Machine, Path};
use platform::{Creation, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// The type of tests. It is no type of events: every endpoint gets it on asking, and no other way.
const TEST: &str = "partners.webhook-test";

/// A test that was taken on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WebhookTest {
    /// The delivery.
    pub delivery: DeliveryId,
}

/// `POST /v1/webhook-endpoints/{endpoint}/test`
pub fn function() -> Function {
    http::post("/v1/webhook-endpoints/{endpoint}/test", send_webhook_test)
}

/// Writes what is sent, and the delivery.
pub async fn send_webhook_test(
    machine: Machine,
    key: IdempotencyKey,
    Path(id): Path<EndpointId>,
    Now(now): Now,
    partners: Table,
) -> Result<Accepted<WebhookTest>, Failure<Infallible>> {
    let endpoint = partners.get::<Endpoint>(&endpoint_key(machine.account, id)).await?;
    let endpoint = endpoint.filter(|found| found.value.is_there()).ok_or_else(http::not_found)?.value;
    let data = format!(r#"{{"endpoint":"{id}"}}"#);
    let mut payload = Payload::of(&format!("test/{id}/{}", key.stored()), TEST, now, &data);
    // A repetition is told of the delivery that the first request made.
    if let Creation::Exists(known) = partners.create(&payload, Vec::new()).await? {
        payload = known.value;
    }
    let delivery = Delivery::new(id, endpoint.partner, &payload, now);
    partners.create(&delivery, vec![DeliveryEvent::Queued]).await?;
    Ok(Accepted { body: WebhookTest { delivery: delivery.id } })
}
