//! Somebody looks at a person's planned sessions from a day to another, at most a quarter of a year.
//!
//! Called by the person, or by somebody to whom the person consented. Weeks that are still to come are shown as they will
//! be if all goes well.

use crate::day::Day;
use crate::enrolment::Enrolment;
use crate::session::Session;
use crate::store;
use crate::view::SessionView;
use derive::Refusal;
use kernel::AccountId;
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most days of a calendar.
const MOST_DAYS: i64 = 92;

/// Which days of whose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetCalendar {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Somebody who allowed the caller to look; the caller if it is not said.
    #[serde(default)]
    pub person: Option<AccountId>,
}

/// Planned sessions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrainingCalendar {
    /// By day.
    pub sessions: Vec<SessionView>,
}

/// Why there is no calendar.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The last day is before the first, or too far from it.
    #[problem(422, "bad-range", "Ask for 1 to {most} days.")]
    BadRange {
        /// The most days.
        most: i64,
    },
}

/// `GET /v1/training/calendar`
pub fn function() -> Function {
    http::get("/v1/training/calendar", get_calendar)
}

/// Reads the person's runs, and shows those of their sessions that lie in the range.
pub async fn get_calendar(
    reader: Customer,
    Query(query): Query<GetCalendar>,
    training: TableReader,
) -> Result<http::Ok<TrainingCalendar>, Failure<Refused>> {
    let GetCalendar { from, to, person } = query;
    if !(0..MOST_DAYS).contains(&to.since(from)) {
        return Err(Refused::BadRange { most: MOST_DAYS }.into());
    }
    let person = store::shown(&training, reader.account, person).await?;
    let mut sessions = Vec::new();
    for run in training.collection::<Enrolment>(person).await? {
        let Some(last) = run.position_of(to) else { continue };
        let first = run.position_of(from).unwrap_or(0);
        let plan = store::plan(&training, &run).await?;
        if run.week(first, &plan).is_none() {
            continue;
        }
        let known: Vec<Session> = training.collection::<Session>(run.id).await?;
        let planned = (first..=last).flat_map(|position| run.sessions(position, &plan, &known));
        let within = planned.filter(|session| (from..=to).contains(&session.day));
        sessions.extend(within.filter_map(|session| SessionView::of(&run, &plan, &session)));
    }
    sessions.sort_by_key(|session| (session.day, session.begins_at, session.session));
    Ok(http::Ok { version: None, body: TrainingCalendar { sessions } })
}
