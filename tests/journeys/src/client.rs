//! A client of the public API, as an app would be.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// The API and where its tokens come from.
pub struct Api {
    url: String,
    issuer: String,
    agent: ureq::Agent,
    /// Names of this run, so that journeys can be repeated on one deployment.
    run: String,
    next: AtomicU64,
}

/// A person with a token.
#[derive(Clone, Debug)]
pub struct Caller {
    token: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The body; null if it is no JSON.
    pub body: Value,
    /// The `ETag`, if there is one.
    pub etag: Option<String>,
}

impl Answer {
    /// The body, if the status is this one.
    pub fn expect(self, status: u16) -> Result<Value, String> {
        match self.status == status {
            true => Ok(self.body),
            false => Err(format!("{} instead of {status}: {}", self.status, self.body)),
        }
    }
}

impl Api {
    /// The API at `url`, with tokens from the development signer at `issuer`.
    #[allow(clippy::disallowed_methods, reason = "names of a run differ from those of the last one")]
    pub fn new(url: &str, issuer: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(35)))
            .build();
        let run = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self {
            url: url.trim_end_matches('/').to_owned(),
            issuer: issuer.trim_end_matches('/').to_owned(),
            agent: config.into(),
            run: format!("{run:x}"),
            next: AtomicU64::new(1),
        }
    }

    /// A name that nobody used before: an idempotency key, a SKU, an account.
    pub fn fresh(&self, what: &str) -> String {
        format!("{what}-{}-{:08}", self.run, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody new with this role.
    pub fn sign_in(&self, role: &str) -> Result<Caller, String> {
        let body = json!({ "roles": [role], "account": self.fresh(role) });
        let url = format!("{}/__local/tokens", self.issuer);
        let sent = self.agent.post(&url).content_type("application/json").send(body.to_string());
        let token = read(sent)?.expect(201)?;
        let token = token["access_token"].as_str().ok_or("the signer gave no token")?;
        Ok(Caller { token: token.to_owned() })
    }

    /// `GET path`.
    pub fn get(&self, caller: &Caller, path: &str) -> Result<Answer, String> {
        let request = self.agent.get(format!("{}{path}", self.url));
        read(request.header("authorization", format!("Bearer {}", caller.token)).call())
    }

    /// `PUT path` with a JSON body.
    pub fn put(&self, caller: &Caller, path: &str, body: &Value) -> Result<Answer, String> {
        let request = self.agent.put(format!("{}{path}", self.url)).content_type("application/json");
        read(request.header("authorization", format!("Bearer {}", caller.token)).send(body.to_string()))
    }

    /// `POST path` with an idempotency key and a JSON body.
    pub fn post(&self, caller: &Caller, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        let request = self.agent.post(format!("{}{path}", self.url)).content_type("application/json");
        let request = request.header("idempotency-key", key);
        read(request.header("authorization", format!("Bearer {}", caller.token)).send(body.to_string()))
    }

    /// Any request, with a token or without one.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body.to_string());
                self.agent.run(request.map_err(|error| error.to_string())?)
            }
            None => self.agent.run(request.body(()).map_err(|error| error.to_string())?),
        };
        read(sent)
    }

    /// `POST path` with a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let fields = fields.iter().copied();
        read(self.agent.post(format!("{}{path}", self.url)).send_form(fields))
    }

    /// `POST path` by nobody.
    pub fn post_unsigned(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let request = self.agent.post(format!("{}{path}", self.url)).content_type("application/json");
        read(request.send(body.to_string()))
    }

    /// Asks until there is an answer; an error if that takes too long.
    #[allow(clippy::disallowed_methods, reason = "waiting for a system of its own has a deadline in real time")]
    pub fn until<T>(&self, what: &str, ask: impl Fn() -> Result<Option<T>, String>) -> Result<T, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            if Instant::now() > deadline {
                return Err(format!("{what}: not within {} s", PATIENCE.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, String> {
    let mut response = sent.map_err(|error| error.to_string())?;
    let etag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(|error| error.to_string())?;
    Ok(Answer {
        status,
        body: serde_json::from_str(&text).unwrap_or_default(),
        etag,
    })
}
