//! A match or a whole request is wanted no longer.
//!
//! Consumes `services.request-cancelled.v1` and `matching.match-ended.v1`. A job that has begun goes on. If the client
//! cancelled the match that the job is of, the job is *cancelled*, which is announced and settled
//! (`jobs.job-cancelled.v1`); if the client knew of another one or of none, it is closed and nothing is settled. A
//! client who waits for what becomes of a match that nobody has any more is told by `jobs.request-released.v1`. A match
//! that ended otherwise closes its job. What overtakes the match is kept, so that the late match finds it.

use crate::store;
use contracts::matching::{MatchEnd, MatchEnded};
use contracts::services::RequestCancelled;
use platform::{Error, Function, Now, On, Table, events};

contracts::one_of! {
    /// What ends a job before its start.
    pub enum Unwanted {
        RequestCancelled,
        MatchEnded,
    }
}

/// On `services.request-cancelled.v1` and `matching.match-ended.v1`
pub fn function() -> Function {
    events::on(cancel_job)
}

/// Takes the turn of the request's course that this means.
pub async fn cancel_job(said: On<Unwanted>, Now(now): Now, jobs: Table) -> Result<(), Error> {
    match &*said {
        Unwanted::RequestCancelled(RequestCancelled { request, client, attempt }) => {
            store::take_turn(&jobs, *request, now, |course| course.cancelled(*client, *attempt), |_| None).await
        }
        Unwanted::MatchEnded(MatchEnded { request, attempt, end, .. }) => match end {
            // The client's own word says more, and comes as well.
            MatchEnd::ClientCancelled => Ok(()),
            MatchEnd::WorkerWithdrew | MatchEnd::Rematched => {
                store::take_turn(&jobs, *request, now, |course| course.ended(*attempt), |_| None).await
            }
        },
    }
}
