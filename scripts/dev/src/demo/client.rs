//! The demo's client: it waits for a platform that is down, and repeats what got no answer.

use super::people::Person;
use journeys::{Answer, Api};
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long the platform may be away.
const PATIENCE: Duration = Duration::from_secs(180);

/// The API, and the sandbox and console beside it.
pub struct Client {
    api: Api,
}

impl Client {
    /// At this address.
    pub fn new(url: &str) -> Self {
        Self { api: Api::new(url, url) }
    }

    /// `POST path` with a key; as nobody, if nobody is given.
    pub fn post(&self, by: Option<&Person>, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        self.send(by, "POST", path, &[("idempotency-key", key)], Some(body))
    }

    /// `PUT path`.
    pub fn put(&self, by: &Person, path: &str, body: &Value) -> Result<Answer, String> {
        self.send(Some(by), "PUT", path, &[], Some(body))
    }

    /// `GET path`; as nobody, if nobody is given.
    pub fn get(&self, by: Option<&Person>, path: &str) -> Result<Answer, String> {
        self.send(by, "GET", path, &[], None)
    }

    /// What an app sends to the payment provider.
    pub fn stripe(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer, String> {
        self.again(|| self.api.form(&format!("/__sandbox/stripe{path}"), form))
    }

    /// Asks until there is an answer; an error if that takes too long.
    pub fn until<T>(&self, what: &str, ask: impl Fn() -> Result<Option<T>, String>) -> Result<T, String> {
        self.api.until(what, ask)
    }

    /// Waits until nothing is under way.
    pub fn quiet(&self) -> Result<(), String> {
        self.until("the platform comes to rest", || {
            let status = self.get(None, "/__local/status")?.expect(200)?;
            let waits = ["messages_waiting", "changes_unpublished"].iter().any(|name| status[*name] != 0);
            Ok((!waits && status["webhooks_waiting"] == false).then_some(()))
        })
    }

    fn send(
        &self,
        by: Option<&Person>,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let Some(person) = by else {
            return self.again(|| self.api.send(method, path, None, headers, body));
        };
        let token = person.token(self)?;
        let answer = self.again(|| self.api.send(method, path, Some(&token), headers, body))?;
        if answer.status != 401 {
            return Ok(answer);
        }
        // The token is good for ten minutes.
        let token = person.sign_in_again(self)?;
        self.again(|| self.api.send(method, path, Some(&token), headers, body))
    }

    /// Sends until there is a definite answer: not while the platform is down, busy or failing.
    #[allow(clippy::disallowed_methods, reason = "waiting for a platform of its own has a deadline in real time")]
    fn again(&self, send: impl Fn() -> Result<Answer, String>) -> Result<Answer, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let outcome = send();
            match &outcome {
                Ok(answer) if answer.status < 500 && answer.status != 429 => return outcome,
                _ if Instant::now() > deadline => return outcome,
                _ => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}
