//! What goes out: typed replies, problems, and API Gateway's response format.

use crate::{Call, Error, Failure};
use kernel::{Cursor, Problem, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// A result that an HTTP function may return.
pub trait Reply: Send + 'static {
    /// As a response.
    fn into_response(self, call: &Call) -> Response;

    /// Adds status, schema and problems to the description.
    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description);
}

/// A response on its way to the gateway.
#[derive(Debug)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// The problem's code, for the log.
    pub code: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
    /// JSON, a sheet, or nothing.
    body: String,
}

/// A response as API Gateway expects it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Encoded<'r> {
    status_code: u16,
    headers: BTreeMap<&'r str, &'r str>,
    body: &'r str,
    is_base64_encoded: bool,
}

impl Response {
    fn json(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_string(body).map_err(Error::broken)?;
        Ok(Self {
            status,
            code: None,
            headers: vec![("content-type", "application/json".to_owned())],
            body,
        })
    }

    /// A problem as a response.
    pub fn problem(problem: &Problem) -> Self {
        let mut headers = vec![("content-type", "application/problem+json".to_owned())];
        if let Some(seconds) = problem.retry_after {
            headers.push(("retry-after", seconds.to_string()));
        }
        // A problem is plain data; should it ever fail to serialize, its status still gets through.
        let body = serde_json::to_string(problem).unwrap_or_else(|_| json!({ "status": problem.status }).to_string());
        Self {
            status: problem.status,
            code: Some(problem.code),
            headers,
            body,
        }
    }

    /// The JSON that API Gateway expects. Every response names its request, so that a person can ask about it.
    pub fn encode(mut self, call: &Call) -> Result<Vec<u8>, Error> {
        self.headers.push(("x-request-id", call.request.clone()));
        if !self.headers.iter().any(|(name, _)| *name == "cache-control") {
            self.headers.push(("cache-control", "no-store".to_owned()));
        }
        let response = Encoded {
            status_code: self.status,
            headers: self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect(),
            body: &self.body,
            is_base64_encoded: false,
        };
        serde_json::to_vec(&response).map_err(Error::broken)
    }
}

/// 201: `body` was created under the path `location`.
#[derive(Debug)]
pub struct Created<T> {
    /// Where it can be read.
    pub location: String,
    /// Facts of its creation: the same at each repetition of the request.
    pub body: T,
}

/// 200: `body`, at `version` if it has one (`ETag`).
#[derive(Debug)]
pub struct Ok<T> {
    /// The version to send as `If-Match` with a change.
    pub version: Option<u64>,
    /// What was asked for.
    pub body: T,
}

/// 202: `body` says what will be done.
#[derive(Debug)]
pub struct Accepted<T> {
    /// What was taken on.
    pub body: T,
}

/// 200: `body`, a public document that anybody on the way may keep for a while.
#[derive(Debug)]
pub struct Cached<T> {
    /// For how many seconds.
    pub max_age_s: u32,
    /// What was asked for.
    pub body: T,
}

/// 200: a page of a list, as JSON or as a sheet, whichever the caller asked for.
#[derive(Debug)]
pub enum Sheet<T> {
    /// As JSON.
    Json(T),
    /// As `text/csv`, with the cursor of the next page in the header `x-next-cursor`.
    Csv {
        /// The sheet.
        text: String,
        /// Where the next page begins.
        next: Option<Cursor>,
    },
}

/// 204: it is done, and there is nothing to say about it.
#[derive(Clone, Copy, Debug)]
pub struct NoContent;

impl<T> Ok<T> {
    /// `body` at `version`.
    pub fn at(version: u64, body: T) -> Self {
        Self { version: Some(version), body }
    }
}

fn respond(call: &Call, response: Result<Response, Error>) -> Response {
    response.unwrap_or_else(|error| {
        call.log("error", "a reply could not be written", json!({ "cause": error.to_string() }));
        Response::problem(&error.problem())
    })
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Created<T> {
    fn into_response(self, call: &Call) -> Response {
        let mut response = respond(call, Response::json(201, &self.body));
        response.headers.push(("location", self.location));
        response
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reply::<T>(201);
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Ok<T> {
    fn into_response(self, call: &Call) -> Response {
        let mut response = respond(call, Response::json(200, &self.body));
        if let Some(version) = self.version {
            response.headers.push(("etag", format!("\"{version}\"")));
        }
        response
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reply::<T>(200);
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Accepted<T> {
    fn into_response(self, call: &Call) -> Response {
        respond(call, Response::json(202, &self.body))
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reply::<T>(202);
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Cached<T> {
    fn into_response(self, call: &Call) -> Response {
        let mut response = respond(call, Response::json(200, &self.body));
        if response.status == 200 {
            response.headers.push(("cache-control", format!("public, max-age={}", self.max_age_s)));
        }
        response
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reply::<T>(200);
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Reply for Sheet<T> {
    fn into_response(self, call: &Call) -> Response {
        let (body, next) = match self {
            Sheet::Json(body) => return respond(call, Response::json(200, &body)),
            Sheet::Csv { text, next } => (text, next),
        };
        let mut headers = vec![("content-type", "text/csv; charset=utf-8".to_owned())];
        headers.extend(next.map(|next| ("x-next-cursor", next.as_str().to_owned())));
        Response { status: 200, code: None, headers, body }
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.reply::<T>(200);
    }
}

impl Reply for NoContent {
    fn into_response(self, _: &Call) -> Response {
        Response {
            status: 204,
            code: None,
            headers: Vec::new(),
            body: String::new(),
        }
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.empty_reply();
    }
}

impl<T: Reply, R: Refusal + Send + 'static> Reply for Result<T, Failure<R>> {
    fn into_response(self, call: &Call) -> Response {
        match self {
            Result::Ok(reply) => reply.into_response(call),
            Err(failure) => {
                if let Failure::Failed(error) = &failure {
                    call.log("error", "the use case failed", json!({ "cause": error.to_string() }));
                }
                Response::problem(&failure.problem())
            }
        }
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        T::describe(description);
        description.problems(R::entries());
    }
}
