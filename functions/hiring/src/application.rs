//! An application: what it holds. How it goes on is in [`life`](crate::life).

use crate::grading::Mastery;
use crate::person::Person;
use crate::sitting::Sitting;
use kernel::{AccountId, ApplicationId, TestId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An application to become a worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Application {
    /// Names it.
    pub id: ApplicationId,
    /// Whose it is.
    pub candidate: AccountId,
    /// How far it is.
    pub state: State,
    /// When it came.
    pub applied_at: Timestamp,
    /// Who applies; erased in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// The mark under which it stands beside those that are like it; erased with the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<String>,
    /// The tests, in the order in which they were assigned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sittings: Vec<Sitting>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Who ended it and why. Absent if nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// What the worker masters, if the candidate was hired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mastery: Option<Mastery>,
    /// Fingerprint of the request that made it; erased with the person, of whom it is a hash.
    pub request: String,
    /// For what it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far an application is.
///
/// ```text
/// received ──▶ testing ◀──▶ tested          (a manager assigns tests; each is graded, or its time is over)
///     └───────────┴───────────┴──▶ hired | rejected | withdrawn
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ApplicationState")]
pub enum State {
    /// It came; no test is assigned yet.
    Received,
    /// Some assigned test has no outcome yet.
    Testing,
    /// All assigned tests have one.
    Tested,
    /// The candidate was hired.
    Hired,
    /// The candidate was not.
    Rejected,
    /// The candidate does not want it any more.
    Withdrawn,
}

impl State {
    /// Its name, as documents write it.
    pub fn name(self) -> &'static str {
        match self {
            State::Received => "received",
            State::Testing => "testing",
            State::Tested => "tested",
            State::Hired => "hired",
            State::Rejected => "rejected",
            State::Withdrawn => "withdrawn",
        }
    }

    /// Whether something can still come of it.
    pub fn is_open(self) -> bool {
        matches!(self, State::Received | State::Testing | State::Tested)
    }
}

/// For what an application waits, until somebody looks after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// For a test to be begun or answered.
    Test,
    /// For the manager.
    Decision,
    /// For its person to be erased.
    Erasure,
}

impl Waiting {
    /// Its name in the index.
    pub fn name(self) -> &'static str {
        match self {
            Waiting::Test => "test",
            Waiting::Decision => "decision",
            Waiting::Erasure => "erasure",
        }
    }
}

/// A manager's decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    /// Who decided.
    pub manager: AccountId,
    /// Why somebody was hired without a passed test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The request's key.
    pub key: String,
    /// The request's fingerprint.
    pub fingerprint: String,
}

/// What an application announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationEvent {
    /// It came.
    Received,
    /// A test was assigned.
    TestAssigned(TestId),
    /// A test has an outcome.
    TestGraded(TestId),
    /// The candidate was hired.
    Hired,
    /// The candidate was not.
    Rejected,
}

impl Application {
    /// The candidate's sitting of a test.
    pub fn sitting(&self, test: TestId) -> Option<&Sitting> {
        self.sittings.iter().find(|sitting| sitting.test == test)
    }
}
