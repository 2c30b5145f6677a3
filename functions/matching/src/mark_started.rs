//! A worker began a job: the match is final.
//!
//! Consumes `jobs.job-started.v1`. From now on a cancellation changes nothing here, nor does a manager. The start of an
//! attempt that has ended changes nothing.

use crate::request::Request;
use crate::store::request_key;
use contracts::jobs::JobStarted;
use platform::{Decision, Error, Function, On, Stored, Table, events};

/// On `jobs.job-started.v1`
pub fn function() -> Function {
    events::on(mark_started)
}

/// Marks the match.
pub async fn mark_started(started: On<JobStarted>, matching: Table) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Request>>| {
        let request = found.ok_or_else(|| Error::unavailable(format!("{} is not here yet", started.request)))?;
        Ok(request
            .value
            .start(started.attempt)
            .map_or(Decision::Keep, |request| Decision::To(request, Vec::new())))
    };
    matching.advance(&request_key(started.request), decide).await
}
