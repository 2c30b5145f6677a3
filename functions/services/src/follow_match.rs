//! Matching says who does a request, or that nobody does (yet).
//!
//! Consumes what matching announces of requests. A match makes the request *matched*; one that ends before its job began
//! makes it *requested* again; nobody in time makes it *unmatched*, announced as `services.request-ended.v1`. Matches
//! are numbered, and of two the later one counts, in whatever order they are heard of. Repeated and late events change
//! nothing; neither does a match that ends because the client cancelled: what becomes of the job is for jobs to say.

use crate::request::{Match, ServiceRequest};
use crate::store;
use contracts::matching::{MatchEnd, MatchEnded, RequestMatched, RequestUnmatched, RequestWaiting};
use kernel::RequestId;
use platform::{Error, Function, Now, On, Table, events};

contracts::one_of! {
    /// What matching says of requests.
    pub enum Matching {
        RequestMatched,
        RequestWaiting,
        RequestUnmatched,
        MatchEnded,
    }
}

/// On what matching announces of requests
pub fn function() -> Function {
    events::on(follow_match)
}

/// Moves the request on as matching says.
pub async fn follow_match(said: On<Matching>, Now(now): Now, services: Table) -> Result<(), Error> {
    let step = |request: &ServiceRequest| match &*said {
        Matching::RequestMatched(RequestMatched { attempt, worker, from, until, .. }) => request.matched(
            Match {
                attempt: *attempt,
                worker: *worker,
                from: *from,
                until: *until,
            },
            now,
        ),
        Matching::RequestWaiting(_) => request.waiting(),
        Matching::RequestUnmatched(_) => request.never_matched(now),
        Matching::MatchEnded(MatchEnded { attempt, end, .. }) => match end {
            MatchEnd::ClientCancelled => None,
            MatchEnd::WorkerWithdrew | MatchEnd::Rematched => request.unmatched_again(*attempt, now),
        },
    };
    store::advance(&services, said.request(), step).await
}

impl Matching {
    fn request(&self) -> RequestId {
        match self {
            Matching::RequestMatched(event) => event.request,
            Matching::RequestWaiting(event) => event.request,
            Matching::RequestUnmatched(event) => event.request,
            Matching::MatchEnded(event) => event.request,
        }
    }
}
