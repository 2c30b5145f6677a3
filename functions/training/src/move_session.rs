//! A person moves a session of the present week to another of its days.
//!
//! Called by a signed-in customer. It is reminded of on its new day. Neither what was done or left out can be moved,
//! nor anything into the past or out of the week. Moving it to where it is changes nothing. First does what is due to
//! the run, which may announce `training.session-due.v1` and `training.programme-completed.v1`.

use crate::day::Day;
use crate::session::Session;
use crate::store::DECISIONS;
use crate::this_week::{Refused, ThisWeek};
use crate::view::SessionView;
use kernel::{Count, EnrolmentId};
use platform::http::{self, Customer, Json, Path};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// Which session, and where to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({"week": 1, "session": 2, "day": "2026-02-05"}))]
pub struct MoveSession {
    /// The week of the run, from 1: the present one.
    pub week: Count<1, 200>,
    /// The session of the week, from 1.
    pub session: Count<1, 7>,
    /// The day, from today to the end of the week.
    pub day: Day,
}

/// `POST /v1/training/enrolments/{enrolment}/moves`
pub fn function() -> Function {
    http::post("/v1/training/enrolments/{enrolment}/moves", move_session)
}

/// Notes the new day, and when to look after the run next.
pub async fn move_session(
    customer: Customer,
    Path(id): Path<EnrolmentId>,
    Json(request): Json<MoveSession>,
    Now(now): Now,
    training: Table,
) -> Result<http::Ok<SessionView>, Failure<Refused>> {
    for _ in 0..DECISIONS {
        let week = ThisWeek::read(&training, customer.account, id, now).await?;
        let (stored, session) = week.session(request.week, request.session)?;
        let run = &week.run.value;
        if session.is_completed() {
            return Err(Refused::Completed.into());
        }
        if session.skipped {
            return Err(Refused::Skipped.into());
        }
        if session.day == request.day {
            return week.shown(&session);
        }
        let first = run.first_day(run.present());
        let (from, to) = (first.max(run.clock.zone.day_of(now)), first.plus(6));
        if !(from..=to).contains(&request.day) {
            return Err(Refused::BadDay { from, to }.into());
        }
        let moved = Session { day: request.day, reminded: false, ..session };
        let next = week.waits_with(&moved);
        let both = training.transaction().replace(&week.run, &next, Vec::new());
        if let Commit::Done = both.write(stored, &moved, Vec::new()).commit().await? {
            return week.shown(&moved);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}
