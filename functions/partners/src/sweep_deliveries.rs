//! The sweeper of deliveries: tries again what failed, and tries what nobody tried.
//!
//! Started by the clock every minute. Looks at the endpoints whose time has come, many at once, and at each sends what
//! is due, a few at a time, until one of them fails: a broken endpoint costs one try a run and holds up nobody but
//! itself. It does as much as it can before it reports what failed; what it does not come to is still due in the next
//! run. May announce `partners.endpoint-disabled.v1`.

use crate::delivery::Delivery;
use crate::endpoint::Endpoint;
use crate::endpoint_secret::EndpointSeal;
use crate::lane::{Lane, WAITING};
use crate::sending::{Desk, Sent};
use crate::store::{endpoint_key, in_lane, lane_key};
use futures_util::future::{join_all, ready};
use futures_util::stream::{self, StreamExt};
use kernel::Timestamp;
use platform::{Clock, Courier, Decision, Error, Function, Log, Secret, Stored, Table, schedule};
use std::time::Duration;

/// How many endpoints one run looks at: at five minutes each, runs keep up with five times as many.
const LANES: usize = 1000;
/// How many of them at once. Most have nothing to do and make room at once.
const LANES_AT_ONCE: usize = 50;
/// After how long a run begins with no other endpoint: the slowest one takes minutes, and Lambda ends a run after
/// fifteen.
const BEGINS: Duration = Duration::from_secs(600);
/// How many deliveries of one endpoint a run deals with: the slowest one keeps a run for less than two minutes.
const MOST: u32 = 20;
/// How many of them at once.
const AT_ONCE: usize = 4;

/// Every minute
pub fn function() -> Function {
    schedule::every(Duration::from_secs(60), sweep_deliveries).memory_mb(512)
}

/// Goes through the lanes that are due.
pub async fn sweep_deliveries(
    clock: Clock,
    log: Log,
    partners: Table,
    courier: Courier,
    seal: Secret<EndpointSeal>,
) -> Result<(), Error> {
    let now = clock.now();
    let lanes = partners.due::<Lane>(WAITING, now).at_most(LANES).all().await?;
    let desk = &Desk { partners, courier, seal, log, clock };
    let swept = lanes.into_iter().map(|lane| async move {
        match desk.clock.now() < now.after(BEGINS) {
            true => sweep(desk, lane.value).await,
            false => Ok(()),
        }
    });
    let swept = stream::iter(swept).buffer_unordered(LANES_AT_ONCE);
    swept.fold(Ok(()), |outcome, swept| ready(outcome.and(swept))).await
}

/// Sends what is due to one endpoint, and says when to look again.
async fn sweep(desk: &Desk, lane: Lane) -> Result<(), Error> {
    let due = in_lane(&desk.partners, lane.endpoint, desk.clock.now(), MOST).await?;
    let is_more = due.len() >= MOST as usize;
    let mut outcome = Ok(());
    // An endpoint that failed last time is tried with one.
    let (mut rest, mut at_once) = (&due[..], if lane.failing_since.is_some() { 1 } else { AT_ONCE });
    while !rest.is_empty() {
        let (some, others) = rest.split_at(at_once.min(rest.len()));
        let sent = join_all(some.iter().map(|delivery| send(desk, delivery))).await;
        let mut failed = false;
        for sent in sent {
            match sent {
                Ok(sent) => failed |= sent == Sent::Failed,
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        if failed || outcome.is_err() {
            rest = &[];
        } else {
            (rest, at_once) = (others, AT_ONCE);
        }
    }
    look_again(desk, &lane, is_more).await.and(outcome)
}

/// What is listed may be a little old: it is read again.
async fn send(desk: &Desk, listed: &Stored<Delivery>) -> Result<Sent, Error> {
    let found = desk.partners.get::<Delivery>(&platform::Item::key(&listed.value)).await?;
    match found {
        Some(delivery) => desk.send(delivery).await,
        None => Ok(Sent::Nothing),
    }
}

/// Writes down when the lane is looked at next; the lane of an endpoint that is gone is closed when it is empty.
async fn look_again(desk: &Desk, lane: &Lane, is_more: bool) -> Result<(), Error> {
    let now = desk.clock.now();
    let far = Timestamp::from_millis(i64::MAX);
    let first = in_lane(&desk.partners, lane.endpoint, far, 1).await?.into_iter().next();
    let endpoint = desk.partners.get::<Endpoint>(&endpoint_key(lane.partner, lane.endpoint)).await?;
    let is_there = endpoint.is_some_and(|endpoint| endpoint.value.is_there());
    let next = if is_more { Some(now) } else { first.as_ref().and_then(|first| first.value.due) };
    let decide = |found: Option<&Stored<Lane>>| {
        Ok(match found {
            None => Decision::Keep,
            Some(found) if !is_there && first.is_none() => Decision::To(found.value.closed(), Vec::new()),
            Some(found) => Decision::To(found.value.looked_at(next, now), Vec::new()),
        })
    };
    desk.partners.advance(&lane_key(lane.endpoint), decide).await
}
