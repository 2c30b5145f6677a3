//! A person asks for another code: the one before was lost, or expired, or was tried too often.
//!
//! Called by anybody who knows the account's id (whoever registered it), with an `Idempotency-Key`; the same key again
//! gets the same reply and sends nothing. Writes the contact's challenge and announces `identity.code-issued.v1`. One
//! code a minute and ten a day go to a contact, whoever asks; how many one network may ask for is limited too.

use crate::challenge::{Challenge, ChallengeEvent, Code, NoCode};
use crate::keys::Keys;
use crate::settings::{CodeRequests, CodeSeal, Codes, ServerKey};
use crate::store;
use contracts::identity::ContactKind;
use derive::Refusal;
use kernel::{AccountId, Timestamp};
use platform::http::{self, Accepted, Anyone, IdempotencyKey, Json, Path, RateLimit};
use platform::{Decision, Failure, Function, Now, Secret, Setting, Stored, Table, seal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where to send it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"kind": "email"}))]
pub struct IssueCode {
    /// Which of the account's contacts.
    pub kind: ContactKind,
}

/// A code is on its way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IssuedCode {
    /// To which of the contacts.
    pub kind: ContactKind,
    /// It is worth nothing after this.
    pub expires_at: Timestamp,
}

/// Why no code is sent.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The contact is verified.
    #[problem(409, "already-verified", "The contact is verified. Sign in.")]
    AlreadyVerified,
    /// Too many codes.
    #[problem(429, "too-many-codes", "Another code can be sent in {retry_after_s} seconds.")]
    TooManyCodes {
        /// Seconds until another one can be sent.
        retry_after_s: u32,
    },
}

/// `POST /v1/accounts/{account}/codes`
pub fn function() -> Function {
    http::post("/v1/accounts/{account}/codes", issue_code)
}

/// Renews the contact's challenge.
pub async fn issue_code(
    (_, limit): (Anyone, RateLimit<CodeRequests>),
    key: IdempotencyKey,
    Path(account): Path<AccountId>,
    Json(request): Json<IssueCode>,
    (Now(now), Setting(rules)): (Now, Setting<Codes>),
    (server, sealing): (Secret<ServerKey>, Secret<CodeSeal>),
    identity: Table,
) -> Result<Accepted<IssuedCode>, Failure<Refused>> {
    limit.admit(&identity).await?;
    let (server, sealing) = platform::both(server.read(), sealing.read()).await?;
    let keys = Keys::new(&server)?;
    let decide = |found: Option<&Stored<Challenge>>| {
        let challenge = &found.ok_or_else(http::not_found)?.value;
        if let Some((_, fingerprint)) = challenge.request.as_ref().filter(|(known, _)| *known == key.stored()) {
            key.replays(fingerprint)?;
            return Ok(Decision::Keep);
        }
        challenge.may_renew(now, rules)?;
        let seal = |purpose: &str, code: &Code| seal::seal(&sealing.current, purpose, code.digits().as_bytes());
        let renewed = challenge.renewed(&keys, seal, now, rules)?;
        let renewed = Challenge {
            request: Some((key.stored(), key.fingerprint().to_owned())),
            ..renewed
        };
        Ok(Decision::To(renewed, vec![ChallengeEvent::Issued]))
    };
    let challenge = identity.change(&store::challenge_key(account, request.kind), decide).await?;
    let expires_at = challenge.ok_or_else(http::not_found)?.value.expires_at;
    Ok(Accepted { body: IssuedCode { kind: request.kind, expires_at } })
}

impl From<NoCode> for Failure<Refused> {
    fn from(no: NoCode) -> Self {
        Failure::Refused(match no {
            NoCode::Met => Refused::AlreadyVerified,
            NoCode::Wait(wait) => Refused::TooManyCodes { retry_after_s: crate::tries::seconds(wait) },
        })
    }
}
