//! Lambda, as far as functions use it: they invoke one another and wait for the answer.

use super::rest_error;
use crate::outside::Answer;

/// Begins the names of functions, as callers spell them.
pub const PREFIX: &str = "local";

/// The function that a call is for.
pub fn target(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX)?.strip_prefix('-')
}

/// What the caller is told: the function's answer, or (`None`) that it failed.
pub fn answered(answer: Option<Vec<u8>>) -> Answer {
    match answer {
        Some(body) => Answer::new(200, body),
        None => Answer {
            headers: vec![("x-amz-function-error", "Unhandled".to_owned())],
            ..Answer::new(200, r#"{"errorMessage":"it failed"}"#)
        },
    }
}

/// What the caller is told if there is no such function.
pub fn unknown(name: &str) -> Answer {
    rest_error(404, "ResourceNotFoundException", &format!("there is no function {name}"))
}
