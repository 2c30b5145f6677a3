//! Secrets Manager, as far as functions use it.

use super::json_error;
use crate::outside::Answer;
use platform::SecretValues;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Begins the names of secrets.
pub const PREFIX: &str = "local";

/// Secrets that were set; any other one has a value for development that anybody can know.
#[derive(Debug, Default)]
pub struct Secrets(BTreeMap<String, SecretValues>);

impl Secrets {
    /// Sets a secret.
    pub fn set(&mut self, name: &str, values: SecretValues) {
        self.0.insert(name.to_owned(), values);
    }

    /// The values of a secret.
    pub fn get(&self, name: &str) -> SecretValues {
        let development = || SecretValues {
            current: format!("development-{name}").into_bytes(),
            previous: None,
        };
        self.0.get(name).cloned().unwrap_or_else(development)
    }

    /// Answers `GetSecretValue`.
    pub fn answer(&self, operation: &str, body: &[u8]) -> Answer {
        if operation != "GetSecretValue" {
            return json_error("AccessDeniedException", &format!("functions may not call {operation}"));
        }
        let Some(name) = name(body) else {
            return json_error("ResourceNotFoundException", "no such secret");
        };
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let values = self.get(&name);
        let value = match request["VersionStage"].as_str() {
            None | Some("AWSCURRENT") => Some(values.current),
            Some("AWSPREVIOUS") => values.previous,
            Some(_) => None,
        };
        match value {
            Some(value) => Answer::json(&json!({ "Name": name, "SecretString": String::from_utf8_lossy(&value) })),
            None => json_error("ResourceNotFoundException", "no such version"),
        }
    }
}

/// The name of the secret that a request asks for.
pub fn name(body: &[u8]) -> Option<String> {
    let request: Value = serde_json::from_slice(body).ok()?;
    Some(request["SecretId"].as_str()?.strip_prefix(PREFIX)?.strip_prefix('/')?.to_owned())
}
