//! A person leaves out a session of the present week.
//!
//! Called by a signed-in customer. It is not reminded of any more, and does not count as done when the week is judged
//! (less than half of it done: the programme holds, or repeats the week). Leaving it out again changes nothing; what
//! was done cannot be left out. A recording of that day is a workout of its own then. Announces
//! `training.workout-skipped.v1`. First does what is due to the run, which may announce `training.session-due.v1` and
//! `training.programme-completed.v1`.

use crate::session::{Session, SessionEvent};
use crate::store::DECISIONS;
use crate::this_week::{Refused, ThisWeek};
use crate::view::SessionView;
use kernel::{Count, EnrolmentId};
use platform::http::{self, Customer, Json, Path};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// Which session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({"week": 1, "session": 2}))]
pub struct SkipSession {
    /// The week of the run, from 1: the present one.
    pub week: Count<1, 200>,
    /// The session of the week, from 1.
    pub session: Count<1, 7>,
}

/// `POST /v1/training/enrolments/{enrolment}/skips`
pub fn function() -> Function {
    http::post("/v1/training/enrolments/{enrolment}/skips", skip_session)
}

/// Notes it, unless the session was done.
pub async fn skip_session(
    customer: Customer,
    Path(id): Path<EnrolmentId>,
    Json(request): Json<SkipSession>,
    Now(now): Now,
    training: Table,
) -> Result<http::Ok<SessionView>, Failure<Refused>> {
    for _ in 0..DECISIONS {
        let week = ThisWeek::read(&training, customer.account, id, now).await?;
        let (stored, session) = week.session(request.week, request.session)?;
        if session.is_completed() {
            return Err(Refused::Completed.into());
        }
        if session.skipped {
            return week.shown(&session);
        }
        let skipped = Session { skipped: true, ..session };
        let next = week.waits_with(&skipped);
        let run = training.transaction().replace(&week.run, &next, Vec::new());
        let both = run.write(stored, &skipped, vec![SessionEvent::Skipped]);
        if let Commit::Done = both.commit().await? {
            return week.shown(&skipped);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}
