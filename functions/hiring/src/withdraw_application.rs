//! A candidate does not want to become a worker any more.
//!
//! Called by the application's candidate, until it is decided. Writes the application as *withdrawn*; who repeats it
//! changes nothing and gets the same reply. Nothing is announced: nobody was waiting but the manager's list. Who applied
//! is erased a while later.

use crate::application::{Application, State};
use crate::life::Closed;
use crate::settings::CandidateKeptDays;
use crate::store;
use derive::Refusal;
use kernel::{ApplicationId, Timestamp};
use platform::http::{self, Customer, Path};
use platform::{Decision, Error, Failure, Function, Now, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// The application is withdrawn.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WithdrawnApplication {
    /// Names it.
    pub id: ApplicationId,
    /// Always `withdrawn`.
    pub state: State,
    /// When it was withdrawn.
    pub closed_at: Timestamp,
}

/// Why an application is not withdrawn.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The application was decided.
    #[problem(409, "application-closed", "An application can be withdrawn until it is decided.")]
    Closed {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/applications/{application}/withdraw`
pub fn function() -> Function {
    http::post("/v1/applications/{application}/withdraw", withdraw_application)
}

/// Decides on the application as it stands, and writes that if nobody was faster.
pub async fn withdraw_application(
    customer: Customer,
    Path(id): Path<ApplicationId>,
    Now(now): Now,
    Setting(kept): Setting<CandidateKeptDays>,
    hiring: Table,
) -> Result<http::Ok<WithdrawnApplication>, Failure<Refused>> {
    let decide = |found: Option<&Stored<Application>>| {
        let application = found.map(|found| &found.value).filter(|found| found.candidate == customer.account);
        let next = application.ok_or_else(http::not_found)?.withdraw(kept, now)?;
        Ok(next.map_or(Decision::Keep, |(application, events)| Decision::To(application, events)))
    };
    let application = hiring.change(&store::application_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let closed_at = application.closed_at.ok_or_else(|| Error::broken(format!("{id} ended at no time")))?;
    let body = WithdrawnApplication { id, state: application.state, closed_at };
    Ok(http::Ok { version: None, body })
}

impl From<Closed> for Failure<Refused> {
    fn from(Closed(state): Closed) -> Self {
        Failure::Refused(Refused::Closed { state })
    }
}
