//! What goes out: typed replies, problems, and API Gateway's response format.

use crate::{Call, Error, Failure};
use kernel::{Problem, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

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
    body: Value,
}

impl Response {
    fn json(status: u16, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_value(body).map_err(Error::broken)?;
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
        let body = serde_json::to_value(problem).unwrap_or_else(|_| json!({ "status": problem.status }));
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
        self.headers.push(("cache-control", "no-store".to_owned()));
        let headers: serde_json::Map<String, Value> =
            self.headers.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
        let response = json!({
            "statusCode": self.status,
            "headers": headers,
            "body": self.body.to_string(),
            "isBase64Encoded": false,
        });
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
