//! Every hour: requests for supplies whose job should have begun a day ago lapse.
//!
//! Started by the clock. Usually finds nothing: whatever becomes of a job that does not begin, jobs announce it
//! (`lapse-draw`). Where that was lost, the request would be shown to staff for ever. One that cannot be ended holds up
//! no other.

use crate::draw::{self, Draw};
use crate::lapse_draw::end_job;
use kernel::Timestamp;
use platform::{Error, Function, Now, Table, schedule};
use std::time::Duration;

/// Every hour
pub fn function() -> Function {
    schedule::every(Duration::from_secs(3600), sweep_draws)
}

/// Ends the jobs of all requests that are that old.
pub async fn sweep_draws(Now(now): Now, supplies: Table) -> Result<(), Error> {
    let grace = i64::try_from(draw::GRACE.as_millis()).map_err(Error::broken)?;
    let until = Timestamp::from_millis(now.as_millis() - grace);
    let (mut outcome, mut due) = (Ok(()), supplies.due::<Draw>(draw::WAITING, until));
    while let Some(draw) = due.next().await? {
        let Draw { job, worker, state, .. } = draw.value;
        if state == draw::State::Requested {
            outcome = outcome.and(end_job(&supplies, job, worker, now).await);
        }
    }
    outcome
}
