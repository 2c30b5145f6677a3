//! What surrounds a started function. A world is made when the function starts and dies with it: caches live here,
//! never in statics.

use crate::Error;
use crate::aws::Aws;
use crate::secrets::SecretValues;
use crate::settings::Settings;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// What a function gets from where it runs: Lambda, or the embedded cloud (in real or in simulated time).
pub trait Host: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// 64 random bits.
    fn random(&self) -> u64;

    /// Completes after `duration`.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Takes one line of structured log (JSON without a line break).
    fn log(&self, line: &str);
}

/// What surrounds a started function.
pub struct World {
    /// Where it runs.
    pub host: Arc<dyn Host>,
    /// What it was told at deployment.
    pub settings: Settings,
    /// The way to AWS, which every outside call crosses.
    pub aws: Aws,
    /// The way to partners, which is not the way to Amazon: other certificates are trusted there.
    pub partners: Partners,
    /// The way to addresses that others name, which leads to public ones only.
    pub public: Partners,
    secrets: Mutex<HashMap<&'static str, (Timestamp, SecretValues)>>,
}

/// Makes the connector to partners when a function first needs it.
pub struct Partners {
    make: Box<dyn Fn() -> Result<SharedHttpConnector, Error> + Send + Sync>,
    made: OnceLock<SharedHttpConnector>,
}

impl Partners {
    /// Made by `make`.
    pub fn new(make: impl Fn() -> Result<SharedHttpConnector, Error> + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), made: OnceLock::new() }
    }

    pub(crate) fn connector(&self) -> Result<SharedHttpConnector, Error> {
        if let Some(made) = self.made.get() {
            return Ok(made.clone());
        }
        let made = (self.make)()?;
        Ok(self.made.get_or_init(|| made).clone())
    }
}

impl World {
    /// A world in which nothing is known yet.
    pub fn new(host: Arc<dyn Host>, settings: Settings, aws: Aws, partners: Partners, public: Partners) -> Self {
        Self {
            host,
            settings,
            aws,
            partners,
            public,
            secrets: Mutex::default(),
        }
    }

    /// A secret that was read and may still be used.
    pub(crate) fn known_secret(&self, name: &str, now: Timestamp) -> Option<SecretValues> {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(name).filter(|(until, _)| now < *until).map(|(_, values)| values.clone())
    }

    /// Keeps a secret that was read.
    pub(crate) fn keep_secret(&self, name: &'static str, values: SecretValues, until: Timestamp) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).insert(name, (until, values));
    }
}
