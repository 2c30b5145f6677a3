//! Lean SDK clients: configured by hand, all on one HTTP client.
//!
//! The stock set-up (`aws_config::load_from_env`) spends most of a cold start reading the operating system's
//! certificates. Functions talk to Amazon only, so they trust Amazon's roots only.

use crate::world::Partners;
use crate::{Error, World};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use std::time::Duration;

/// Amazon Trust Services' roots, as Mozilla's list has them.
const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

/// How long one attempt of a call may take, its connection included.
const ATTEMPT: Duration = Duration::from_secs(3);

/// The DynamoDB client of this world.
pub(crate) fn dynamodb(world: &World) -> aws_sdk_dynamodb::Client {
    world.client(aws_sdk_dynamodb::Client::new)
}

/// The SNS client of this world.
pub(crate) fn sns(world: &World) -> aws_sdk_sns::Client {
    world.client(aws_sdk_sns::Client::new)
}

/// The Lambda client of this world.
pub(crate) fn lambda(world: &World) -> aws_sdk_lambda::Client {
    world.client(aws_sdk_lambda::Client::new)
}

/// The Secrets Manager client of this world.
pub(crate) fn secrets(world: &World) -> aws_sdk_secretsmanager::Client {
    world.client(aws_sdk_secretsmanager::Client::new)
}

/// The SES client of this world.
pub(crate) fn mail(world: &World) -> aws_sdk_sesv2::Client {
    world.client(aws_sdk_sesv2::Client::new)
}

/// The KMS client of this world.
pub(crate) fn kms(world: &World) -> aws_sdk_kms::Client {
    world.client(aws_sdk_kms::Client::new)
}

/// The S3 client of this world. Buckets stand in the path: emulators have no host names for them.
pub(crate) fn s3(world: &World) -> aws_sdk_s3::Client {
    world.client(|config| {
        let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    })
}

/// What every client needs to know, wherever it runs. Retries are ours ([`crate::retry`]): they must recognise their
/// own effects and be ordered by the simulation.
pub fn sdk_config(region: String, credentials: Credentials, http: SharedHttpClient) -> aws_types::sdk_config::Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .retry_config(RetryConfig::disabled())
}

/// The configuration on Lambda, from what `variable` says of the environment.
pub(crate) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, Error> {
    let required = |name: &str| variable(name).ok_or_else(|| Error::broken(format!("{name} is not set")));
    let credentials = Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).build();
    let config = sdk_config(required("AWS_REGION")?, credentials, network()?)
        .timeout_config(timeouts)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()));
    Ok(match variable("AWS_ENDPOINT_URL") {
        Some(url) => config.endpoint_url(url).build(),
        None => config.build(),
    })
}

/// The way to partners: whatever the operating system trusts. Reading that takes longer than everything else at a
/// start, so only functions that call partners do it.
pub(crate) fn partners() -> Partners {
    Partners::new(|| {
        let tls = TlsContext::builder().with_trust_store(TrustStore::default()).build().map_err(Error::broken)?;
        let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build();
        Ok(SharedHttpConnector::new(connector))
    })
}

/// HTTPS (and plain HTTP for emulators on the same machine) that trusts Amazon's roots only.
fn network() -> Result<SharedHttpClient, Error> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder().with_trust_store(roots).build().map_err(Error::broken)?;
    let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build();
    Ok(SharedHttpClient::new(Network(SharedHttpConnector::new(connector))))
}

/// One connector for all clients, ready before the first invocation. The SDK's own HTTP client makes one for each SDK
/// client, only to see that it can, and makes the one that is used during the first call.
#[derive(Debug)]
struct Network(SharedHttpConnector);

impl HttpClient for Network {
    // The settings are an SDK client's time-outs for connecting and reading; the one for the whole attempt, which the
    // SDK itself keeps, is shorter.
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.0.clone()
    }
}
