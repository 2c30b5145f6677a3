//! A manager hires a candidate, or does not.
//!
//! Called by a manager with an `Idempotency-Key`; the same key again gets the same reply. Who is hired passed a test, or
//! the manager says why it is done in spite of that. Writes the application as *hired* with what the tests showed, and
//! announces `hiring.worker-hired.v1`, from which the account becomes a worker's; or as *rejected*, and announces
//! `hiring.application-rejected.v1`. Tests that have no outcome yet are not awaited any more.

use crate::application::{Application, Decided, State};
use crate::life::{Closed, NotHired};
use crate::settings::CandidateKeptDays;
use crate::store;
use derive::Refusal;
use kernel::{ApplicationId, Text, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Decision, Error, Failure, Function, Now, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is decided.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"verdict": "hire"}))]
pub struct DecideApplication {
    /// Whether the candidate becomes a worker.
    pub verdict: Verdict,
    /// Why the candidate is hired whatever the tests say. A test that was not passed shows a beginner then.
    #[serde(default)]
    pub override_reason: Option<Text<1, 500>>,
}

/// Whether a candidate becomes a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "HiringVerdict")]
pub enum Verdict {
    /// Yes.
    Hire,
    /// No.
    Reject,
}

/// The application is decided.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecidedApplication {
    /// Names it.
    pub id: ApplicationId,
    /// `hired` or `rejected`.
    pub state: State,
    /// When it was decided.
    pub closed_at: Timestamp,
}

/// Why an application is not decided.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The application has ended.
    #[problem(409, "application-closed", "An application is decided once, and not after it was withdrawn.")]
    Closed {
        /// The state it is in.
        state: State,
    },
    /// The candidate passed no test.
    #[problem(409, "nothing-passed", "Say why the candidate is hired without a passed test.")]
    NothingPassed,
}

/// `POST /v1/applications/{application}/decision`
pub fn function() -> Function {
    http::post("/v1/applications/{application}/decision", decide_application)
}

/// Decides on the application as it stands, and writes that if nobody was faster.
pub async fn decide_application(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Path(id): Path<ApplicationId>,
    Json(request): Json<DecideApplication>,
    Now(now): Now,
    Setting(kept): Setting<CandidateKeptDays>,
    hiring: Table,
) -> Result<http::Ok<DecidedApplication>, Failure<Refused>> {
    let decided = Decided {
        manager: manager.account,
        override_reason: request.override_reason.map(|reason| reason.as_str().to_owned()),
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
    };
    let decide = |found: Option<&Stored<Application>>| {
        let application = &found.ok_or_else(http::not_found)?.value;
        if let Some(known) = application.decided.as_ref().filter(|known| known.key == decided.key) {
            key.replays(&known.fingerprint)?;
            return Ok(Decision::Keep);
        }
        let (application, events) = match request.verdict {
            Verdict::Hire => application.hire(decided.clone(), now)?,
            Verdict::Reject => application.reject(decided.clone(), kept, now)?,
        };
        Ok(Decision::To(application, events))
    };
    let application = hiring.change(&store::application_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let closed_at = application.closed_at.ok_or_else(|| Error::broken(format!("{id} ended at no time")))?;
    let body = DecidedApplication { id, state: application.state, closed_at };
    Ok(http::Ok { version: None, body })
}

impl From<Closed> for Failure<Refused> {
    fn from(Closed(state): Closed) -> Self {
        Failure::Refused(Refused::Closed { state })
    }
}

impl From<NotHired> for Failure<Refused> {
    fn from(not: NotHired) -> Self {
        Failure::Refused(match not {
            NotHired::Closed(state) => Refused::Closed { state },
            NotHired::NothingPassed => Refused::NothingPassed,
        })
    }
}
