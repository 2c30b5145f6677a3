//! What the hiring context publishes: each step from an application to a worker.

use crate::{event, published};
use kernel::{AccountId, ApplicationId, Skills, TestId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Somebody applied to become a worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = person_example())]
pub struct ApplicationReceived {
    /// The application.
    pub application: ApplicationId,
    /// Who applied.
    pub candidate: AccountId,
}
event!(ApplicationReceived = "hiring.application-received.v1", about application);

/// A candidate is to take a test.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = TestAssigned::example())]
pub struct TestAssigned {
    /// The application.
    pub application: ApplicationId,
    /// Who is to take it.
    pub candidate: AccountId,
    /// The test.
    pub test: TestId,
    /// Until when it is to be begun.
    pub begin_until: Timestamp,
}
event!(TestAssigned = "hiring.test-assigned.v1", about application);

/// A candidate's test was graded, or its time is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = TestGraded::example())]
pub struct TestGraded {
    /// The application.
    pub application: ApplicationId,
    /// Who took it.
    pub candidate: AccountId,
    /// The test.
    pub test: TestId,
    /// Right answers in per cent, rounded down.
    pub percent: u8,
    /// Whether that is enough.
    pub passed: bool,
}
event!(TestGraded = "hiring.test-graded.v1", about application);

/// A candidate was hired.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = WorkerHired::example())]
pub struct WorkerHired {
    /// The application.
    pub application: ApplicationId,
    /// Who was hired.
    pub worker: AccountId,
    /// What the worker masters, and how well: what the tests showed.
    pub skills: Skills,
    /// Skills in which the worker did best. Names of `skills`.
    pub strengths: Vec<String>,
    /// Skills in which the worker did worst. Names of `skills`.
    pub weaknesses: Vec<String>,
}
event!(WorkerHired = "hiring.worker-hired.v1", about worker);

/// A candidate was not hired.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = person_example())]
pub struct ApplicationRejected {
    /// The application.
    pub application: ApplicationId,
    /// Who applied.
    pub candidate: AccountId,
}
event!(ApplicationRejected = "hiring.application-rejected.v1", about application);

published!(ApplicationReceived, TestAssigned, TestGraded, WorkerHired, ApplicationRejected);

fn person_example() -> Value {
    json!({"application": ApplicationId::from_bits(18), "candidate": AccountId::from_bits(3)})
}

impl TestAssigned {
    fn example() -> Value {
        json!({
            "application": ApplicationId::from_bits(18),
            "candidate": AccountId::from_bits(3),
            "test": TestId::from_bits(19),
            "begin_until": "2026-02-07T12:00:00.000Z",
        })
    }
}

impl TestGraded {
    fn example() -> Value {
        json!({
            "application": ApplicationId::from_bits(18),
            "candidate": AccountId::from_bits(3),
            "test": TestId::from_bits(19),
            "percent": 90,
            "passed": true,
        })
    }
}

impl WorkerHired {
    fn example() -> Value {
        json!({
            "application": ApplicationId::from_bits(18),
            "worker": AccountId::from_bits(3),
            "skills": {"windows": 4, "floors": 2},
            "strengths": ["windows"],
            "weaknesses": ["floors"],
        })
    }
}
