//! Looks at the requests that wait: started by the clock every minute.
//!
//! An offer whose time is over goes to the next worker. A request that nobody could do is decided again, until its
//! window ends: then `matching.request-unmatched.v1` is announced. Where requests are held back, those of each town are
//! decided at once ([`batch`](crate::batch)), and only what cannot wait is committed. It looks at a bounded number a
//! time, the longest due first, and one request that fails does not keep the others waiting.

use crate::batch;
use crate::deciding::Desk;
use crate::moving::move_request;
use crate::request::{Request, WAITING};
use crate::store;
use crate::town::Towns;
use contracts::matching::OfferEnd;
use platform::{Error, Function, Now, Setting, Stored, Table, schedule};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many requests one run looks at.
const MOST: usize = 200;

/// Every minute
pub fn function() -> Function {
    schedule::every(Duration::from_secs(60), match_waiting)
}

/// Goes through what is due.
pub async fn match_waiting(Setting(towns): Setting<Towns>, Now(now): Now, matching: Table) -> Result<(), Error> {
    let pipeline = store::pipeline(&matching).await?;
    let desk = Desk { matching: &matching, towns: &towns, pipeline: &pipeline, now };
    let (mut outcome, mut open) = (Ok(()), Vec::new());
    for request in matching.due::<Request>(WAITING, now).at_most(MOST).all().await? {
        match pass_lapsed_on(&desk, request).await {
            Ok(request) => open.extend(request),
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    if pipeline.policy().timing.hold_ms == 0 {
        for request in open {
            outcome = outcome.and(desk.decide(&request).await);
        }
        return outcome;
    }
    let mut towns_open = BTreeMap::<String, Vec<Stored<Request>>>::new();
    for request in open {
        if let Some(asked) = &request.value.asked {
            towns_open.entry(towns.of(asked.place).name.clone()).or_default().push(request);
        }
    }
    for requests in towns_open.into_values() {
        outcome = outcome.and(batch::decide_all(&desk, requests).await);
    }
    outcome
}

/// The request, if somebody is to be looked for. The list may be old: an offer is ended on the request as it stands.
async fn pass_lapsed_on(desk: &Desk<'_>, request: Stored<Request>) -> Result<Option<Stored<Request>>, Error> {
    if !request.value.lapsed(desk.now) {
        return Ok(Some(request).filter(|request| request.value.open().is_some()));
    }
    let lapse =
        |request: &Request| Ok(request.lapsed(desk.now).then(|| request.pass_on(OfferEnd::Lapsed, desk.now)).flatten());
    let moved = move_request(desk.matching, desk.towns, request.value.id, desk.now, lapse).await?;
    Ok(moved.filter(|request| request.value.open().is_some()))
}
