//! Services that take JSON: DynamoDB, KMS, Secrets Manager.

use super::{Failed, Request, Service};
use crate::retry::{Attempt, until_definite};
use crate::{Error, World};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A service that takes JSON.
#[derive(Clone, Copy, Debug)]
pub struct JsonService {
    service: Service,
    /// Before the operation's name.
    target: &'static str,
    media_type: &'static str,
}

/// Tables.
pub const DYNAMODB: JsonService = JsonService {
    service: Service::named("dynamodb"),
    target: "DynamoDB_20120810",
    media_type: "application/x-amz-json-1.0",
};

/// Keys.
pub const KMS: JsonService = JsonService {
    service: Service::named("kms"),
    target: "TrentService",
    media_type: "application/x-amz-json-1.1",
};

/// Secrets.
pub const SECRETS: JsonService = JsonService {
    service: Service::named("secretsmanager"),
    target: "secretsmanager",
    media_type: "application/x-amz-json-1.1",
};

/// A request whose answer is an `R`, ready to be sent again.
pub struct JsonRequest<R> {
    request: Request,
    answer: PhantomData<fn() -> R>,
}

impl JsonService {
    /// An operation with its input.
    pub(crate) fn request<R: DeserializeOwned>(
        &self,
        operation: &str,
        input: &impl Serialize,
    ) -> Result<JsonRequest<R>, Error> {
        // Most requests fit.
        let mut body = Vec::with_capacity(2048);
        serde_json::to_writer(&mut body, input).map_err(Error::broken)?;
        let request = Request {
            service: self.service,
            method: "POST",
            path: "/".to_owned(),
            headers: vec![
                ("content-type", self.media_type.to_owned()),
                ("x-amz-target", format!("{}.{operation}", self.target)),
            ],
            body: body.into(),
        };
        Ok(JsonRequest { request, answer: PhantomData })
    }
}

impl<R: DeserializeOwned> JsonRequest<R> {
    /// Sends it once.
    pub(crate) async fn once(&self, world: &World) -> Result<R, Failed> {
        let reply = world.aws.send(&self.request, world.host.now()).await?;
        // An answer that makes no sense is none: what was asked for may have happened.
        serde_json::from_slice(&reply.body).map_err(|_| Failed::NoAnswer)
    }

    /// Sends it until there is a definite answer; any error of the service's is one.
    pub(crate) async fn send(&self, world: &World) -> Result<R, Error> {
        until_definite(world, || async {
            match self.once(world).await {
                Ok(answer) => Attempt::Done(answer),
                Err(failed) => failed.classify(),
            }
        })
        .await
    }
}
