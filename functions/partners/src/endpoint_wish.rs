//! What a partner asks of an endpoint, when it creates one and when it changes one, and why that may be refused. Pure.

use crate::audience::Subscriber;
use crate::endpoint::Wish;
use crate::offered::EventType;
use derive::Refusal;
use kernel::{List, Text};
use platform::PublicUrl;
use schemars::JsonSchema;
use serde::Deserialize;

/// An endpoint as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = EndpointWish::example())]
pub struct EndpointWish {
    /// The address.
    pub url: PublicUrl,
    /// The types of events that it wants.
    pub types: List<EventType, 1, 90>,
    /// What it is for, in the partner's words.
    #[serde(default)]
    pub purpose: Option<Text<1, 200>>,
}

/// Why an endpoint is not as it was to be.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The partner may not get these events.
    #[problem(422, "type-not-approved", "You were not approved for {kind}: an admin of the marketplace does that.")]
    NotApproved {
        /// The first type that was not approved.
        kind: EventType,
    },
    /// There are enough endpoints.
    #[problem(409, "too-many-endpoints", "A partner has at most {most} endpoints: remove one, or change one.")]
    TooMany {
        /// How many there can be.
        most: usize,
    },
    /// Enough endpoints listen to a type of events.
    #[problem(409, "type-crowded", "{most} endpoints listen to {kind}, and there cannot be more.")]
    Crowded {
        /// The type.
        kind: EventType,
        /// How many there can be.
        most: usize,
    },
}

/// Passes if the partner may get everything that an endpoint is to get.
pub fn check_approved(subscriber: &Subscriber, wish: &Wish) -> Result<(), Refused> {
    subscriber.not_approved(&wish.types).map_or(Ok(()), |kind| Err(Refused::NotApproved { kind }))
}

impl From<EndpointWish> for Wish {
    fn from(wish: EndpointWish) -> Self {
        let EndpointWish { url, types, purpose } = wish;
        Self { url, types: types.iter().copied().collect(), purpose }
    }
}

impl EndpointWish {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "url": "https://partner.example.com/hooks",
            "types": ["orders.order-paid.v1", "orders.order-shipped.v1"],
            "purpose": "Our warehouse",
        })
    }
}
