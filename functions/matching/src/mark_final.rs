//! A worker began a job, or did not come to it: the match is final.
//!
//! Consumes `jobs.job-started.v1` and `jobs.job-missed.v1`. From now on a cancellation changes nothing here, nor does a
//! manager. Where a manager chose somebody else before this was heard, the job of the earlier match counts: the later
//! match ends (`matching.match-ended.v1`, or `matching.offer-ended.v1` for an offer), and its slot is free again.
//! Repeated events change nothing.

use crate::moving::move_request;
use crate::request::Request;
use crate::town::Towns;
use contracts::jobs::{JobMissed, JobStarted};
use platform::{Error, Function, Now, On, Setting, Table, events};

contracts::one_of! {
    /// After what nobody else does a job.
    pub enum Final { JobStarted, JobMissed }
}

/// On `jobs.job-started.v1` and `jobs.job-missed.v1`
pub fn function() -> Function {
    events::on(mark_final)
}

/// Marks the match, or ends what took its place.
pub async fn mark_final(
    said: On<Final>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let (request, attempt) = match &said.event {
        Final::JobStarted(event) => (event.request, event.attempt),
        Final::JobMissed(event) => (event.request, event.attempt),
    };
    let decide = |found: &Request| Ok(found.make_final(attempt));
    let moved = move_request(&matching, &towns, request, now, decide).await?;
    moved.map(drop).ok_or_else(|| Error::unavailable(format!("{request} is not here yet")))
}
