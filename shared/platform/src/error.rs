//! What can go wrong below a use case: one error type with an outside text and an inside cause.

use kernel::{Problem, Refusal};
use std::convert::Infallible;

/// A failure of the platform or of what lies below it. The cause is for the log; [`Error::problem`] is all that a
/// caller learns.
#[derive(Debug)]
pub enum Error {
    /// Something we depend on does not answer, throttles us, or gave no definite answer. What was asked for may have
    /// happened; the same request may be sent again.
    Unavailable {
        /// For the log.
        cause: String,
    },
    /// Others kept changing the same item in between.
    Contended {
        /// For the log.
        cause: String,
    },
    /// A mistake in code, configuration or stored data. Trying again does not help.
    Broken {
        /// For the log.
        cause: String,
    },
}

impl Error {
    /// [`Error::Unavailable`] because of `cause`.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable { cause: discreet(&cause.to_string()) }
    }

    /// [`Error::Contended`] because of `cause`.
    pub fn contended(cause: impl std::fmt::Display) -> Self {
        Self::Contended { cause: discreet(&cause.to_string()) }
    }

    /// [`Error::Broken`] because of `cause`.
    pub fn broken(cause: impl std::fmt::Display) -> Self {
        Self::Broken { cause: discreet(&cause.to_string()) }
    }

    /// Whether the same request may succeed later.
    pub fn retryable(&self) -> bool {
        match self {
            Error::Unavailable { .. } | Error::Contended { .. } => true,
            Error::Broken { .. } => false,
        }
    }

    /// What the caller of an HTTP function is told.
    pub fn problem(&self) -> Problem {
        match self {
            Error::Unavailable { .. } | Error::Contended { .. } => Problem::new(
                503,
                "try-again",
                "The service is busy",
                "Send the same request again, with the same Idempotency-Key if it had one.",
            )
            .retry_after(1),
            Error::Broken { .. } => Problem::new(
                500,
                "internal",
                "An unexpected error",
                "It was logged under the request's id. Sending the request again is safe.",
            ),
        }
    }
}

/// What an error says, without the values that it quotes: what a parser stumbles over may be somebody's name or secret,
/// and causes are logged. The names of fields and what was expected are ours.
pub(crate) fn discreet(text: &str) -> String {
    const QUOTES: [char; 2] = ['"', '`'];
    let Some(first) = text.find(QUOTES) else {
        return text.to_owned();
    };
    // The first quote is not of what was sent, nor is what stands before it.
    if ["missing field ", "duplicate field "].iter().any(|ours| text[..first].ends_with(ours)) {
        return text.to_owned();
    }
    // Behind the last text in quotation marks, the last that is expected is ours.
    let quoted = text.rfind('"').map_or(first, |last| last + 1);
    let expected = text[quoted..].rfind(", expected").map_or(text.len(), |at| quoted + at);
    let (said, expected) = text.split_at(expected);
    let last = said.rfind(QUOTES).unwrap_or(first);
    format!("{}…{}{expected}", &said[..first], &said[last + 1..])
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Unavailable { cause } => write!(f, "unavailable: {cause}"),
            Error::Contended { cause } => write!(f, "contended: {cause}"),
            Error::Broken { cause } => write!(f, "broken: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

/// Why a use case did not do what it was asked: it refuses for reasons `R` of its own, or something failed.
#[derive(Debug)]
pub enum Failure<R> {
    /// A reason of the use case's own.
    Refused(R),
    /// A reason that the platform knows, such as a reused idempotency key.
    Problem(Box<Problem>),
    /// Something failed.
    Failed(Error),
}

impl<R: Refusal> Failure<R> {
    /// What an HTTP caller is told.
    pub fn problem(&self) -> Problem {
        match self {
            Failure::Refused(refusal) => refusal.problem(),
            Failure::Problem(problem) => (**problem).clone(),
            Failure::Failed(error) => error.problem(),
        }
    }
}

impl<R: Refusal> From<R> for Failure<R> {
    fn from(refusal: R) -> Self {
        Failure::Refused(refusal)
    }
}

impl<R> From<Error> for Failure<R> {
    fn from(error: Error) -> Self {
        Failure::Failed(error)
    }
}

/// The failure of what has nobody to refuse anything to.
impl From<Failure<Infallible>> for Error {
    fn from(failure: Failure<Infallible>) -> Self {
        match failure {
            Failure::Failed(error) => error,
            Failure::Problem(problem) => Error::broken(problem.detail),
            Failure::Refused(never) => match never {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_does_not_say_what_was_sent() {
        for (said, logged) in [
            (
                r#"invalid type: string "Maria, \"M\"", expected i64 at line 1 column 25"#,
                "invalid type: string …, expected i64 at line 1 column 25",
            ),
            (
                "invalid type: integer `79990000000`, expected a string",
                "invalid type: integer …, expected a string",
            ),
            (
                "unknown field `maria@example.com`, expected `sku` or `title`",
                "unknown field …, expected `sku` or `title`",
            ),
            (r#"invalid value: string "a, expected b" at column 7"#, "invalid value: string … at column 7"),
            ("unknown field `a`, expected Maria`, expected `sku`", "unknown field …, expected `sku`"),
            ("missing field `sku` at line 1 column 2", "missing field `sku` at line 1 column 2"),
            (
                r#"invalid type: string "missing field `Maria`", expected i64"#,
                "invalid type: string …, expected i64",
            ),
            ("unknown field `missing field Maria`, there are no fields", "unknown field …, there are no fields"),
            ("ord_1 is not here yet", "ord_1 is not here yet"),
        ] {
            assert_eq!(discreet(said), logged);
        }
    }
}
