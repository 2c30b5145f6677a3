//! What surrounds a started function. A world is made when the function starts and dies with it: caches live here,
//! never in statics.

use crate::settings::Settings;
use aws_types::SdkConfig;
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Region, credentials and the one HTTP client that every outside call crosses.
    pub aws: SdkConfig,
    clients: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl World {
    /// A world without any client yet.
    pub fn new(host: Arc<dyn Host>, settings: Settings, aws: SdkConfig) -> Self {
        Self { host, settings, aws, clients: Mutex::default() }
    }

    /// The client of type `C`, built at its first use. Only what a function's arguments ask for is ever linked.
    pub fn client<C: Clone + Send + Sync + 'static>(&self, build: impl FnOnce(&SdkConfig) -> C) -> C {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(TypeId::of::<C>()).or_insert_with(|| Arc::new(build(&self.aws)));
        match client.downcast_ref::<C>() {
            Some(client) => client.clone(),
            None => unreachable!("clients are kept under their own type"),
        }
    }
}
