//! Who takes part: people who register with an e-mail address and read their mail, and a manager whom the first admin
//! made one.

use crate::Api;
use serde_json::{Value, json};
use std::sync::{Mutex, PoisonError};

/// The address of the first admin, as every system under test is told.
pub const ADMIN: &str = "admin@example.com";
/// What everybody here signs in with: these accounts live on this machine only.
const PASSWORD: &str = "a password for this machine only";

/// Somebody who can sign in.
pub struct Person {
    /// The account.
    pub account: String,
    /// The verified address.
    pub email: String,
    token: Mutex<Option<String>>,
}

impl Person {
    /// An access token.
    pub fn token(&self, api: &Api) -> Result<String, String> {
        let known = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.map_or_else(|| self.sign_in_again(api), Ok)
    }

    /// A new access token.
    pub fn sign_in_again(&self, api: &Api) -> Result<String, String> {
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let session = api.sign_in(&self.email)?.ok_or("a verified account cannot sign in")?;
        let text = session["access_token"].as_str().ok_or("a session without an access token")?;
        *token = Some(text.to_owned());
        Ok(text.to_owned())
    }
}

impl Api {
    /// Somebody new.
    pub fn customer(&self) -> Result<Person, String> {
        self.person(&self.fresh("customer"))
    }

    /// The manager: registered like everybody, made one by the first admin.
    pub fn manager(&self) -> Result<Person, String> {
        self.staff("manager")
    }

    /// Somebody whom the first admin gave a role, and who is called like it.
    pub fn staff(&self, role: &str) -> Result<Person, String> {
        let (admin, person) = (self.person("admin")?, self.person(role)?);
        let roles = json!({ "roles": ["customer", role], "reason": "Somebody must do it" });
        self.put(&admin, &format!("/v1/accounts/{}/roles", person.account), &roles)?.expect(200)?;
        // The token must say so.
        person.sign_in_again(self)?;
        Ok(person)
    }

    /// Who has the address `<name>@example.com`, registered and verified unless that was done before.
    pub fn person(&self, name: &str) -> Result<Person, String> {
        let email = format!("{name}@example.com");
        let body = json!({ "email": email, "password": PASSWORD, "locale": "en", "time_zone": "Europe/London" });
        let account = self.ask("/v1/accounts", &format!("registering-{email}"), &body)?.expect(201)?;
        let account = account["id"].as_str().ok_or("an account without an id")?.to_owned();
        if self.sign_in(&email)?.is_none() {
            let path = format!("/v1/accounts/{account}/verifications");
            self.until("the code is in the mail and taken", || {
                let Some(code) = self.code(&email)? else {
                    return Ok(None);
                };
                let key = format!("verifying-{email}-{code}");
                let answer = self.ask(&path, &key, &json!({ "kind": "email", "code": code }))?;
                Ok((answer.status < 300).then_some(()))
            })?;
        }
        Ok(Person { account, email, token: Mutex::default() })
    }

    /// A session; `None` if address and password are (still) unknown together.
    pub fn sign_in(&self, email: &str) -> Result<Option<Value>, String> {
        let body = json!({ "email": email, "password": PASSWORD, "device": "a journey" });
        let answer = self.ask("/v1/sessions", &self.fresh("signing-in"), &body)?;
        if answer.status == 401 { Ok(None) } else { answer.expect(201).map(Some) }
    }

    /// The latest code that was mailed to an address.
    fn code(&self, email: &str) -> Result<Option<String>, String> {
        let letters = self.letters(email)?;
        let text = letters.first().map(|(_, text)| text.as_str()).unwrap_or_default();
        let digits = text.split(|letter: char| !letter.is_ascii_digit()).find(|word| word.len() == 6);
        Ok(digits.map(str::to_owned))
    }
}
