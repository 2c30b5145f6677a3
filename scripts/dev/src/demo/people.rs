//! Who takes part: customers who register with an e-mail address, and a manager whom the first admin made one.

use super::client::Client;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// The address of the first admin, as `cargo dev up` sets it.
pub const ADMIN: &str = "admin@example.com";
/// What everybody here signs in with: these accounts live on this machine only.
const PASSWORD: &str = "a password for the demo only";

/// Somebody who can sign in.
pub struct Person {
    /// The account.
    pub account: String,
    email: String,
    session: Mutex<Session>,
}

#[derive(Default)]
struct Session {
    token: Option<String>,
    count: u32,
}

impl Person {
    /// An access token.
    pub fn token(&self, client: &Client) -> Result<String, String> {
        let known = self.session.lock().unwrap_or_else(PoisonError::into_inner).token.clone();
        known.map_or_else(|| self.sign_in_again(client), Ok)
    }

    /// A new access token.
    pub fn sign_in_again(&self, client: &Client) -> Result<String, String> {
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.count += 1;
        let token = sign_in(client, &self.email, session.count)?.ok_or("a verified account cannot sign in")?;
        session.token = Some(token.clone());
        Ok(token)
    }
}

/// The customer `name`, registered and verified.
pub fn customer(client: &Client, name: &str) -> Result<Person, String> {
    register(client, &format!("customer-{name}@example.com"))
}

/// A manager: registered like everybody, made one by the first admin.
pub fn staff(client: &Client) -> Result<Person, String> {
    let (admin, manager) = (register(client, ADMIN)?, register(client, "manager@example.com")?);
    let roles = json!({ "roles": ["customer", "manager"], "reason": "the demo needs somebody who packs and ships" });
    client.put(&admin, &format!("/v1/accounts/{}/roles", manager.account), &roles)?.expect(200)?;
    // The token must say so.
    manager.sign_in_again(client)?;
    Ok(manager)
}

fn register(client: &Client, email: &str) -> Result<Person, String> {
    let body = json!({ "email": email, "password": PASSWORD, "locale": "en", "time_zone": "Europe/London" });
    let key = format!("demo-register-{email}-0001");
    let account = client.post(None, "/v1/accounts", &key, &body)?.expect(201)?;
    let account = account["id"].as_str().ok_or("an account without an id")?.to_owned();
    if sign_in(client, email, 0)?.is_none() {
        let path = format!("/v1/accounts/{account}/verifications");
        client.until("the code is in the mail and taken", || {
            let Some(code) = code(client, email)? else {
                return Ok(None);
            };
            let key = format!("demo-verify-{email}-{code}-0001");
            let answer = client.post(None, &path, &key, &json!({ "kind": "email", "code": code }))?;
            Ok((answer.status < 300).then_some(()))
        })?;
    }
    Ok(Person { account, email: email.to_owned(), session: Mutex::default() })
}

/// A token; `None` if address and password are (still) unknown together.
fn sign_in(client: &Client, email: &str, count: u32) -> Result<Option<String>, String> {
    let body = json!({ "email": email, "password": PASSWORD, "device": "demo" });
    // Each process signs in for itself.
    let key = format!("demo-session-{email}-{}-{count}", std::process::id());
    let answer = client.post(None, "/v1/sessions", &key, &body)?;
    match answer.status {
        401 => Ok(None),
        200 | 201 => Ok(answer.body["access_token"].as_str().map(str::to_owned)),
        status => Err(format!("signing in came to {status}: {}", answer.body)),
    }
}

/// The latest code that was mailed to an address.
fn code(client: &Client, email: &str) -> Result<Option<String>, String> {
    let messages = client.get(None, &format!("/__local/messages?to={email}"))?.expect(200)?;
    let text = messages[0]["text"].as_str().unwrap_or_default();
    let digits = text.split(|letter: char| !letter.is_ascii_digit()).find(|word| word.len() == 6);
    Ok(digits.map(str::to_owned))
}

/// So many pence as the API writes them.
pub fn pounds(pence: i64) -> Value {
    json!({ "amount_minor": pence, "currency": "GBP" })
}
