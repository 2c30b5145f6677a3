//! Connections: to Amazon, trusting Amazon's roots only; to partners, trusting whatever the operating system does; and
//! to addresses that others name, where each address is looked at before anything is sent to it.

use super::{Aws, Credentials};
use crate::Error;
use crate::courier::PublicNames;
use crate::world::Partners;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector};
use std::time::Duration;

/// Amazon Trust Services' roots, as Mozilla's list has them. Reading all that the operating system trusts takes most
/// of a stock function's start.
const AMAZON_ROOTS: &str = include_str!("../amazon-roots.pem");

/// How long connecting to an address that others name may take, and how long the whole call.
const PUBLIC_CONNECT: Duration = Duration::from_secs(5);
const PUBLIC_ANSWER: Duration = Duration::from_secs(15);

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
    let connector = connector(roots, Some(limits))?;
    Ok(Aws::new(required("AWS_REGION")?, credentials, variable("AWS_ENDPOINT_URL"), connector))
}

/// The way to partners. Reading what the operating system trusts takes longer than everything else at a start, so only
/// functions that call partners do it.
pub fn partners() -> Partners {
    Partners::new(|| connector(TrustStore::default(), None))
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

fn connector(roots: TrustStore, limits: Option<HttpConnectorSettings>) -> Result<SharedHttpConnector, Error> {
    let tls = tls(roots)?;
    let mut connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls);
    if let Some(limits) = limits {
        connector = connector.connector_settings(limits).sleep_impl(TokioSleep::new());
    }
    Ok(SharedHttpConnector::new(connector.build()))
}
