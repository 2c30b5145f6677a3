//! Who gets what: what each partner may get, and who listens to each type of events. Pure.

use crate::offered::EventType;
use kernel::{AccountId, EndpointId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many endpoints a partner can have.
pub const MAX_ENDPOINTS: usize = 20;
/// How many endpoints can listen to one type of events: what one event may cost is bounded.
pub const MAX_LISTENERS: usize = 200;

/// What a partner may get, and which endpoints it has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Subscriber {
    /// The partner.
    pub partner: AccountId,
    /// The types of events that an admin approved.
    pub approved: BTreeSet<EventType>,
    /// Its endpoints, without removed ones.
    pub endpoints: BTreeSet<EndpointId>,
}

impl Subscriber {
    /// A partner that may get nothing yet.
    pub fn new(partner: AccountId) -> Self {
        Self {
            partner,
            approved: BTreeSet::new(),
            endpoints: BTreeSet::new(),
        }
    }

    /// The first of these types that was not approved.
    pub fn not_approved(&self, types: &BTreeSet<EventType>) -> Option<EventType> {
        types.difference(&self.approved).next().copied()
    }

    /// With one more endpoint; none if it has as many as it can have.
    pub fn with(&self, endpoint: EndpointId) -> Option<Self> {
        let mut with = self.clone();
        with.endpoints.insert(endpoint);
        (with.endpoints.len() <= MAX_ENDPOINTS).then_some(with)
    }

    /// Without an endpoint.
    #[must_use]
    pub fn without(&self, endpoint: EndpointId) -> Self {
        let mut without = self.clone();
        without.endpoints.remove(&endpoint);
        without
    }
}

/// The endpoints that listen to a type of events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Audience {
    /// The type.
    pub kind: EventType,
    /// Who listens, in no particular order.
    pub listeners: Vec<Listener>,
}

/// An endpoint that listens to a type of events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listener {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Whose it is.
    pub partner: AccountId,
    /// Since when: what was decided earlier is not for it, however late it is announced (again).
    pub since: Timestamp,
}

impl Audience {
    /// A type that nobody listens to.
    pub fn of(kind: EventType) -> Self {
        Self { kind, listeners: Vec::new() }
    }

    /// With one more listener; none if there are as many as there can be.
    pub fn with(&self, listener: Listener) -> Option<Self> {
        let mut with = self.without(listener.endpoint);
        with.listeners.push(listener);
        (with.listeners.len() <= MAX_LISTENERS).then_some(with)
    }

    /// Without an endpoint.
    #[must_use]
    pub fn without(&self, endpoint: EndpointId) -> Self {
        let others = self.listeners.iter().filter(|listener| listener.endpoint != endpoint);
        Self { kind: self.kind, listeners: others.copied().collect() }
    }

    /// Those for whom an event is that was decided then.
    pub fn at(&self, time: Timestamp) -> impl Iterator<Item = Listener> {
        self.listeners.iter().copied().filter(move |listener| listener.since <= time)
    }
}
