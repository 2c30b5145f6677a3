//! Sends one delivery: claims it, posts it signed, and writes down what came of it.

use crate::audience::Subscriber;
use crate::delivery::{Delivery, Payload, State};
use crate::endpoint::{self, Endpoint, EndpointEvent};
use crate::endpoint_secret::{EndpointSeal, open};
use crate::lane::Lane;
use crate::store::{endpoint_key, lane_key, payload_key, subscriber_key};
use kernel::Timestamp;
use platform::standard_webhooks::{ID, SIGNATURE, TIMESTAMP, sign};
use platform::{Clock, Courier, Decision, Error, Log, Secret, SecretValues, Stored, Table, Undelivered};
use serde_json::json;

/// What a delivery is sent with.
pub struct Desk {
    /// The table.
    pub partners: Table,
    /// Who takes it there.
    pub courier: Courier,
    /// What opens endpoints' secrets.
    pub seal: Secret<EndpointSeal>,
    /// Where staff hear of what is wrong.
    pub log: Log,
    /// Says when: a claim and a wait count from when they are made, however long ago the run began.
    pub clock: Clock,
}

/// What became of a delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sent {
    /// It arrived.
    Delivered,
    /// It did not, as far as is known.
    Failed,
    /// There was nothing to send.
    Nothing,
}

/// Where a delivery goes.
enum Destination {
    To(Box<Endpoint>),
    /// Not now: the endpoint is disabled.
    Held,
    /// Nowhere: the endpoint is gone or does not want it, or its partner may not get it any more.
    Nowhere,
}

impl Desk {
    /// Tries a delivery, if it is to be tried now. Two at once try it once; what was interrupted is tried again under
    /// the same id.
    pub async fn send(&self, delivery: Stored<Delivery>) -> Result<Sent, Error> {
        let now = self.clock.now();
        let Some(claimed) = delivery.value.claimed(self.partners.invocation(), now) else {
            return Ok(Sent::Nothing);
        };
        let payload = payload_key(&delivery.value.event);
        let (destination, payload) =
            platform::both(self.destination(&delivery.value), self.partners.get::<Payload>(&payload)).await?;
        let end = match (&destination, &payload) {
            (Destination::Nowhere, _) => Some(delivery.value.ended(State::Dropped, None)),
            (_, None) => Some(delivery.value.ended(State::Failed, Some("expired".to_owned()))),
            _ if delivery.value.is_exhausted() => Some(delivery.value.ended(State::Failed, None)),
            (Destination::Held, _) => Some(delivery.value.ended(State::Held, None)),
            (Destination::To(_), Some(_)) => None,
        };
        if let Some(end) = end {
            self.partners.replace(&delivery, end, Vec::new()).await?;
            return Ok(Sent::Nothing);
        }
        let (Destination::To(endpoint), Some(payload)) = (destination, payload) else {
            return Ok(Sent::Nothing);
        };
        let keys = self.seal.read().await?;
        let headers = headers(&keys, &endpoint, &payload.value, now)?;
        let Some(claimed) = self.partners.replace(&delivery, claimed, Vec::new()).await? else {
            return Ok(Sent::Nothing);
        };
        let body = payload.value.body.into_bytes();
        let outcome = self.courier.post(&endpoint.wish.url, &headers, body).await;
        self.settle(&claimed, &endpoint, outcome).await
    }

    async fn destination(&self, delivery: &Delivery) -> Result<Destination, Error> {
        let (endpoint, subscriber) =
            (endpoint_key(delivery.partner, delivery.endpoint), subscriber_key(delivery.partner));
        let found =
            platform::both(self.partners.get::<Endpoint>(&endpoint), self.partners.get::<Subscriber>(&subscriber));
        let (Some(endpoint), Some(subscriber)) = found.await? else {
            return Ok(Destination::Nowhere);
        };
        let (endpoint, subscriber) = (endpoint.value, subscriber.value);
        // A type that is not offered is a test, which every endpoint wants.
        let wanted = crate::offered::EventType::try_from(delivery.kind.clone())
            .map_or(true, |kind| endpoint.wish.types.contains(&kind) && subscriber.approved.contains(&kind));
        Ok(match (endpoint.is_there() && wanted, endpoint.is_enabled()) {
            (false, _) => Destination::Nowhere,
            (true, false) => Destination::Held,
            (true, true) => Destination::To(Box::new(endpoint)),
        })
    }

