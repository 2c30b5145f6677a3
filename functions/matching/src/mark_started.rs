//! A worker began a job: the match is final.
//!
//! Consumes `jobs.job-started.v1`. From now on a cancellation changes nothing here, nor does a manager. Where a manager
//! chose somebody else before this was heard, the one who began does it: the later match ends
//! (`matching.match-ended.v1`, or `matching.offer-ended.v1` for an offer), and its slot is free again. Repeated events
//! change nothing.

use crate::moving::move_request;
use crate::request::Request;
use crate::store::failed;
use crate::town::Towns;
use contracts::jobs::JobStarted;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `jobs.job-started.v1`
pub fn function() -> Function {
    events::on(mark_started)
}

/// Marks the match, or ends what took its place.
pub async fn mark_started(
    started: On<JobStarted>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let start = |request: &Request| Ok(request.start(started.attempt));
    let moved = move_request(&matching, &towns, started.request, now, start).await.map_err(failed)?;
    moved.map(drop).ok_or_else(|| Error::unavailable(format!("{} is not here yet", started.request)))
}
