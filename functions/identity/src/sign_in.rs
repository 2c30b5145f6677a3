//! A person or a partner signs in.
//!
//! Called by anybody with an `Idempotency-Key`; the same key again gets the same tokens. Writes the session. Too many
//! failures lock the address for a while, whoever it belongs to and whether it belongs to anybody; then even the right
//! password is refused, and `identity.account-locked.v1` tells the owner. A failure is counted before it is answered
//! and a session is only written if nothing was counted meanwhile, so guesses in parallel win nothing. How often one
//! network may try is limited before anything is read, because trying a password takes a whole processor.

use crate::access::{Access, Session};
use crate::address::{Address, Email, Phone};
use crate::credentials::Credentials;
use crate::grant::{Grant, Tokens};
use crate::keys::Keys;
use crate::partner::PartnerSecret;
use crate::password::TriedPassword;
use crate::refresh::RefreshToken;
use crate::settings::{Lockout, PasswordCost, ServerKey, Sessions, SignIns};
use crate::{challenge, store, tries};
use derive::Refusal;
use kernel::{AccountId, SessionId, Text};
use platform::http::{self, Anyone, Authority, Created, IdempotencyKey, Json, RateLimit};
use platform::{Decision, Failure, Function, Now, Secret, Setting, Signer, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// Credentials: `email` or `phone` with `password`, or a partner's `client_id` with `client_secret`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"email": "maria@example.com", "password": "correct horse battery staple"}))]
pub struct SignIn {
    /// A verified e-mail address.
    #[serde(default)]
    pub email: Option<Email>,
    /// A verified phone number.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// The password.
    #[serde(default)]
    pub password: Option<TriedPassword>,
    /// A partner's id.
    #[serde(default)]
    pub client_id: Option<AccountId>,
    /// A partner's secret.
    #[serde(default)]
    pub client_secret: Option<PartnerSecret>,
    /// A name for the device, to be shown in the list of sessions.
    #[serde(default)]
    pub device: Option<Text<1, 100>>,
}

/// Why nobody is signed in.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The credentials are no pair.
    #[problem(422, "credentials-incomplete", "Send email or phone with password, or client_id with client_secret.")]
    Incomplete,
    /// The credentials are wrong.
    #[problem(401, "credentials-wrong", "No verified address and password, or client and secret, are these.")]
    Wrong,
    /// There were too many failures.
    #[problem(429, "locked", "Too many failures. Try again in {retry_after_s} seconds.")]
    Locked {
        /// Seconds until it can be tried again.
        retry_after_s: u32,
    },
}

/// `POST /v1/sessions`. Trying a password takes a whole processor.
pub fn function() -> Function {
    http::post("/v1/sessions", sign_in).memory_mb(1024)
}

/// Tries the credentials, and opens a session.
pub async fn sign_in(
    (_, limit): (Anyone, RateLimit<SignIns>),
    key: IdempotencyKey,
    Json(request): Json<SignIn>,
    Now(now): Now,
    (Setting(cost), Setting(lockout), Setting(rules)): (Setting<PasswordCost>, Setting<Lockout>, Setting<Sessions>),
    (server, authority, signer): (Secret<ServerKey>, Authority, Signer),
    identity: Table,
) -> Result<Created<Tokens>, Failure<Refused>> {
    let device = request.device.clone();
    let credentials = request.credentials()?;
    limit.admit(&identity).await?;
    let keys = Keys::new(&server.read().await?)?;
    let candidate = store::candidate(&identity, credentials, &keys, cost, now).await?;
    let (account, id): (AccountId, SessionId) = (candidate.account, key.id());
    let mark = keys.current().mark(key.fingerprint());
    let session = match candidate.kind {
        Some(_) => Session::of_person((account, id), device, mark, keys.current(), now, rules),
        None => Session::of_partner(id, mark, now, rules),
    };

    let mut proven = None;
    let decide = |found: Option<&Stored<Access>>| {
        let access = found.map_or_else(|| Access::new(account), |found| found.value.clone());
        if access.session(id).is_some() {
            return Ok(Decision::Keep);
        }
        if let Some(until) = candidate.kind.and_then(|kind| access.tries(kind).locked(now)) {
            let retry_after_s = tries::seconds(challenge::between(now, until));
            return Err(Refused::Locked { retry_after_s }.into());
        }
        let is_proven = proven.map_or_else(|| candidate.proves(), Ok)?;
        proven = Some(is_proven);
        Ok(match (is_proven, candidate.kind) {
            (true, kind) => Decision::To(access.signed_in(session.clone(), kind, now), Vec::new()),
            (false, None) => Decision::Keep,
            (false, Some(kind)) => {
                let (access, events) = access.failed(kind, candidate.exists, now, lockout);
                Decision::To(access, events)
            }
        })
    };
    let access = identity.change(&store::access_key(account), decide).await?;
    let session = access.as_ref().and_then(|access| access.value.session(id)).ok_or(Refused::Wrong)?;

    let Some(begun_with) = keys.recognise(&session.request, key.fingerprint()) else {
        key.replays("")?;
        return Err(Refused::Wrong.into());
    };
    let refresh = session.family.as_ref().map(|_| RefreshToken::root(begun_with, account, id));
    let grant = Grant {
        account,
        roles: &candidate.roles,
        session: id,
        issued_at: session.started_at,
        refresh,
    };
    Ok(Created {
        location: "/v1/sessions".to_owned(),
        body: grant.tokens(&authority, &signer, rules).await?,
    })
}

impl SignIn {
    fn credentials(self) -> Result<Credentials, Refused> {
        let address = match (self.email, self.phone) {
            (Some(email), None) => Some(Address::Email(email)),
            (None, Some(phone)) => Some(Address::Phone(phone)),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(Refused::Incomplete),
        };
        match (address, self.password, self.client_id, self.client_secret) {
            (Some(address), Some(password), None, None) => Ok(Credentials::Person(address, password)),
            (None, None, Some(id), Some(secret)) => Ok(Credentials::Partner(id, secret)),
            _ => Err(Refused::Incomplete),
        }
    }
}
