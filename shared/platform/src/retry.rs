//! Sending a call again: which failures are worth it, how often, how long apart.

use crate::{Error, World};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::future::Future;
use std::time::Duration;

/// How often a call is sent at most. With the delays below that is about 3 s for a call that fails at once.
const ATTEMPTS: u32 = 8;
const FIRST_DELAY: Duration = Duration::from_millis(25);
const LONGEST_DELAY: Duration = Duration::from_millis(800);

/// What became of one attempt.
pub(crate) enum Attempt<T> {
    /// A definite answer.
    Done(T),
    /// No definite answer, or a definite "not now".
    Again(Error),
    /// Trying again does not help.
    Never(Error),
}

/// Runs `attempt` until it has a definite answer, with full jitter between attempts. An attempt without an answer may
/// have been applied: `attempt` must recognise its own effect.
pub(crate) async fn until_definite<T, F, Fut>(world: &World, attempt: F) -> Result<T, Error>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Attempt<T>>,
{
    let mut longest = FIRST_DELAY;
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Attempt::Done(value) => return Ok(value),
            Attempt::Never(error) => return Err(error),
            Attempt::Again(_) => {}
        }
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX).max(1);
        world.host.sleep(Duration::from_micros(world.host.random() % micros)).await;
        longest = (longest * 2).min(LONGEST_DELAY);
    }
    match attempt().await {
        Attempt::Done(value) => Ok(value),
        Attempt::Again(error) | Attempt::Never(error) => Err(error),
    }
}

/// Sends an SDK request (a fluent builder) until it has a definite answer, where any error of the service's own is one.
macro_rules! send {
    ($world:expr, $request:expr) => {
        $crate::retry::until_definite($world, || async {
            match $request.clone().send().await {
                Ok(output) => $crate::retry::Attempt::Done(output),
                Err(error) => $crate::retry::classify(&error),
            }
        })
        .await
    };
}
pub(crate) use send;

/// Whether an SDK call that failed without an answer of the service's own meaning is worth another attempt.
pub(crate) fn classify<T, E>(error: &SdkError<E>) -> Attempt<T>
where
    E: ProvideErrorMetadata,
{
    let Some(answer) = error.as_service_error() else {
        return match error {
            SdkError::ConstructionFailure(_) => Attempt::Never(Error::broken("the request could not be built")),
            // Not sent, sent without an answer, or an answer that makes no sense: it may have been applied.
            _ => Attempt::Again(Error::unavailable("no answer")),
        };
    };
    let code = answer.code().unwrap_or("unknown");
    let cause = format!("{code}: {}", answer.message().unwrap_or_default());
    match code {
        "TransactionConflictException" | "TransactionInProgressException" => Attempt::Again(Error::contended(cause)),
        _ if is_not_now(code) => Attempt::Again(Error::unavailable(cause)),
        _ if error.raw_response().is_some_and(|response| response.status().is_server_error()) => {
            Attempt::Again(Error::unavailable(cause))
        }
        _ => Attempt::Never(Error::broken(cause)),
    }
}

/// Whether this error means that the same call may succeed in a moment, whichever service says so.
pub(crate) fn is_not_now(code: &str) -> bool {
    matches!(
        code,
        "TransactionConflictException"
            | "TransactionInProgressException"
            | "ProvisionedThroughputExceededException"
            | "ThrottlingException"
            | "ThrottledException"
            | "Throttling"
            | "TooManyRequestsException"
            | "EC2ThrottledException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "InternalServerError"
            | "InternalError"
            | "InternalErrorException"
            | "ServiceException"
            | "ServiceUnavailable"
            | "SlowDown"
    )
}
