//! A request to the functions of a stage, put together part by part.

use crate::cloud::API;
use crate::stage::Stage;
use crate::trigger::{HttpRequest, HttpResponse, claims};
use kernel::Principal;
use platform::Function;
use platform::function::Trigger;
use serde_json::Value;
use std::time::Duration;

/// A request under way: caller, path parameter, headers, body.
pub struct Ask<'s> {
    stage: &'s Stage,
    function: &'static str,
    principal: Option<Principal>,
    request: HttpRequest,
    claims: Vec<(&'static str, Option<String>)>,
}

impl<'s> Ask<'s> {
    pub(crate) fn new(stage: &'s Stage, function: &'static str) -> Self {
        let mut request = HttpRequest::default();
        request.headers.insert("content-type".to_owned(), "application/json".to_owned());
        Self {
            stage,
            function,
            principal: None,
            request,
            claims: Vec::new(),
        }
    }

    /// The stage it is made on.
    pub fn stage(&self) -> &'s Stage {
        self.stage
    }

    /// With another value of this claim, or without it.
    #[must_use]
    pub fn claim(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.claims.push((name, value.map(str::to_owned)));
        self
    }

    /// Sent by `principal`; without it nobody is signed in.
    #[must_use]
    pub fn by(mut self, principal: &Principal) -> Self {
        self.principal = Some(principal.clone());
        self
    }

    /// With this value of the path's parameter.
    #[must_use]
    pub fn at(mut self, value: impl ToString) -> Self {
        self.request.path.insert("parameter".to_owned(), value.to_string());
        self
    }

    /// With this query string, without the `?`.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        self.request.query = query.to_owned();
        self
    }

    /// With this `Idempotency-Key`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sent from this address.
    #[must_use]
    pub fn sent_from(mut self, address: &str) -> Self {
        address.clone_into(&mut self.request.source_ip);
        self
    }

    /// With this header, named in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sends it with a JSON body.
    pub fn send(self, body: &Value) -> HttpResponse {
        self.send_text(Some(body.to_string()))
    }

    /// Sends it without a body.
    pub fn get(self) -> HttpResponse {
        self.send_text(None)
    }

    /// Sends it with whatever this is.
    pub fn send_text(mut self, body: Option<String>) -> HttpResponse {
        let stage = self.stage;
        if let Some(principal) = &self.principal {
            let expires = stage.now().after(Duration::from_secs(600));
            self.request.claims = claims(principal, stage.cloud.issuer(), API, expires);
        }
        for (name, value) in self.claims {
            match value {
                Some(value) => self.request.claims.insert(name.to_owned(), Value::String(value)),
                None => self.request.claims.remove(name),
            };
        }
        let trigger = stage.cloud.function(self.function).map(|function: &Function| function.trigger.clone());
        if let Some(Trigger::Http { method, path }) = trigger {
            self.request.route = format!("{method} {path}");
        }
        self.request.body = body;
        let answer = stage.invoke(self.function, self.request.event("stage"));
        answer.map_or_else(|_| HttpResponse::internal(), |answer| HttpResponse::of(&answer))
    }
}
