//! What the identity context publishes and answers. Contact details never travel in events: who sends something to a
//! person asks for them then ([`ReadContacts`]).

use crate::{Question, event, published};
use kernel::{AccountId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A way to reach a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContactKind {
    /// By e-mail.
    Email,
    /// By phone.
    Phone,
}

/// Somebody registered. Nothing is verified yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"account": AccountId::from_bits(2)}))]
pub struct AccountRegistered {
    /// The new account.
    pub account: AccountId,
}
event!(AccountRegistered = "identity.account-registered.v1", about account);

/// A person proved to be reached under a contact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"account": AccountId::from_bits(2), "kind": "email"}))]
pub struct ContactVerified {
    /// The account.
    pub account: AccountId,
    /// Which of its contacts.
    pub kind: ContactKind,
}
event!(ContactVerified = "identity.contact-verified.v1", about account);

/// What a one-time code is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodePurpose {
    /// To verify a contact.
    VerifyContact,
    /// To set a new password.
    ResetPassword,
}

/// A one-time code is to be sent to a person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = CodeIssued::example())]
pub struct CodeIssued {
    /// The account.
    pub account: AccountId,
    /// The contact to send it to, which may not be verified yet.
    pub kind: ContactKind,
    /// What it is for.
    pub purpose: CodePurpose,
    /// The code, sealed for notifications: AES-256-GCM under the secret `code-seal` for the purpose
    /// [`CodeIssued::sealed_for`], base64. Never stored in clear.
    pub sealed: String,
    /// It is worth nothing after this.
    pub expires_at: Timestamp,
}
event!(CodeIssued = "identity.code-issued.v1", about account);

/// The roles of an account are others now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RolesChanged::example())]
pub struct RolesChanged {
    /// The account.
    pub account: AccountId,
    /// All of its roles.
    pub roles: Vec<String>,
    /// Who changed them. Absent if no admin did: the deployment named the first one, or hiring made
    /// a worker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
}
event!(RolesChanged = "identity.roles-changed.v1", about account);

/// Somebody failed too often to sign in to an account.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"account": AccountId::from_bits(2), "until": "2026-01-31T12:15:00.000Z"}))]
pub struct AccountLocked {
    /// The account.
    pub account: AccountId,
    /// Until when nobody can sign in to it.
    pub until: Timestamp,
}
event!(AccountLocked = "identity.account-locked.v1", about account);

/// Sessions of an account were ended for its safety.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"account": AccountId::from_bits(2), "reason": "token-reuse"}))]
pub struct SessionsRevoked {
    /// The account.
    pub account: AccountId,
    /// Why: `token-reuse`, `password-changed`.
    pub reason: String,
}
event!(SessionsRevoked = "identity.sessions-revoked.v1", about account);

/// A client whom a partner brought has an account: a new one, or the one that has the same verified address.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ClientAdmitted::example())]
pub struct ClientAdmitted {
    /// The account.
    pub account: AccountId,
    /// The partner's name.
    pub source: String,
    /// The partner's id of the client.
    pub external_id: String,
    /// Whether the person had the account before.
    pub known: bool,
}
event!(ClientAdmitted = "identity.client-admitted.v1", about account);

published!(
    AccountRegistered,
    ContactVerified,
    CodeIssued,
    RolesChanged,
    AccountLocked,
    SessionsRevoked,
    ClientAdmitted,
);

/// How is this person reached? Answered by `read-contacts`; `None` for an account that does not exist.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"account": AccountId::from_bits(2)}))]
pub struct ReadContacts {
    /// The account.
    pub account: AccountId,
}

impl Question for ReadContacts {
    type Reply = Option<Contacts>;
    const FUNCTION: &'static str = "read-contacts";
}

/// How a person is reached. Personal data: to be used and forgotten.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contacts {
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Contact>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Contact>,
    /// The language to write in: `en` or `ru`.
    pub locale: String,
    /// An IANA time zone, `Europe/Moscow`.
    pub time_zone: String,
}

/// One contact.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contact {
    /// Address or number (E.164).
    pub value: String,
    /// Whether the person proved to be reached under it. Only codes go to one that is not.
    pub verified: bool,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for Contacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contacts(…)")
    }
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(…)")
    }
}

impl ContactKind {
    /// As documents and keys write it.
    pub const fn name(self) -> &'static str {
        match self {
            ContactKind::Email => "email",
            ContactKind::Phone => "phone",
        }
    }
}

impl CodeIssued {
    /// What a code is sealed for: it opens for this event only.
    pub fn sealed_for(account: AccountId, kind: ContactKind, expires_at: Timestamp) -> String {
        format!("identity.code-issued/{account}/{}/{expires_at}", kind.name())
    }

    fn example() -> Value {
        json!({
            "account": AccountId::from_bits(2),
            "kind": "email",
            "purpose": "verify-contact",
            "sealed": "c2VhbGVk",
            "expires_at": "2026-01-31T12:10:00.000Z",
        })
    }
}

impl ClientAdmitted {
    fn example() -> Value {
        json!({
            "account": AccountId::from_bits(2),
            "source": "happy-cat-box",
            "external_id": "HCB-1001",
            "known": false,
        })
    }
}

impl RolesChanged {
    fn example() -> Value {
        json!({
            "account": AccountId::from_bits(2),
            "roles": ["customer", "manager"],
            "by": AccountId::from_bits(3),
        })
    }
}
