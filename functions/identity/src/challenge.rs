//! One-time codes: a person proves to be reached under a contact by the 6 digits that were sent there. Pure.
//!
//! A contact has one challenge at a time. It counts the tries at its present code and the codes of the last day, so
//! that guessing stays hopeless: by default 50 guesses a day at one of a million codes.

use crate::keys::{Key, Keys, same};
use crate::settings::CodeRules;
use contracts::identity::{CodeIssued, CodePurpose, ContactKind};
use kernel::{AccountId, Digest, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

const DIGITS: usize = 6;
const DAY: Duration = Duration::from_secs(86_400);

/// A code. It does not print.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Code(SecretString);

impl Code {
    /// Code number `number` of a contact: derived, so that a repeated request sends the same one.
    pub fn derive(key: &Key, account: AccountId, kind: ContactKind, number: u32) -> Self {
        let bits = Digest::of([key.derive("code", parts(account, kind, number))]).high_bits();
        // Of 2^128 values, no code gets noticeably more than another.
        Self(SecretString::from(format!("{:06}", bits % 1_000_000)))
    }

    /// The digits, to be sealed.
    pub fn digits(&self) -> &str {
        self.0.expose_secret()
    }

    fn hash(&self, key: &Key, account: AccountId, kind: ContactKind, number: u32) -> String {
        let [account, kind, number] = parts(account, kind, number);
        Digest::of([key.derive("code hash", [&account, &kind, &number, self.digits()])]).short(26)
    }
}

fn parts(account: AccountId, kind: ContactKind, number: u32) -> [String; 3] {
    [account.to_string(), kind.name().to_owned(), number.to_string()]
}

impl TryFrom<String> for Code {
    type Error = String;

    /// As it was typed: blanks and dashes between the digits do not matter.
    fn try_from(text: String) -> Result<Self, String> {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '\u{a0}')).collect();
        match text.len() <= 4 * DIGITS && digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(Self(SecretString::from(digits))),
            false => Err(format!("a code has {DIGITS} digits")),
        }
    }
}

/// What is asked of the owner of a contact.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Challenge {
    /// Whose contact.
    pub account: AccountId,
    /// Which contact.
    pub kind: ContactKind,
    /// What the code is for.
    pub purpose: CodePurpose,
    /// Counts the codes of this contact, from 1.
    pub number: u32,
    /// The present code, hashed under the server's key.
    pub hash: String,
    /// The present code, sealed for notifications.
    pub sealed: String,
    /// When the present code expires.
    pub expires_at: Timestamp,
    /// How often the present code was tried in vain.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
    /// When the codes of the last day were issued, the present one last.
    pub issued: Vec<Timestamp>,
    /// When the code was given, and the contact so verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Timestamp>,
    /// The request for the present code: key and mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<(String, String)>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a challenge announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeEvent {
    /// A code is to be sent.
    Issued,
}

/// Why no further code is issued.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoCode {
    /// The contact is verified.
    Met,
    /// Too soon, or too many; possible again after so long.
    Wait(Duration),
}

/// What became of a try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tried {
    /// It is the code: the challenge is met.
    Met(Challenge),
    /// It is the code, with which the challenge was met before.
    Again(Timestamp),
    /// It is not; so many tries are left.
    Wrong(Challenge, u32),
    /// There is nothing to try: the code expired, was tried too often, or was used.
    Dead,
}

impl Challenge {
    /// The first challenge of a contact; `seal` seals its code for a purpose that names this event.
    pub fn first<E>(
        (account, kind): (AccountId, ContactKind),
        keys: &Keys,
        seal: impl FnOnce(&str, &Code) -> Result<String, E>,
        now: Timestamp,
        rules: CodeRules,
    ) -> Result<Self, E> {
        let nothing = Self {
            account,
            kind,
            purpose: CodePurpose::VerifyContact,
            number: 0,
            hash: String::new(),
            sealed: String::new(),
            expires_at: now,
            failed: 0,
            issued: Vec::new(),
            met_at: None,
            request: None,
        };
        nothing.renewed(keys, seal, now, rules)
    }

    /// Whether another code may be issued now.
    pub fn may_renew(&self, now: Timestamp, rules: CodeRules) -> Result<(), NoCode> {
        if self.met_at.is_some() {
            return Err(NoCode::Met);
        }
        let recent = self.recent(now);
        let next = self.issued.last().map_or(now, |last| last.after(rules.pause));
        let next = match recent.len() >= rules.daily {
            true => recent.get(recent.len() - rules.daily).map_or(next, |first| first.after(DAY).max(next)),
            false => next,
        };
        if next <= now { Ok(()) } else { Err(NoCode::Wait(between(now, next))) }
    }

    /// With another code, which alone is good from now on.
    pub fn renewed<E>(
        &self,
        keys: &Keys,
        seal: impl FnOnce(&str, &Code) -> Result<String, E>,
        now: Timestamp,
        rules: CodeRules,
    ) -> Result<Self, E> {
        let (key, number) = (keys.current(), self.number.saturating_add(1));
        let code = Code::derive(key, self.account, self.kind, number);
        let expires_at = now.after(rules.lifetime);
        let mut issued = self.recent(now).to_vec();
        issued.push(now);
        Ok(Self {
            number,
            hash: code.hash(key, self.account, self.kind, number),
            sealed: seal(&CodeIssued::sealed_for(self.account, self.kind, expires_at), &code)?,
            expires_at,
            failed: 0,
            issued,
            ..self.clone()
        })
    }

    /// Somebody tries `code`.
    pub fn tried(&self, code: &Code, keys: &Keys, now: Timestamp, rules: CodeRules) -> Tried {
        let hash = |key| code.hash(key, self.account, self.kind, self.number);
        let is_it = keys.accepted().any(|key| same(&hash(key), &self.hash));
        if let Some(met_at) = self.met_at {
            return if is_it { Tried::Again(met_at) } else { Tried::Dead };
        }
        if now >= self.expires_at || self.failed >= rules.tries {
            return Tried::Dead;
        }
        if is_it {
            return Tried::Met(Self { met_at: Some(now), ..self.clone() });
        }
        let failed = self.failed + 1;
        Tried::Wrong(Self { failed, ..self.clone() }, rules.tries - failed)
    }

    /// When the codes of the last day were issued.
    fn recent(&self, now: Timestamp) -> &[Timestamp] {
        let old = self.issued.iter().take_while(|issued| issued.after(DAY) <= now).count();
        &self.issued[old..]
    }
}

/// From `earlier` to `later`.
pub fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(later.as_millis() - earlier.as_millis()).unwrap_or(0))
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The 6 digits that were sent.",
            "maxLength": 4 * DIGITS,
            "examples": ["123456"],
            "writeOnly": true,
        })
    }
}
