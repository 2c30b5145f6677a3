//! A client of the public API, as an app would be.

use crate::people::Person;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a system under test is reached, and what belongs to it.
#[derive(Clone, Debug)]
pub struct Site {
    /// The API.
    pub api: String,
    /// What lists the e-mails that were sent: the embedded cloud's console, or the emulator's.
    pub mail: String,
    /// The payment provider, as apps reach it.
    pub stripe: String,
}

impl Site {
    /// The embedded cloud at `url`, which brings the rest along.
    pub fn embedded(url: &str) -> Self {
        let url = url.trim_end_matches('/');
        Self {
            api: url.to_owned(),
            mail: format!("{url}/__local/messages"),
            stripe: format!("{url}/__sandbox/stripe"),
        }
    }
}

/// The API.
pub struct Api {
    pub(crate) site: Site,
    agent: ureq::Agent,
    /// For how long a request is repeated that gets no definite answer.
    patience: Duration,
    /// Names of this run, so that journeys can be repeated on one deployment.
    run: String,
    next: AtomicU64,
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

    /// The status and the problem's code, to compare with what is expected.
    pub fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

impl Api {
    /// The API of `site`.
    #[allow(clippy::disallowed_methods, reason = "names of a run differ from those of the last one")]
    pub fn new(site: Site) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(35)))
            .build();
        let run = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self {
            site,
            agent: config.into(),
            patience: Duration::ZERO,
            run: format!("{run:x}"),
            next: AtomicU64::new(1),
        }
    }

    /// Repeats a request for so long while the system is down, busy or failing, as an app in a tunnel does.
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// A name that nobody used before: an idempotency key, a SKU, an account.
    pub fn fresh(&self, what: &str) -> String {
        format!("{what}-{}-{:08}", self.run, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// `GET path`.
    pub fn get(&self, by: &Person, path: &str) -> Result<Answer, String> {
        self.send_as(by, "GET", path, &[], None)
    }

    /// `PUT path` with a JSON body.
    pub fn put(&self, by: &Person, path: &str, body: &Value) -> Result<Answer, String> {
        self.send_as(by, "PUT", path, &[], Some(body))
    }

    /// `DELETE path`.
    pub fn delete(&self, by: &Person, path: &str) -> Result<Answer, String> {
        self.send_as(by, "DELETE", path, &[], None)
    }

    /// `POST path` with an idempotency key and a JSON body.
    pub fn post(&self, by: &Person, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        self.send_as(by, "POST", path, &[("idempotency-key", key)], Some(body))
    }

    /// `GET path` by nobody.
    pub fn look(&self, path: &str) -> Result<Answer, String> {
        self.send("GET", path, None, &[], None)
    }

    /// `POST path` by nobody, with an idempotency key and a JSON body.
    pub fn ask(&self, path: &str, key: &str, body: &Value) -> Result<Answer, String> {
        self.send("POST", path, None, &[("idempotency-key", key)], Some(body.to_string().as_bytes()))
    }

    fn send_as(
        &self,
        by: &Person,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let body = body.map(Value::to_string);
        let send = |token: &str| self.send(method, path, Some(token), headers, body.as_deref().map(str::as_bytes));
        let answer = send(&by.token(self)?)?;
        // A token is good for ten minutes.
        if answer.status == 401 { send(&by.sign_in_again(self)?) } else { Ok(answer) }
    }

    /// Any request, with a token or without one, of a body that says it is JSON.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, String> {
        let uri = format!("{}{path}", self.site.api);
        self.again(|| {
            let mut request = ureq::http::Request::builder().method(method).uri(&uri);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let typed = headers.iter().any(|(name, _)| *name == "content-type");
            let sent = match body {
                Some(body) => {
                    let request = if typed { request } else { request.header("content-type", "application/json") };
                    self.agent.run(request.body(body).map_err(|error| error.to_string())?)
                }
                None => self.agent.run(request.body(()).map_err(|error| error.to_string())?),
            };
            read(sent)
        })
    }

    /// What an app sends to the payment provider: `POST path` with a form.
    pub fn stripe(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let url = format!("{}{path}", self.site.stripe);
        self.again(|| read(self.agent.post(&url).send_form(fields.iter().copied())))
    }

    /// Puts bytes where a signed address says, as an app uploads a photo. What is there already came by an earlier try,
    /// whose answer was lost.
    pub fn upload(&self, url: &str, headers: &[(&str, &str)], bytes: &[u8]) -> Result<(), String> {
        let answer = self.again(|| {
            let request =
                headers.iter().fold(self.agent.put(url), |request, (name, value)| request.header(*name, *value));
            read(request.send(bytes))
        })?;
        match answer.status {
            200 | 412 => Ok(()),
            status => Err(format!("an upload was answered with {status}: {}", answer.body)),
        }
    }

    /// The texts of the e-mails to an address, each with its subject, newest first.
    pub fn letters(&self, to: &str) -> Result<Vec<(String, String)>, String> {
        let url = format!("{}?to={to}", self.site.mail);
        let listed = self.again(|| read(self.agent.get(&url).call()))?.expect(200)?;
        let text = |letter: &Value, names: [&str; 2]| {
            let found = names.iter().find_map(|name| letter[*name].as_str());
            found.unwrap_or_default().to_owned()
        };
        // The embedded cloud lists this address's letters, newest first; the emulator everybody's, by account, oldest
        // first.
        let (letters, newest_first): (Vec<&Value>, bool) = match (&listed, &listed["messages"]) {
            (Value::Array(letters), _) => (letters.iter().collect(), true),
            (_, Value::Object(accounts)) => {
                let sent = accounts.values().filter_map(Value::as_array).flatten();
                (sent.filter(|letter| letter["To"][0] == to).collect(), false)
            }
            _ => return Err(format!("{url}: this is no list of e-mails")),
        };
        let read = letters.into_iter().map(|letter| {
            let [subject, body] = [["subject", "Subject"], ["text", "BodyText"]];
            (text(letter, subject), text(letter, body))
        });
        let mut letters: Vec<_> = read.collect();
        if !newest_first {
            letters.reverse();
        }
        Ok(letters)
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

    /// Sends until there is a definite answer, as long as patience lasts.
    #[allow(clippy::disallowed_methods, reason = "waiting for a system of its own has a deadline in real time")]
    fn again(&self, send: impl Fn() -> Result<Answer, String>) -> Result<Answer, String> {
        let deadline = Instant::now() + self.patience;
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
