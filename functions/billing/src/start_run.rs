//! A manager starts the run of a week that was missed.
//!
//! Called by a manager once the run is due. The clock begins the run of the last week by itself; this is for earlier
//! ones. A run that began before is left as it is, and the reply is the same. Followed by `billing.page-due.v1`.

use crate::begin_run::begin;
use crate::calendar::{Calendar, Period};
use crate::run::InvoiceDays;
use derive::Refusal;
use kernel::Timestamp;
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// A run that has begun.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BegunRun {
    /// The week.
    pub period: Period,
    /// What was entered from then on belongs to a later week.
    pub cut_off: Timestamp,
    /// When it began.
    pub begun_at: Timestamp,
}

/// Why a run does not begin.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The week's run is not due yet.
    #[problem(409, "run-not-due", "It is due at {due}.")]
    NotDue {
        /// When it is.
        due: Timestamp,
    },
}

/// `PUT /v1/runs/{period}`
pub fn function() -> Function {
    http::put("/v1/runs/{period}", start_run)
}

/// Begins the run, unless it was begun before.
pub async fn start_run(
    manager: Staff<Manager>,
    Path(period): Path<Period>,
    Now(now): Now,
    Setting(calendar): Setting<Calendar>,
    Setting(to_pay): Setting<InvoiceDays>,
    billing: Table,
) -> Result<http::Ok<BegunRun>, Failure<Refused>> {
    let due = calendar.run_of(period);
    if now < due {
        return Err(Refused::NotDue { due }.into());
    }
    let run = begin(&billing, period, &calendar, Some(manager.account), to_pay, now).await?;
    let body = BegunRun { period, cut_off: run.cut_off, begun_at: run.begun_at };
    Ok(http::Ok { version: None, body })
}
