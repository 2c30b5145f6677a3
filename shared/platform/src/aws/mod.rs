//! Calls AWS' services: one signed request each, through one HTTP connector.
//!
//! Functions ask AWS for a dozen operations. The SDK's clients know hundreds, and laying a single call together takes
//! them a quarter of a millisecond of a processor, more than everything else a function does. So requests are written
//! and answers read here. How they travel (TLS, connections, time-outs) stays the SDK's: its HTTP connector is also
//! the seam at which the embedded cloud answers instead.

pub mod json;
mod network;
mod sigv4;
pub(crate) mod sns;
pub(crate) mod xml;

pub use network::{from_environment, partners, public};
pub use sigv4::{Presigning, presigned_query};

use crate::retry::{Attempt, is_not_now, until_definite};
use crate::{Error, World};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use kernel::Timestamp;
use serde::Deserialize;
use sigv4::{Signer, Signing};

/// A service: what its host name begins with, and what signatures call it.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    host: &'static str,
    name: &'static str,
}

impl Service {
    /// A service whose host name begins as signatures call it.
    pub const fn named(name: &'static str) -> Self {
        Self { host: name, name }
    }
}

/// Invokes functions.
pub const LAMBDA: Service = Service::named("lambda");
/// Keeps objects.
pub const S3: Service = Service::named("s3");
/// Sends e-mails.
pub const SES: Service = Service { host: "email", name: "ses" };

/// The way to AWS: where, as whom, and by which connector.
pub struct Aws {
    region: String,
    signer: Signer,
    /// Where all services are, if not at their own addresses: an emulator's.
    endpoint: Option<String>,
    connector: SharedHttpConnector,
}

/// Who calls AWS: the keys that Lambda gives to a function.
#[derive(Clone)]
pub struct Credentials {
    /// Names the secret key.
    pub access_key: String,
    /// Signs.
    pub secret_key: String,
    /// Comes with keys that end.
    pub session_token: Option<String>,
}

/// A request, ready to be sent again.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose.
    pub service: Service,
    /// GET, POST or PUT.
    pub method: &'static str,
    /// The path, of letters, digits and `-._~/` only.
    pub path: String,
    /// By lower-case name.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

/// A service's answer that all is well.
#[derive(Debug)]
pub struct Reply {
    /// Its head.
    head: HttpResponse,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The header of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)
    }
}

/// Why there is no such answer.
#[derive(Debug)]
pub enum Failed {
    /// It could not be sent as it is: nothing happened.
    Unsendable,
    /// There is none, or none that makes sense: what was asked for may have happened.
    NoAnswer,
    /// The service says that it did not do it.
    Refused(Refusal),
}

/// A service's error.
#[derive(Debug)]
pub struct Refusal {
    /// HTTP status code.
    pub status: u16,
    /// `ConditionalCheckFailedException`.
    pub code: String,
    /// What the service says.
    pub message: String,
    /// All of it.
    pub body: Bytes,
}

impl Aws {
    /// The way to AWS through `connector`; `endpoint` instead of the services' own addresses.
    pub fn new(
        region: String,
        credentials: Credentials,
        endpoint: Option<String>,
        connector: SharedHttpConnector,
    ) -> Self {
        let endpoint = endpoint.map(|url| url.trim_end_matches('/').to_owned());
        Self {
            signer: Signer::new(region.clone(), credentials),
            region,
            endpoint,
            connector,
        }
    }

    /// Sends a request once.
    pub async fn send(&self, request: &Request, now: Timestamp) -> Result<Reply, Failed> {
        let sent = self.signed(request, now).map_err(|()| Failed::Unsendable)?;
        let mut response = self.connector.call(sent).await.map_err(|_| Failed::NoAnswer)?;
        let body = ByteStream::new(response.take_body()).collect().await.map_err(|_| Failed::NoAnswer)?.into_bytes();
        match response.status().as_u16() {
            200..300 => Ok(Reply { head: response, body }),
            status => Err(Failed::Refused(Refusal::read(status, response.headers().get("x-amzn-errortype"), body))),
        }
    }

    /// The URL that lets whoever has it make a request of S3; `at` instead of its own address.
    pub(crate) fn presign(&self, wanted: &Presigning<'_>, at: Option<&str>, now: Timestamp) -> String {
        let base = at.map_or_else(|| self.base(S3), str::to_owned);
        let query = self.signer.presign(wanted, host_of(&base), now);
        format!("{}{}?{query}", base.trim_end_matches('/'), wanted.path)
    }

