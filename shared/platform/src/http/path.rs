//! What the path and the conditional headers say.

use crate::argument::broken;
use crate::{Argument, Call, Failure};
use kernel::Problem;
use schemars::JsonSchema;
use std::str::FromStr;

/// The path's one parameter. What does not read as a `T` names nothing, so it is not found.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<T: FromStr + JsonSchema + Send> Argument for Path<T> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        let parameter = request.path_parameters().next().and_then(|text| text.parse().ok());
        parameter.map(Path).ok_or_else(nothing_here)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.path_parameter::<T>();
    }
}

/// There is nothing under this path that the caller may see.
pub fn not_found<R>() -> Failure<R> {
    Failure::Problem(Box::new(nothing_here()))
}

fn nothing_here() -> Problem {
    Problem::new(404, "not-found", "There is nothing here", "The path names nothing that this caller may see.")
}

/// What the caller says it saw (`If-Match`), if it says so.
#[derive(Clone, Copy, Debug)]
pub enum IfMatch {
    /// It does not say.
    Unconditional,
    /// Something, at whatever version: `*`.
    Any,
    /// This version: `"3"`.
    Version(u64),
}

impl IfMatch {
    /// Passes if a change may be made to what is at `version` now (0: absent).
    pub fn check<R>(&self, version: u64) -> Result<(), Failure<R>> {
        let matches = match self {
            IfMatch::Unconditional => true,
            IfMatch::Any => version > 0,
            IfMatch::Version(seen) => *seen == version,
        };
        if matches { Ok(()) } else { Err(Failure::Problem(Box::new(version_changed()))) }
    }
}

fn version_changed() -> Problem {
    let detail = "Read it again, decide again, and send the ETag that you were given then, in quotes.";
    Problem::new(412, "version-changed", "It is at another version", detail)
}

impl Argument for IfMatch {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        let Some(header) = request.header("if-match").map(str::trim) else {
            return Ok(IfMatch::Unconditional);
        };
        if header == "*" {
            return Ok(IfMatch::Any);
        }
        let tag = header.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
        // Digits only: `parse` alone would take a sign.
        let digits = tag.filter(|tag| tag.bytes().all(|byte| byte.is_ascii_digit()));
        let version = digits.and_then(|digits| digits.parse().ok());
        version.map(IfMatch::Version).ok_or_else(version_changed)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.if_match();
    }
}
