//! An HTTP request as API Gateway's HTTP APIs hand it over (payload format 2.0), reduced to what functions read.

use crate::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The largest body a function reads, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// The largest body that somebody signed, in bytes: partners send many things at once.
pub const MAX_RAW_BODY: usize = 1024 * 1024;

/// The request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `POST /v1/orders/{order}/cancel`: method and route as declared.
    pub route_key: String,
    /// By lower-case name.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    path_parameters: Option<BTreeMap<String, String>>,
    /// As it was sent, without the `?`.
    #[serde(default)]
    pub raw_query_string: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    request_context: RequestContext,
}

#[derive(Debug, Deserialize)]
struct RequestContext {
    #[serde(default)]
    http: Option<Origin>,
    #[serde(default)]
    authorizer: Option<Authorizer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origin {
    #[serde(default)]
    source_ip: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Authorizer {
    #[serde(default)]
    jwt: Option<Jwt>,
}

#[derive(Debug, Deserialize)]
struct Jwt {
    /// Claims as texts, as the gateway passes them.
    #[serde(default)]
    claims: BTreeMap<String, serde_json::Value>,
}

impl Request {
    /// Reads the gateway's JSON.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(payload).map_err(|error| Error::broken(format!("no HTTP event: {error}")))
    }

    /// The header of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// All headers, by lower-case name.
    pub fn headers(&self) -> &BTreeMap<String, String> {
        &self.headers
    }

    /// The address that the gateway was called from. Headers such as `X-Forwarded-For` are anybody's to write.
    pub fn source_ip(&self) -> Option<&str> {
        self.request_context.http.as_ref()?.source_ip.as_deref()
    }

    /// The path's parameters, decoded, in the order of their names.
    pub fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.path_parameters.iter().flat_map(|parameters| parameters.values()).map(String::as_str)
    }

    /// Whether the gateway checked a token.
    pub fn is_signed_in(&self) -> bool {
        self.request_context.authorizer.as_ref().is_some_and(|authorizer| authorizer.jwt.is_some())
    }

    /// A claim of the token that the gateway checked; numbers and texts alike as text.
    pub fn claim(&self, name: &str) -> Option<String> {
        let claims = &self.request_context.authorizer.as_ref()?.jwt.as_ref()?.claims;
        match claims.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// The body's bytes; `None` if there is none, if there are more than `most`, or no base64 where it says so.
    pub fn body_within(&self, most: usize) -> Option<Vec<u8>> {
        let body = self.body.as_deref().filter(|body| !body.is_empty())?;
        if body.len() > most * 4 / 3 + 4 {
            return None;
        }
        let bytes = match self.is_base64_encoded {
            true => aws_smithy_types::base64::decode(body).ok()?,
            false => body.as_bytes().to_vec(),
        };
        (bytes.len() <= most).then_some(bytes)
    }
}
