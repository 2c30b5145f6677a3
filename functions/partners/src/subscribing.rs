//! Writes endpoints together with what follows from them: who listens to what, and how many a partner has.

use crate::audience::{Audience, Listener, Subscriber};
use crate::endpoint::{Endpoint, EndpointEvent};
use crate::lane::Lane;
use crate::offered::EventType;
use crate::store::{audience_key, endpoint_key, subscriber_key};
use futures_util::future::try_join_all;
use kernel::{AccountId, EndpointId, Timestamp};
use platform::http::not_found;
use platform::{Commit, Error, Failure, Stored, Table};
use std::collections::BTreeSet;

/// How often it is decided anew when others are faster.
pub const DECISIONS: usize = 8;

/// What became of a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// It is written.
    Done,
    /// Somebody changed something of it meanwhile: read and decide again.
    Overtaken,
    /// As many endpoints as can be listen to this type already.
    Crowded(EventType),
}

/// A change of an endpoint.
pub struct Change<'c> {
    /// As it was; none if it is new.
    pub old: Option<&'c Stored<Endpoint>>,
    /// As it is to be.
    pub new: &'c Endpoint,
    /// What its partner had and is to have, if that changes.
    pub subscriber: Option<(&'c Stored<Subscriber>, Subscriber)>,
}

/// Writes a change of an endpoint: it, its partner, and the audiences of the types that it begins or ends to want, all
/// or nothing.
pub async fn write(partners: &Table, change: Change<'_>, now: Timestamp) -> Result<Written, Error> {
    let Change { old, new, subscriber } = change;
    let wanted = |endpoint: &Endpoint| match endpoint.is_there() {
        true => endpoint.wish.types.clone(),
        false => BTreeSet::new(),
    };
    let (before, after) = (old.map(|old| wanted(&old.value)).unwrap_or_default(), wanted(new));
    let differing: Vec<EventType> = before.symmetric_difference(&after).copied().collect();
    let keys: Vec<_> = differing.iter().map(|kind| audience_key(*kind)).collect();
    let found = try_join_all(keys.iter().map(|key| partners.get::<Audience>(key))).await?;
    let events = vec![EndpointEvent::Changed];
    let mut transaction = match old {
        None => {
            let lane = Lane::new(new.id, new.partner, now);
            partners.transaction().create(new, events).create(&lane, Vec::new())
        }
        Some(old) => partners.transaction().replace(old, new, events),
    };
    if let Some((old, new)) = &subscriber {
        transaction = transaction.replace(old, new, Vec::new());
    }
    let listener = Listener { endpoint: new.id, partner: new.partner, since: now };
    for (kind, found) in differing.into_iter().zip(found) {
        let audience = found.as_ref().map_or_else(|| Audience::of(kind), |found| found.value.clone());
        let next = match after.contains(&kind) {
            true => audience.with(listener),
            false => Some(audience.without(new.id)),
        };
        let Some(next) = next else {
            return Ok(Written::Crowded(kind));
        };
        transaction = transaction.write(found.as_ref(), &next, Vec::new());
    }
    Ok(match transaction.commit().await? {
        Commit::Done => Written::Done,
        Commit::Refused(_) => Written::Overtaken,
    })
}

/// A partner's endpoint that was not removed, and the partner; 404 for anybody else's.
pub async fn own<R>(
    partners: &Table,
    partner: AccountId,
    id: EndpointId,
) -> Result<(Stored<Endpoint>, Stored<Subscriber>), Failure<R>> {
    let (endpoint, subscriber) = (endpoint_key(partner, id), subscriber_key(partner));
    let found = platform::both(partners.get::<Endpoint>(&endpoint), partners.get::<Subscriber>(&subscriber)).await?;
    match found {
        (Some(endpoint), Some(subscriber)) if endpoint.value.is_there() => Ok((endpoint, subscriber)),
        _ => Err(not_found()),
    }
}

/// Others kept changing it.
pub fn contended<R>(id: EndpointId) -> Failure<R> {
    Failure::Failed(Error::contended(format!("{id} kept changing")))
}
