//! Somebody registers.
//!
//! Called by anybody with an `Idempotency-Key`; the same key again gets the same reply. Writes the account, whose
//! contacts are not verified yet, and a challenge for each; announces `identity.account-registered.v1` and, for each
//! contact, `identity.code-issued.v1`, upon which notifications sends the code. Whether an address is known to the
//! marketplace shows neither in the reply nor in the time it takes: an address is claimed when it is verified.
//! How many one network may register is limited, because each costs one password hash and up to two messages.

use crate::account::{Account, AccountEvent, Contact, first_roles};
use crate::address::{Email, Phone};
use crate::challenge::{Challenge, ChallengeEvent};
use crate::keys::Keys;
use crate::password::NewPassword;
use crate::preferences::{Locale, TimeZone};
use crate::settings::{CodeSeal, Codes, PasswordCost, Registrations, ServerKey};
use crate::store;
use contracts::identity::ContactKind;
use derive::Refusal;
use kernel::AccountId;
use platform::http::{self, Anyone, Created, IdempotencyKey, Json, RateLimit};
use platform::{Commit, Error, Failure, Function, Now, Secret, Setting, Table, seal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who registers. An e-mail address or a phone number, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = Register::example())]
pub struct Register {
    /// The e-mail address.
    #[serde(default)]
    pub email: Option<Email>,
    /// The phone number.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// The password.
    pub password: NewPassword,
    /// The language to write in.
    pub locale: Locale,
    /// Where the person's day begins and ends.
    pub time_zone: TimeZone,
}

/// The account. Nobody can sign in to it before a contact is verified.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegisteredAccount {
    /// Names it.
    pub id: AccountId,
    /// The contacts to verify: a code was sent to each.
    pub verify: Vec<ContactKind>,
}

/// Why nobody is registered.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no contact.
    #[problem(422, "contact-missing", "Give an e-mail address or a phone number, or both.")]
    ContactMissing,
}

/// `POST /v1/accounts`. Hashing a password takes a whole processor.
pub fn function() -> Function {
    http::post("/v1/accounts", register).memory_mb(1024)
}

/// Writes the account and its challenges at once.
pub async fn register(
    (_, limit): (Anyone, RateLimit<Registrations>),
    key: IdempotencyKey,
    Json(request): Json<Register>,
    Now(now): Now,
    (Setting(cost), Setting(rules)): (Setting<PasswordCost>, Setting<Codes>),
    (server, sealing): (Secret<ServerKey>, Secret<CodeSeal>),
    identity: Table,
) -> Result<Created<RegisteredAccount>, Failure<Refused>> {
    limit.admit(&identity).await?;
    let id: AccountId = key.id();
    let secrets = platform::both(server.read(), sealing.read());
    let (known, (server, sealing)) = platform::both(identity.get(&store::account_key(id)), secrets).await?;
    let keys = Keys::new(&server)?;
    if let Some(known) = known {
        return replay(&key, &keys, &known.value);
    }

    let salt = keys.current().derive("password salt", [id.to_string()]);
    let account = Account {
        id,
        email: request.email.map(Contact::named),
        phone: request.phone.map(Contact::named),
        password: request.password.hash(cost, &std::array::from_fn(|n| salt[n]))?,
        locale: request.locale,
        time_zone: request.time_zone,
        roles: first_roles(),
        role_changes: 0,
        registered_at: now,
        request: keys.current().mark(key.fingerprint()),
    };
    if account.contacts().is_empty() {
        return Err(Refused::ContactMissing.into());
    }

    let mut transaction = identity.transaction().create(&account, vec![AccountEvent::Registered]);
    for kind in account.contacts() {
        let seal = |purpose: &str, code: &crate::challenge::Code| {
            seal::seal(&sealing.current, purpose, code.digits().as_bytes())
        };
        let challenge = Challenge::first((id, kind), &keys, seal, now, rules)?;
        transaction = transaction.create(&challenge, vec![ChallengeEvent::Issued]);
    }
    match transaction.commit().await? {
        Commit::Done => Ok(registered(&account)),
        Commit::Refused(_) => {
            let other = identity.get::<Account>(&store::account_key(id)).await?;
            let other = other.ok_or_else(|| Error::broken(format!("{id} has challenges but no account")))?;
            replay(&key, &keys, &other.value)
        }
    }
}

/// The reply to a request that was carried out before.
fn replay(
    key: &IdempotencyKey,
    keys: &Keys,
    account: &Account,
) -> Result<Created<RegisteredAccount>, Failure<Refused>> {
    let known = keys.recognise(&account.request, key.fingerprint());
    key.replays(known.map_or("", |_| key.fingerprint()))?;
    Ok(registered(account))
}

fn registered(account: &Account) -> Created<RegisteredAccount> {
    Created {
        location: "/v1/accounts/me".to_owned(),
        body: RegisteredAccount { id: account.id, verify: account.contacts() },
    }
}

impl Register {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "email": "maria@example.com",
            "password": "correct horse battery staple",
            "locale": "en",
            "time_zone": "Europe/London",
        })
    }
}
