//! Connections: to Amazon, trusting Amazon's roots only; to partners, trusting whatever the operating system does; and
//! to addresses that others name, where each address is looked at before anything is sent to it.

use super::{Aws, Credentials};
use crate::Error;
use crate::courier::PublicNames;
use crate::partner::read_body;
use crate::world::Partners;
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use std::time::Duration;

/// Amazon Trust Services' roots, as Mozilla's list has them. Reading all that the operating system trusts takes most
/// of a stock function's start.
const AMAZON_ROOTS: &str = include_str!("../amazon-roots.pem");

/// How long connecting to an address that others name may take, and how long the whole call.
const PUBLIC_CONNECT: Duration = Duration::from_secs(5);
const PUBLIC_ANSWER: Duration = Duration::from_secs(15);

/// How long connecting to a partner may take, and how long the whole call at most, its answer's body included.
const PARTNER_CONNECT: Duration = Duration::from_secs(3);
const PARTNER_ANSWER: Duration = Duration::from_secs(15);

/// How long connecting to Amazon may take, and how long an answer.
const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(3);

/// The way to AWS on Lambda, from what `variable` says of the environment.
pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Aws, Error> {
    let required = |name: &str| variable(name).ok_or_else(|| Error::broken(format!("{name} is not set")));
    let credentials = Credentials {
        access_key: required("AWS_ACCESS_KEY_ID")?,
        secret_key: required("AWS_SECRET_ACCESS_KEY")?,
        session_token: variable("AWS_SESSION_TOKEN"),
    };
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let limits = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(ANSWER).build();
    let connector = connector(roots, limits)?;
    Ok(Aws::new(required("AWS_REGION")?, credentials, variable("AWS_ENDPOINT_URL"), connector))
}

/// The way to partners, for a function that may run for `timeout`. Reading what the operating system trusts takes
/// longer than everything else at a start, so only functions that call partners do it.
///
/// A call may take two fifths of the function's time: one that is not answered and the one that repeats it leave enough
/// to write down that there was no answer, and to say so.
pub fn partners(timeout: Duration) -> Partners {
    let limit = PARTNER_ANSWER.min(timeout * 2 / 5);
    Partners::new(move || {
        let limits = HttpConnectorSettings::builder().connect_timeout(PARTNER_CONNECT).build();
        let inner = connector(TrustStore::default(), limits)?;
        Ok(SharedHttpConnector::new(InTime { inner, limit }))
    })
}

/// The way to addresses that others name. What a name stands for is looked up and judged by [`PublicNames`], and the
/// connection goes to an address that passed: what the name stands for a moment later does not matter. Redirects are
/// not followed.
pub fn public() -> Partners {
    Partners::new(|| {
        let limits =
            HttpConnectorSettings::builder().connect_timeout(PUBLIC_CONNECT).read_timeout(PUBLIC_ANSWER).build();
        let connector = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls(TrustStore::default())?)
            .proxy_config(ProxyConfig::disabled())
            .connector_settings(limits)
            .sleep_impl(TokioSleep::new());
        Ok(SharedHttpConnector::new(connector.build_with_resolver(PublicNames)))
    })
}

fn tls(roots: TrustStore) -> Result<TlsContext, Error> {
    TlsContext::builder().with_trust_store(roots).build().map_err(Error::broken)
}

fn connector(roots: TrustStore, limits: HttpConnectorSettings) -> Result<SharedHttpConnector, Error> {
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls(roots)?)
        .connector_settings(limits)
        .sleep_impl(TokioSleep::new());
    Ok(SharedHttpConnector::new(connector.build()))
}

/// Gives a call up that has not been answered in full by its limit. The connector's own limit on reading ends where the
/// answer's body begins, and a body can be as slow as it likes.
#[derive(Debug)]
struct InTime {
    inner: SharedHttpConnector,
    limit: Duration,
}

impl HttpConnector for InTime {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (call, limit) = (self.inner.call(request), self.limit);
        HttpConnectorFuture::new(async move {
            let answer = async {
                let mut response = call.await?;
                let body = std::mem::replace(response.body_mut(), SdkBody::taken());
                let body = read_body(body).await.map_err(ConnectorError::io)?;
                *response.body_mut() = SdkBody::from(body);
                Ok(response)
            };
            let answer = Timeout::new(answer, TokioSleep::new().sleep(limit)).await;
            answer.unwrap_or_else(|late| Err(ConnectorError::timeout(late.into())))
        })
    }
}
