//! A partner has something sent again: one delivery, or everything that did not arrive since a time.
//!
//! Called by its partner with an `Idempotency-Key`; the same key again sends nothing more. What is sent again keeps its
//! `webhook-id`, so a receiver that knows it can tell. A page at a time: the answer's `next` is to be sent as `cursor`,
//! until there is none. Sent by the sweeper within a minute or so. What is older than thirty days is not kept.

use crate::delivery::{Delivery, DeliveryId, State};
use crate::endpoint::Endpoint;
use crate::lane::Lane;
use crate::store::{deliveries_since, delivery_key, endpoint_key, lane_key};
use derive::Refusal;
use kernel::{Cursor, EndpointId, Timestamp};
use platform::http::{self, Accepted, IdempotencyKey, Json, Machine, Path};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many deliveries a request looks at.
const PAGE: u32 = 50;

/// What to send again: `delivery`, or `since`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"since": "2026-01-31T12:00:00.000Z"}))]
pub struct ReplayDeliveries {
    /// This one, whether it arrived or not.
    #[serde(default)]
    pub delivery: Option<DeliveryId>,
    /// Those of events since then that failed or were held.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// The `next` of the answer before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// What is sent again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayTaken {
    /// How many deliveries this request has sent again.
    pub replayed: u32,
    /// Where to go on: to be sent as `cursor`. Absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Why nothing is sent again.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is not said what.
    #[problem(422, "nothing-named", "Name either a delivery or a time.")]
    NothingNamed,
}

/// `POST /v1/webhook-endpoints/{endpoint}/replays`
pub fn function() -> Function {
    http::post("/v1/webhook-endpoints/{endpoint}/replays", replay_deliveries)
}

/// Writes each delivery as one that is to be tried now, and has the sweeper look.
pub async fn replay_deliveries(
    machine: Machine,
    key: IdempotencyKey,
    Path(id): Path<EndpointId>,
    Json(request): Json<ReplayDeliveries>,
    Now(now): Now,
    partners: Table,
) -> Result<Accepted<ReplayTaken>, Failure<Refused>> {
    let endpoint = partners.get::<Endpoint>(&endpoint_key(machine.account, id)).await?;
    endpoint.filter(|found| found.value.is_there()).ok_or_else(http::not_found)?;
    let (found, next) = match (request.delivery, request.since) {
        (Some(delivery), None) => {
            let found = partners.get::<Delivery>(&delivery_key(id, &delivery)).await?;
            (vec![found.ok_or_else(http::not_found)?], None)
        }
        (None, Some(since)) => {
            let page = partners.list(&deliveries_since(id, since), PAGE, request.cursor.as_ref()).await?;
            let did_not_arrive = |found: &Stored<Delivery>| {
                let is_replayed = found.value.replayed.as_deref() == Some(&key.stored());
                is_replayed || matches!(found.value.state, State::Failed | State::Held)
            };
            (page.items.into_iter().filter(did_not_arrive).collect(), page.next)
        }
        _ => return Err(Refused::NothingNamed.into()),
    };
    let mut replayed = 0;
    for delivery in found.iter().filter(|found| found.value.can_be_sent(now)) {
        replayed += u32::from(replay(&partners, &delivery.value, &key.stored(), now).await?);
    }
    let awake = |found: Option<&Stored<Lane>>| {
        let sooner = found.map(|lane| (lane, lane.value.earlier(now))).filter(|(lane, sooner)| lane.value != *sooner);
        Ok(sooner.map_or(Decision::Keep, |(_, sooner)| Decision::To(sooner, Vec::new())))
    };
    partners.advance(&lane_key(id), awake).await?;
    Ok(Accepted { body: ReplayTaken { replayed, next } })
}

/// Whether this request has it sent again, now or before.
async fn replay(partners: &Table, delivery: &Delivery, key: &str, now: Timestamp) -> Result<bool, platform::Error> {
    let mut is_ours = false;
    let decide = |found: Option<&Stored<Delivery>>| {
        let next = found.and_then(|found| found.value.replayed(key, now));
        is_ours = next.is_some() || found.is_some_and(|found| found.value.replayed.as_deref() == Some(key));
        Ok(next.map_or(Decision::Keep, |next| Decision::To(next, Vec::new())))
    };
    partners.advance(&delivery_key(delivery.endpoint, &delivery.id), decide).await?;
    Ok(is_ours)
}
