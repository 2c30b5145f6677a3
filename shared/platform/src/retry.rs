//! Sending a call again: which failures are worth it, how often, how long apart.

use crate::{Error, World};
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

/// Whether this error means that the same call may succeed in a moment, whichever service says so.
pub(crate) fn is_not_now(code: &str) -> bool {
    matches!(
        code,
        "ProvisionedThroughputExceededException"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_not_now_is_tried_again() {
        for code in ["TooManyRequestsException", "ThrottlingException", "SlowDown"] {
            assert!(is_not_now(code), "{code}");
        }
        assert!(!is_not_now("AccessDeniedException"));
    }
}
