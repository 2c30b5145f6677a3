//! A person looks at their own account.
//!
//! Called by anybody who is signed in. A strongly consistent read. A partner has no such account.

use crate::account::{Account, Contact};
use crate::preferences::{Locale, TimeZone};
use crate::roles::Roles;
use crate::store;
use kernel::{AccountId, Timestamp};
use platform::http::{self, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An account as its owner sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountView {
    /// Names it.
    pub id: AccountId,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<ContactView>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<ContactView>,
    /// The language to write in.
    pub locale: Locale,
    /// Where the person's day begins and ends.
    pub time_zone: TimeZone,
    /// What the person is to the marketplace.
    pub roles: Roles,
    /// When the person registered.
    pub registered_at: Timestamp,
}

/// A way to reach the person.
#[derive(Serialize, JsonSchema)]
pub struct ContactView {
    /// The address, or the number in its international form.
    pub value: String,
    /// When it was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

/// `GET /v1/accounts/me`
pub fn function() -> Function {
    http::get("/v1/accounts/me", get_account)
}

/// Reads the caller's account.
pub async fn get_account(
    caller: SignedIn,
    identity: TableReader,
) -> Result<http::Ok<AccountView>, Failure<Infallible>> {
    let account = identity.get::<Account>(&store::account_key(caller.account)).await?.ok_or_else(http::not_found)?;
    let (version, account) = (account.version, account.value);
    let body = AccountView {
        id: account.id,
        email: account.email.map(ContactView::of),
        phone: account.phone.map(ContactView::of),
        locale: account.locale,
        time_zone: account.time_zone,
        roles: account.roles,
        registered_at: account.registered_at,
    };
    Ok(http::Ok::at(version, body))
}

impl ContactView {
    fn of(contact: Contact<impl Into<String>>) -> Self {
        Self {
            value: contact.value.into(),
            verified_at: contact.verified_at,
        }
    }
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for ContactView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactView(…)")
    }
}
