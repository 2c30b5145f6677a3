//! The one seam: every call that a function makes to the outside, as the HTTP request that its SDK client built.
//!
//! On Lambda the request goes to the network. Here it is handed to an [`Outside`]; faults, planted bugs and meters
//! are decorators of it, so that production code holds no switch for them.

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::timeout::TimeoutConfig;
use futures_util::future::BoxFuture;
use platform::{Function, Host, World, settings::Settings};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A service that functions call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Service {
    /// Tables.
    DynamoDb,
    /// Topics.
    Sns,
}

/// One call.
#[derive(Clone, Debug)]
pub struct OutsideCall {
    /// The function that calls.
    pub function: &'static str,
    /// Whom.
    pub service: Service,
    /// The operation, as AWS names it: `PutItem`.
    pub operation: String,
    /// The request's body: JSON for DynamoDB, a form for SNS.
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status code.
    pub status: u16,
    /// The response's body.
    pub body: Vec<u8>,
}

/// There was none: the connection broke, before or after the call had its effect.
#[derive(Clone, Copy, Debug)]
pub struct NoAnswer;

/// Answers calls.
pub trait Outside: Send + Sync {
    /// Answers one call.
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>>;
}

/// The world of a function whose calls go to `outside`.
pub fn world(function: &Function, settings: Settings, host: Arc<dyn Host>, outside: Arc<dyn Outside>) -> Arc<World> {
    let http = SharedHttpClient::new(Connector { function: function.name, outside });
    let credentials = Credentials::new("local", "local", None, None, "local");
    let aws = platform::clients::sdk_config("us-east-1".to_owned(), credentials, http)
        .time_source(SharedTimeSource::new(HostTime(host.clone())))
        .sleep_impl(SharedAsyncSleep::new(NoTimeout))
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Arc::new(World::new(host, settings, aws))
}

/// The host's clock, for signatures.
struct HostTime(Arc<dyn Host>);

impl std::fmt::Debug for HostTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostTime")
    }
}

impl TimeSource for HostTime {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0.now().as_millis().unsigned_abs())
    }
}

/// Time-outs are the scheduler's business: to the SDK, time never runs out.
#[derive(Debug)]
struct NoTimeout;

impl AsyncSleep for NoTimeout {
    fn sleep(&self, _: Duration) -> Sleep {
        Sleep::new(std::future::pending())
    }
}

/// The HTTP client of one function.
#[derive(Clone)]
struct Connector {
    function: &'static str,
    outside: Arc<dyn Outside>,
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connector({})", self.function)
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Some(call) = read(self.function, &request) else {
            let error = format!("{} is not part of the embedded cloud", request.uri());
            return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
        };
        let answer = self.outside.call(call);
        HttpConnectorFuture::new(async move {
            let Answer { status, body } =
                answer.await.map_err(|NoAnswer| ConnectorError::io("the connection broke".into()))?;
            let status = status.try_into().map_err(|_| ConnectorError::io("no HTTP status".into()))?;
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
}

/// What the request asks for: DynamoDB says it in a header, SNS in its form.
fn read(function: &'static str, request: &HttpRequest) -> Option<OutsideCall> {
    let body = request.body().bytes()?.to_vec();
    if let Some(target) = request.headers().get("x-amz-target") {
        let operation = target.strip_prefix("DynamoDB_20120810.")?.to_owned();
        return Some(OutsideCall { function, service: Service::DynamoDb, operation, body });
    }
    let operation = url::form_urlencoded::parse(&body).find(|(name, _)| name == "Action")?.1.into_owned();
    Some(OutsideCall { function, service: Service::Sns, operation, body })
}