    /// Writes down what a try came to: of the delivery, then of its endpoint.
    async fn settle(
        &self,
        claimed: &Stored<Delivery>,
        endpoint: &Endpoint,
        outcome: Result<u16, Undelivered>,
    ) -> Result<Sent, Error> {
        let now = self.clock.now();
        let next = match outcome {
            Ok(status @ 200..300) => claimed.value.delivered(status),
            // It can be sent again when the endpoint is enabled.
            Ok(410) => claimed.value.ended(State::Held, Some("status-410".to_owned())),
            outcome => claimed.value.failed(outcome, now),
        };
        let due = next.due;
        // Whoever changed it meanwhile knew more: that the claim was over.
        self.partners.replace(claimed, next, Vec::new()).await?;
        match outcome {
            Ok(200..300) => {
                self.change_lane(endpoint, Lane::succeeded).await?;
                Ok(Sent::Delivered)
            }
            Ok(410) => {
                self.disable(endpoint, endpoint::State::Gone, now).await?;
                Ok(Sent::Failed)
            }
            _ => {
                let lane = self.change_lane(endpoint, |lane| lane.failed(due, now)).await?;
                if lane.is_some_and(|lane| lane.is_hopeless(now)) {
                    self.disable(endpoint, endpoint::State::Failing, now).await?;
                }
                Ok(Sent::Failed)
            }
        }
    }

    /// Changes an endpoint's lane; the lane as it is then.
    pub async fn change_lane(
        &self,
        endpoint: &Endpoint,
        change: impl Fn(&Lane) -> Option<Lane>,
    ) -> Result<Option<Lane>, Error> {
        let mut left = None;
        let decide = |found: Option<&Stored<Lane>>| {
            let next = found.and_then(|found| change(&found.value));
            left = next.clone().or_else(|| found.map(|found| found.value.clone()));
            Ok(next.map_or(Decision::Keep, |next| Decision::To(next, Vec::new())))
        };
        self.partners.advance(&lane_key(endpoint.id), decide).await?;
        Ok(left)
    }

    /// It gets no more until it is enabled, unless it was changed since this was decided.
    async fn disable(&self, endpoint: &Endpoint, state: endpoint::State, now: Timestamp) -> Result<(), Error> {
        let mut is_disabled = false;
        let decide = |found: Option<&Stored<Endpoint>>| {
            let as_it_was = found.filter(|found| found.value == *endpoint);
            is_disabled = as_it_was.is_some();
            Ok(match as_it_was {
                Some(found) => Decision::To(found.value.becomes(state, now), vec![EndpointEvent::Disabled]),
                None => Decision::Keep,
            })
        };
        self.partners.advance(&endpoint_key(endpoint.partner, endpoint.id), decide).await?;
        if is_disabled {
            let facts = json!({ "endpoint": endpoint.id, "partner": endpoint.partner });
            self.log.error("an endpoint is disabled: its partner hears of nothing until it is enabled", facts);
        }
        Ok(())
    }
}

/// What goes before the body: signed with each secret that is good now.
fn headers(
    keys: &SecretValues,
    endpoint: &Endpoint,
    payload: &Payload,
    now: Timestamp,
) -> Result<Vec<(&'static str, String)>, Error> {
    let mut signatures = Vec::new();
    for secret in endpoint.secrets(now) {
        let secret = open(keys, endpoint.id, secret)?;
        signatures.push(sign(secret.as_bytes(), &payload.id, now, payload.body.as_bytes()));
    }
    Ok(vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", "Yarmarka-Webhooks/1".to_owned()),
        (ID, payload.id.clone()),
        (TIMESTAMP, now.as_seconds().to_string()),
        (SIGNATURE, signatures.join(" ")),
    ])
}
