//! An address to which a partner wants events sent, and its states. Pure.

use crate::offered::EventType;
use kernel::{AccountId, EndpointId, Text, Timestamp};
use platform::PublicUrl;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// For how long what is sent is signed with the secret before, too.
const OVERLAP: Duration = Duration::from_secs(86_400);

/// An endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    /// Names it.
    pub id: EndpointId,
    /// Whose it is.
    pub partner: AccountId,
    /// What it is to be like.
    pub wish: Wish,
    /// How it is.
    pub state: State,
    /// Since when.
    pub state_since: Timestamp,
    /// What it is signed with.
    pub secret: SealedSecret,
    /// What it was signed with before, and until when it still is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<(SealedSecret, Timestamp)>,
    /// The last change of its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The fingerprint of the request that created it.
    pub request: String,
}

/// What a partner says of an endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Wish {
    /// The address.
    pub url: PublicUrl,
    /// The types of events that it wants.
    pub types: BTreeSet<EventType>,
    /// What it is for, in the partner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Text<1, 200>>,
}

/// How an endpoint is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "EndpointState")]
pub enum State {
    /// It is sent events.
    Enabled,
    /// Nothing could be delivered for five days: what happens is kept for it, but not sent, until it is enabled.
    Failing,
    /// It said that it is gone for good (410): what happens is kept for it, but not sent, until it is enabled.
    Gone,
    /// It was removed.
    Removed,
}

/// A secret, sealed; its number tells it from those before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SealedSecret {
    /// 1 for the first.
    pub number: u32,
    /// The secret.
    pub sealed: String,
}

/// A change of an endpoint's secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The idempotency key of the request, as stored.
    pub key: String,
    /// Its fingerprint.
    pub request: String,
    /// When.
    pub at: Timestamp,
}

/// What an endpoint announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointEvent {
    /// It is another than it was.
    Changed,
    /// It gets no more events until it is enabled.
    Disabled,
}

impl Endpoint {
    /// Whether it was not removed.
    pub fn is_there(&self) -> bool {
        self.state != State::Removed
    }

    /// Whether it is sent events.
    pub fn is_enabled(&self) -> bool {
        self.state == State::Enabled
    }

    /// In another state.
    #[must_use]
    pub fn becomes(&self, state: State, now: Timestamp) -> Self {
        Self { state, state_since: now, ..self.clone() }
    }

    /// With another secret; what is sent is signed with the present one for a day more.
    #[must_use]
    pub fn rotated(&self, secret: SealedSecret, rotation: Rotation) -> Self {
        Self {
            secret,
            previous: Some((self.secret.clone(), rotation.at.after(OVERLAP))),
            rotation: Some(rotation),
            ..self.clone()
        }
    }

    /// The secrets to sign with now, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &SealedSecret> {
        let previous = self.previous.iter().filter(move |(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(previous)
    }
}