    /// Where a service is.
    fn base(&self, service: Service) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => format!("https://{}.{}.{}", service.host, self.region, domain(&self.region)),
        }
    }

    /// The request as it travels.
    fn signed(&self, request: &Request, now: Timestamp) -> Result<HttpRequest, ()> {
        let base = self.base(request.service);
        let signing = Signing {
            service: request.service.name,
            method: request.method,
            path: &request.path,
            host: host_of(&base),
            headers: &request.headers,
            body: &request.body,
        };
        let signed = self.signer.sign(&signing, now);
        let mut sent = HttpRequest::new(SdkBody::from(request.body.clone()));
        sent.set_method(request.method).map_err(|_| ())?;
        sent.set_uri(format!("{base}{}", request.path)).map_err(|_| ())?;
        let headers = sent.headers_mut();
        headers.try_insert("content-length", request.body.len().to_string()).map_err(|_| ())?;
        for (name, value) in request.headers.iter().cloned().chain(signed) {
            headers.try_insert(name, value).map_err(|_| ())?;
        }
        Ok(sent)
    }
}

/// The host in a base URL, with its port.
fn host_of(base: &str) -> &str {
    base.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or(rest)).unwrap_or_default()
}

/// Where the services of a region are.
fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

impl Refusal {
    /// Reads an error: its code is in a header, in JSON or in XML.
    fn read(status: u16, header: Option<&str>, body: Bytes) -> Self {
        #[derive(Default, Deserialize)]
        struct Told {
            #[serde(rename = "__type")]
            kind: Option<String>,
            #[serde(alias = "Message")]
            message: Option<String>,
        }
        let text = String::from_utf8_lossy(&body);
        let Told { kind, message } = serde_json::from_str(&text).unwrap_or_default();
        let code = header.map(str::to_owned).or(kind).or_else(|| xml::first(&text, "Code"));
        let message = message.or_else(|| xml::first(&text, "Message")).unwrap_or_default();
        // `com.amazonaws.dynamodb.v20120810#Code`, `Code:http://…`
        let code = code.unwrap_or_default();
        let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default().to_owned();
        drop(text);
        Self { status, code, message, body }
    }
}

impl Failed {
    /// Whether the service's error is this one.
    pub fn is(&self, code: &str) -> bool {
        matches!(self, Failed::Refused(refusal) if refusal.code == code)
    }

    /// Whether another attempt is worth it.
    pub(crate) fn classify<T>(&self) -> Attempt<T> {
        let (status, code, message) = match self {
            Failed::Unsendable => return Attempt::Never(Error::broken("the request could not be built")),
            Failed::NoAnswer => return Attempt::Again(Error::unavailable("no answer")),
            Failed::Refused(Refusal { status, code, message, .. }) => (status, code, message),
        };
        let cause = format!("{code}: {message}");
        match code.as_str() {
            "TransactionConflictException" | "TransactionInProgressException" => {
                Attempt::Again(Error::contended(cause))
            }
            code if is_not_now(code) || *status >= 500 => Attempt::Again(Error::unavailable(cause)),
            _ => Attempt::Never(Error::broken(cause)),
        }
    }
}

impl Request {
    /// Sends it until there is a definite answer; any error of the service's is one.
    pub(crate) async fn send(&self, world: &World) -> Result<Reply, Error> {
        until_definite(world, || async {
            match world.aws.send(self, world.host.now()).await {
                Ok(reply) => Attempt::Done(reply),
                Err(failed) => failed.classify(),
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_however_it_is_written() {
        let json = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#;
        let read = Refusal::read(400, None, Bytes::from_static(json));
        assert_eq!((read.code.as_str(), read.message.as_str()), ("ThrottlingException", "slow down"));
        let header = "com.amazonaws#TooManyRequestsException:http://internal.amazon.com/coral/#";
        let read = Refusal::read(429, Some(header), Bytes::from_static(br#"{"Message":"later"}"#));
        assert_eq!((read.code.as_str(), read.message.as_str()), ("TooManyRequestsException", "later"));
        let xml = b"<ErrorResponse><Error><Type>Sender</Type><Code>OptedOut</Code><Message>a &amp; b</Message></Error></ErrorResponse>";
        let read = Refusal::read(400, None, Bytes::from_static(xml));
        assert_eq!((read.code.as_str(), read.message.as_str()), ("OptedOut", "a & b"));
        assert_eq!(Refusal::read(502, None, Bytes::from_static(b"<html>")).code, "");
    }

    #[test]
    fn what_may_succeed_later_is_told_from_what_never_will() {
        let failed = |status, code: &str| {
            Failed::Refused(Refusal {
                status,
                code: code.to_owned(),
                message: String::new(),
                body: Bytes::new(),
            })
        };
        let again = |failed: Failed| matches!(failed.classify::<()>(), Attempt::Again(_));
        assert!(again(Failed::NoAnswer));
        assert!(again(failed(502, "")) && again(failed(400, "ThrottlingException")));
        assert!(again(failed(429, "TooManyRequestsException")) && again(failed(400, "TransactionConflictException")));
        assert!(!again(Failed::Unsendable));
        assert!(!again(failed(400, "ValidationException")) && !again(failed(403, "")));
    }
}
