//! Stripe's errors.

use crate::outside::Answer;
use serde_json::{Value, json};

/// What an endpoint answers.
pub type Reply = Result<Value, Refusal>;

/// An error.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// HTTP status code.
    pub status: u16,
    /// Whether the endpoint had begun to carry the request out: only then is the refusal remembered under its key.
    pub began: bool,
    error: Value,
}

impl Refusal {
    fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        let error = json!({ "type": kind, "message": message.into() });
        Self { status, began: false, error }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.error[name] = value.into();
        self
    }

    fn begun(mut self) -> Self {
        self.began = true;
        self
    }

    /// A request that makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// A parameter that makes no sense.
    pub fn parameter(code: &str, name: &str, message: impl Into<String>) -> Self {
        Self::invalid(message).with("code", code).with("param", name)
    }

    /// A parameter that must be there.
    pub fn missing(name: &str) -> Self {
        Self::parameter("parameter_missing", name, format!("Missing required param: {name}."))
    }

    /// Something that does not exist, named by a parameter.
    pub fn no_such(what: &str, id: &str, parameter: &str) -> Self {
        Self::parameter("resource_missing", parameter, format!("No such {what}: '{id}'"))
    }

    /// Something that does not exist, named by the path.
    pub fn not_found(what: &str, id: &str) -> Self {
        Self { status: 404, ..Self::no_such(what, id, "id") }
    }

    /// A path that does not exist.
    pub fn unknown_url(method: &str, path: &str) -> Self {
        Self::new(404, "invalid_request_error", format!("Unrecognized request URL ({method}: {path})."))
    }

    /// No key, or a wrong one.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(401, "invalid_request_error", message)
    }

    /// An app asks for what only a server may.
    pub fn secret_key_required() -> Self {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key.";
        Self::unauthorized(message).with("code", "secret_key_required")
    }

    /// An idempotency key was used with other parameters.
    pub fn other_parameters(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
             using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", message)
    }

    /// An idempotency key was used for another endpoint.
    pub fn other_endpoint(key: &str, first: &str, now: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{now}' vs \
             '{first}'). Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", message)
    }

    /// The state of something does not allow it.
    pub fn state(code: Option<&str>, message: impl Into<String>) -> Self {
        let refusal = Self::invalid(message).begun();
        match code {
            Some(code) => refusal.with("code", code),
            None => refusal,
        }
    }

    /// The state of an intent does not allow it.
    pub fn intent_state(message: impl Into<String>, intent: Value) -> Self {
        Self::state(Some("payment_intent_unexpected_state"), message).with("payment_intent", intent)
    }

    /// A card that is not charged: `error` is the intent's last payment error.
    pub fn card(error: &Value, intent: Value) -> Self {
        Self { status: 402, began: true, error: error.clone() }.with("payment_intent", intent)
    }

    /// The body.
    pub fn body(&self) -> Value {
        json!({ "error": self.error })
    }

    /// As it is answered.
    pub fn answer(&self) -> Answer {
        Answer::new(self.status, self.body().to_string())
    }
}
