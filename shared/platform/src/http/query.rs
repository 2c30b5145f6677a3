//! The query string, and what the caller wants to be answered with.

use crate::argument::broken;
use crate::{Argument, Call};
use kernel::{Count, Cursor, Problem};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The longest query string that is read, in bytes.
const MAX_QUERY: usize = 4096;

/// The query string, read as `T`. Unknown parameters are refused by `T` (`deny_unknown_fields`), bounds by its types.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send> Argument for Query<T> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        let query = request.raw_query_string.as_str();
        if query.len() > MAX_QUERY {
            return Err(invalid(&format!("it is longer than {MAX_QUERY} characters")));
        }
        let reader = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(reader).map(Query).map_err(|error| {
            let (path, reason) = (error.path().to_string(), error.inner().to_string());
            invalid(&if path == "." { reason } else { format!("{path}: {reason}") })
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.query::<T>();
    }
}

/// Which page of a list: all that most lists are asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The most entries on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

impl Paging {
    /// The most entries on it.
    pub fn limit(&self) -> u32 {
        self.limit.map_or(20, Count::get)
    }
}

/// Whether the caller's `Accept` prefers a sheet to JSON: it names `text/csv`.
#[derive(Clone, Copy, Debug)]
pub struct WantsCsv(pub bool);

impl Argument for WantsCsv {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        let accept = request.header("accept").unwrap_or_default();
        let media_type = |part: &str| part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Ok(WantsCsv(accept.split(',').any(|part| media_type(part) == "text/csv")))
    }
}

/// What a query string that says the wrong thing is answered.
pub(crate) fn invalid(reason: &str) -> Problem {
    Problem::new(400, "invalid-query", "The query is not as described", reason)
}
