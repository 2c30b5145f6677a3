//! Secrets: kept in Secrets Manager, read when first needed, known for five minutes.
//!
//! A rotated secret has two values for a while: what is signed is signed with the current one, what is checked may
//! have been made with the previous one.

use crate::argument::broken;
use crate::retry::{Attempt, classify, until_definite};
use crate::settings::SECRETS;
use crate::{Argument, Call, Error, World, clients};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use kernel::Problem;
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
    client: aws_sdk_secretsmanager::Client,
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
        let request = self.client.get_secret_value().secret_id(&self.id).version_stage(stage);
        until_definite(&self.world, || async {
            match request.clone().send().await {
                // A secret that nobody filled in yet is none.
                Ok(output) => Attempt::Done(match (output.secret_binary, output.secret_string) {
                    (Some(bytes), _) => Some(bytes.into_inner()).filter(|bytes| !bytes.is_empty()),
                    (None, text) => text.map(String::into_bytes).filter(|bytes| !bytes.is_empty()),
                }),
                Err(error) => match error.as_service_error() {
                    // Never rotated: there is no previous one.
                    Some(GetSecretValueError::ResourceNotFoundException(_)) => Attempt::Done(None),
                    _ => classify(&error),
                },
            }
        })
        .await
    }
}

impl<S: SecretName> Argument for Secret<S> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let prefix = call.world.settings.get(SECRETS).map_err(|error| broken(call, &error))?;
        Ok(Self {
            world: call.world.clone(),
            client: clients::secrets(&call.world),
            id: format!("{prefix}/{}", S::NAME),
            name: PhantomData,
        })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        clients::secrets(world);
        Ok(())
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.secrets.push(S::NAME);
    }
}
