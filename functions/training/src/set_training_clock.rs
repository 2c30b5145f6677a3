//! A person trains at another time, is in another time zone, or wants other reminders.
//!
//! Called by a signed-in customer for a run that goes on. Sessions keep their days and begin by the new clock; what was
//! reminded of already is not reminded of again. Setting what is already so changes nothing.
//! First does what is due to the run, which may announce `training.session-due.v1` and
//! `training.programme-completed.v1`.

use crate::day::Clock;
use crate::enrolment::State;
use crate::look_after::look_after;
use crate::session::Session;
use crate::store::{self, DECISIONS};
use derive::Refusal;
use kernel::EnrolmentId;
use platform::http::{self, Customer, Json, NoContent, Path};
use platform::{Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// The clock that is to hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"zone": "Asia/Tbilisi", "at": "07:30", "remind_minutes": 30}))]
pub struct SetTrainingClock(pub Clock);

/// Why the clock is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Reminders would come on the day before.
    #[problem(422, "reminder-too-early", "Be reminded on the day of the session: at most {most} minutes before it.")]
    TooEarly {
        /// How many minutes before.
        most: u32,
    },
    /// The run has ended.
    #[problem(409, "programme-ended", "This programme has ended for you.")]
    Ended,
}

/// `PUT /v1/training/enrolments/{enrolment}/clock`
pub fn function() -> Function {
    http::put("/v1/training/enrolments/{enrolment}/clock", set_training_clock)
}

/// Sets it, and when the run is to be looked after next.
pub async fn set_training_clock(
    customer: Customer,
    Path(id): Path<EnrolmentId>,
    Json(SetTrainingClock(clock)): Json<SetTrainingClock>,
    Now(now): Now,
    training: Table,
) -> Result<NoContent, Failure<Refused>> {
    for _ in 0..DECISIONS {
        let run = look_after(&training, customer.account, id, now).await?.ok_or_else(http::not_found)?;
        if run.value.state != State::Active {
            return Err(Refused::Ended.into());
        }
        if !clock.reminds_in_time() {
            return Err(Refused::TooEarly { most: clock.latest_reminder() }.into());
        }
        if run.value.clock == clock {
            return Ok(NoContent);
        }
        let plan = store::plan(&training, &run.value).await?;
        let known = store::sessions(&training, id, run.value.present()).await?;
        let known: Vec<Session> = known.into_iter().map(|session| session.value).collect();
        let mut next = run.value.clone();
        next.clock = clock.clone();
        let sessions = next.sessions(next.present(), &plan, &known);
        let next = next.waits(&sessions);
        if training.replace(&run, next, Vec::new()).await?.is_some() {
            return Ok(NoContent);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}
