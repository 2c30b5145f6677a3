//! Bodies: JSON, and raw bytes whose signature somebody checks.

pub use super::request::{MAX_BODY, MAX_RAW_BODY};
use super::strict::Strict;
use crate::argument::broken;
use crate::{Argument, Call};
use kernel::Problem;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// The request's body, read as `T`. Unknown fields are refused by `T` (`deny_unknown_fields`), bounds by its types.
/// API Gateway passes JSON on as text, with U+FFFD for what is not UTF-8: such a body is refused, not stored damaged.
/// `MOST` is the largest body in bytes, for those few that need more than most: at most [`MAX_RAW_BODY`].
#[derive(Debug)]
pub struct Json<T, const MOST: usize = MAX_BODY>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send, const MOST: usize> Argument for Json<T, MOST> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let bytes = json_bytes(call, MOST)?;
        let text = str::from_utf8(&bytes).ok().filter(|text| !text.contains(char::REPLACEMENT_CHARACTER));
        let mut reader = serde_json::Deserializer::from_str(text.ok_or_else(|| invalid(".", "this is not UTF-8"))?);
        let value = serde_path_to_error::deserialize(Strict(&mut reader))
            .map_err(|error| invalid(&error.path().to_string(), &error.inner().to_string()))?;
        reader.end().map_err(|error| invalid(".", &error.to_string()))?;
        Ok(Json(value))
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.body::<T>();
    }
}

/// The request's body to the byte, with its headers: for webhooks, whose signature covers exactly that.
#[derive(Clone)]
pub struct RawBody {
    /// The body.
    pub bytes: Vec<u8>,
    headers: std::collections::BTreeMap<String, String>,
}

impl RawBody {
    /// The header of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

impl Argument for RawBody {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        let bytes = request
            .body_within(MAX_RAW_BODY)
            .ok_or_else(|| invalid(".", &format!("a body of at most {} kB is expected", MAX_RAW_BODY / 1024)))?;
        Ok(Self { bytes, headers: request.headers().clone() })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.raw_body();
    }
}

fn json_bytes(call: &Call, most: usize) -> Result<Vec<u8>, Problem> {
    let request = call.http().map_err(|error| broken(call, &error))?;
    let media_type = request.header("content-type").unwrap_or("application/json");
    if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(
            415,
            "media-type",
            "The body is of another media type",
            "Send application/json, in UTF-8.",
        ));
    }
    request
        .body_within(most)
        .ok_or_else(|| invalid(".", &format!("a JSON body of at most {} kB is expected", most / 1024)))
}

fn invalid(field: &str, reason: &str) -> Problem {
    // serde's own position would point into the body as API Gateway passed it on, which the caller cannot see.
    let reason = reason.split(" at line ").next().unwrap_or(reason);
    Problem::new(400, "invalid-body", "The body is not as described", format!("{field}: {reason}"))
        .with("field", field)
        .with("reason", reason)
}
