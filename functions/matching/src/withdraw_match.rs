//! A worker withdrew from a job before it began.
//!
//! Consumes `jobs.job-withdrawn.v1`. The match ends (`matching.match-ended.v1`), the slot is free again unless it is
//! over, the worker does not get this request again, and somebody else is looked for at once. Killed in between, the
//! request is open and due: the event's next delivery or the clock goes on. A request that has ended stays as it is.

use crate::deciding::Desk;
use crate::moving::move_request;
use crate::request::Request;
use crate::store;
use crate::town::Towns;
use contracts::jobs::JobWithdrawn;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `jobs.job-withdrawn.v1`
pub fn function() -> Function {
    events::on(withdraw_match)
}

/// Ends the match, and decides again.
pub async fn withdraw_match(
    withdrawn: On<JobWithdrawn>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    let withdraw = |request: &Request| Ok(request.withdraw(withdrawn.attempt, now));
    let moved = move_request(&matching, &towns, withdrawn.request, now, withdraw).await?;
    let request = moved.ok_or_else(|| Error::unavailable(format!("{} is not here yet", withdrawn.request)))?;
    let pipeline = store::pipeline(&matching).await?;
    let desk = Desk { matching: &matching, towns: &towns, pipeline: &pipeline, now };
    desk.decide(&request).await
}
