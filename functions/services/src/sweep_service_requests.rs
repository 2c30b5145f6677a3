//! Finds requests whose next step was missed: once a day, over the whole table.
//!
//! A request that matching never answered, or whose cancellation jobs never answered, announces that once more: what
//! should have followed was lost on the way (its message is among somebody's dead letters). It remembers that it did, so
//! that a repeated start changes nothing. One that should have ended days ago is for people to look into. A request that
//! cannot be moved does not keep the others waiting.

use crate::request::ServiceRequest;
use crate::store;
use platform::{Error, Function, Log, Now, Scheduled, Table, TableWalk, schedule};
use serde_json::json;

/// Each day
pub fn function() -> Function {
    schedule::daily(3, 10, sweep_service_requests)
}

/// Walks through all requests and moves on those that are late. Fails in the end if one of them could not be.
pub async fn sweep_service_requests(
    _: Scheduled,
    Now(now): Now,
    log: Log,
    walk: TableWalk,
    services: Table,
) -> Result<(), Error> {
    let (mut from, mut outcome) = (None, Ok(()));
    loop {
        let page = walk.page::<ServiceRequest>(from.as_ref()).await?;
        for request in page.items.iter().map(|found| &found.value) {
            if request.is_stuck(now) {
                log.error("a request does not end", json!({ "request": request.id, "state": request.state }));
            }
            if request.overdue(now).is_some() {
                let moved = store::advance(&services, request.id, |request| request.overdue(now)).await;
                outcome = outcome.and(moved);
            }
        }
        from = page.next;
        if from.is_none() {
            return outcome;
        }
    }
}
