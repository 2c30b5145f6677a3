//! Secrets: kept in Secrets Manager, read when first needed, known for five minutes.
//!
//! A rotated secret has two values for a while: what is signed is signed with the current one, what is checked may
//! have been made with the previous one.

use crate::argument::broken;
use crate::aws::json::{JsonRequest, SECRETS};
use crate::retry::{Attempt, until_definite};
use crate::settings;
use crate::{Argument, Call, Error, World};
use aws_smithy_types::base64;
use kernel::Problem;
use serde::Deserialize;
use serde_json::json;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// How long a value is used before it is read again: a rotation is complete after it.
pub const KNOWN_FOR: Duration = Duration::from_secs(300);

/// The name of a secret.
pub trait SecretName: Send + Sync + 'static {
    /// Its name within the deployment: `stripe-webhook`.
    const NAME: &'static str;
}

/// The values of a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValues {
    /// What to use.
    pub current: Vec<u8>,
    /// What was used before the last rotation: still to be accepted.
    pub previous: Option<Vec<u8>>,
}

impl SecretValues {
    /// Both values, the current one first.
    pub fn accepted(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.current).chain(&self.previous).map(Vec::as_slice)
    }
}

impl std::fmt::Debug for SecretValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretValues(…)")
    }
}

/// The secret `S`.
#[derive(Clone)]
pub struct Secret<S> {
    world: Arc<World>,
    id: String,
    name: PhantomData<fn(S)>,
}

impl<S: SecretName> Secret<S> {
    /// Its values.
    pub async fn read(&self) -> Result<SecretValues, Error> {
        let now = self.world.host.now();
        if let Some(known) = self.world.known_secret(S::NAME, now) {
            return Ok(known);
        }
        let (current, previous) = crate::both(self.version("AWSCURRENT"), self.version("AWSPREVIOUS")).await?;
        let current = current.ok_or_else(|| Error::broken(format!("the secret {} has no value", S::NAME)))?;
        let values = SecretValues { current, previous };
        self.world.keep_secret(S::NAME, values.clone(), now.after(KNOWN_FOR));
        Ok(values)
    }

    async fn version(&self, stage: &str) -> Result<Option<Vec<u8>>, Error> {
        let input = json!({ "SecretId": self.id, "VersionStage": stage });
        let request: JsonRequest<Version> = SECRETS.request("GetSecretValue", &input)?;
        until_definite(&self.world, || async {
            match request.once(&self.world).await {
                Ok(version) => version.value().map_or_else(Attempt::Never, Attempt::Done),
                // Never rotated: there is no previous one.
                Err(failed) if failed.is("ResourceNotFoundException") => Attempt::Done(None),
                Err(failed) => failed.classify(),
            }
        })
        .await
    }
}

/// A version of a secret: a text, or bytes in base64.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    #[serde(default)]
    secret_string: Option<String>,
    #[serde(default)]
    secret_binary: Option<String>,
}

impl Version {
    /// What it holds. A secret that nobody filled in yet is none.
    fn value(self) -> Result<Option<Vec<u8>>, Error> {
        let value = match self.secret_binary {
            Some(bytes) => Some(base64::decode(bytes).map_err(|_| Error::broken("a secret is no base64"))?),
            None => self.secret_string.map(String::into_bytes),
        };
        Ok(value.filter(|bytes| !bytes.is_empty()))
    }
}

impl<S: SecretName> Argument for Secret<S> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let prefix = call.world.settings.get(settings::SECRETS).map_err(|error| broken(call, &error))?;
        Ok(Self {
            world: call.world.clone(),
            id: format!("{prefix}/{}", S::NAME),
            name: PhantomData,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.secrets.push(S::NAME);
    }
}
