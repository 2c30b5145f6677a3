//! The one seam: every call that a function makes to the outside, as the HTTP request that would travel.
//!
//! On Lambda the request goes to the network. Here it is handed to an [`Outside`]; faults, planted bugs and meters
//! are decorators of it, so that production code holds no switch for them.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use futures_util::future::BoxFuture;
use platform::aws::{Aws, Credentials};
use platform::world::Partners;
use platform::{Function, Host, World, settings::Settings};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A service that functions call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Service {
    /// Tables.
    DynamoDb,
    /// Keys that sign.
    Kms,
    /// Other functions.
    Lambda,
    /// A partner's API.
    Partner,
    /// An address that somebody named, on the public internet.
    Public,
    /// Objects.
    S3,
    /// Secrets.
    Secrets,
    /// E-mail.
    Ses,
    /// Topics, and text messages.
    Sns,
}

/// One call.
#[derive(Clone, Debug)]
pub struct OutsideCall {
    /// The function that calls.
    pub function: &'static str,
    /// Whom.
    pub service: Service,
    /// The operation, as AWS names it: `PutItem`. Of a partner: the method.
    pub operation: String,
    /// Where to: the partner or the host and its path, the object, the function. Empty where the body says it.
    pub target: String,
    /// The headers of a partner's request, by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The request's body: JSON, or a form for SNS.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// Headers that mean something.
    pub headers: Vec<(&'static str, String)>,
    /// The response's body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer without headers.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// 200 with a JSON body.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::new(200, body.to_string())
    }
}

/// There was none: the connection broke, before or after the call had its effect.
#[derive(Clone, Copy, Debug)]
pub struct NoAnswer;

/// Answers calls.
pub trait Outside: Send + Sync {
    /// Answers one call.
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>>;
}

/// Ends the host names of partners in the embedded cloud: `stripe.partner.local`.
pub const PARTNERS: &str = ".partner.local";

/// The region that the embedded cloud says it is.
pub(crate) const REGION: &str = "us-east-1";

/// As whom its functions call.
pub(crate) fn credentials() -> Credentials {
    Credentials {
        access_key: "local".to_owned(),
        secret_key: "local".to_owned(),
        session_token: None,
    }
}

/// The world of a function whose calls go to `outside`.
pub fn world(function: &Function, settings: Settings, host: Arc<dyn Host>, outside: Arc<dyn Outside>) -> Arc<World> {
    let connector = |public| {
        let outside = outside.clone();
        SharedHttpConnector::new(Connector { function: function.name, outside, public })
    };
    let aws = Aws::new(REGION.to_owned(), credentials(), None, connector(false));
    let way = |connector: SharedHttpConnector| Partners::new(move || Ok(connector.clone()));
    Arc::new(World::new(host, settings, aws, way(connector(false)), way(connector(true))))
}

/// The HTTP client of one function.
struct Connector {
    function: &'static str,
    outside: Arc<dyn Outside>,
    /// Whether it leads to public addresses alone.
    public: bool,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connector({})", self.function)
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = if self.public {
            read_public(self.function, &request)
        } else {
            read(self.function, &request)
        };
        let Some(call) = call else {
            let error = format!("{} is not part of the embedded cloud", request.uri());
            return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
        };
        let answer = self.outside.call(call);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(|NoAnswer| ConnectorError::io("the connection broke".into()))?;
            let status = answer.status.try_into().map_err(|_| ConnectorError::io("no HTTP status".into()))?;
            let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
            for (name, value) in answer.headers {
                response.headers_mut().insert(name, value);
            }
            Ok(response)
        })
    }
}

/// A request to an address that somebody named.
fn read_public(function: &'static str, request: &HttpRequest) -> Option<OutsideCall> {
    let headers = request.headers().iter();
    Some(OutsideCall {
        function,
        service: Service::Public,
        operation: request.method().to_owned(),
        target: request.uri().strip_prefix("https://")?.to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: request.body().bytes()?.to_vec(),
    })
}

/// What the request asks for, and whom: services with one address for everything say it in a header or in the form,
/// the others in the path.
fn read(function: &'static str, request: &HttpRequest) -> Option<OutsideCall> {
    let body = request.body().bytes()?.to_vec();
    let (_, rest) = request.uri().split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let header = |name: &str| request.headers().get(name);
    let mut target = String::new();
    let mut headers = BTreeMap::new();
    let (service, operation) = if let Some(partner) = host.strip_suffix(PARTNERS) {
        target = format!("{partner}{path}");
        headers.extend(request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        (Service::Partner, request.method().to_owned())
    } else if let Some((api, operation)) = header("x-amz-target").and_then(|target| target.split_once('.')) {
        let service = match api {
            "DynamoDB_20120810" => Service::DynamoDb,
            "TrentService" => Service::Kms,
            "secretsmanager" => Service::Secrets,
            _ => return None,
        };
        (service, operation.to_owned())
    } else {
        match (host.split('.').next()?, request.method(), path) {
            ("email", "POST", "/v2/email/outbound-emails") => (Service::Ses, "SendEmail".to_owned()),
            ("s3", "PUT", path) => {
                target = path.trim_start_matches('/').to_owned();
                (Service::S3, "PutObject".to_owned())
            }
            ("s3", "HEAD", path) => {
                target = path.trim_start_matches('/').to_owned();
                (Service::S3, "HeadObject".to_owned())
            }
            ("s3", "GET", path) => {
                target = path.trim_start_matches('/').to_owned();
                (Service::S3, "GetObject".to_owned())
            }
            ("lambda", "POST", path) => {
                target = path.strip_prefix("/2015-03-31/functions/")?.strip_suffix("/invocations")?.to_owned();
                (Service::Lambda, "Invoke".to_owned())
            }
            ("sns", "POST", _) => {
                let action = url::form_urlencoded::parse(&body).find(|(name, _)| name == "Action")?.1;
                (Service::Sns, action.into_owned())
            }
            _ => return None,
        }
    };
    Some(OutsideCall { function, service, operation, target, headers, body })
}
