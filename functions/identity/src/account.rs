//! A person's account: contacts, password, roles. The only place with contact details. Pure.

use crate::address::{Address, Email, Phone};
use crate::preferences::{Locale, TimeZone};
use crate::roles::{RoleChange, Roles};
use contracts::identity::ContactKind;
use kernel::{AccountId, Role, Timestamp};
use serde::{Deserialize, Serialize};

/// An account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Names it.
    pub id: AccountId,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Contact<Email>>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Contact<Phone>>,
    /// The password's hash (PHC format).
    pub password: String,
    /// The language to write in.
    pub locale: Locale,
    /// Where the person's day begins and ends.
    pub time_zone: TimeZone,
    /// What the person is to the marketplace.
    pub roles: Roles,
    /// How often the roles were changed.
    #[serde(default)]
    pub role_changes: u32,
    /// When the person registered.
    pub registered_at: Timestamp,
    /// The mark of the request that registered it.
    pub request: String,
}

/// A way to reach a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contact<T> {
    /// The address or number.
    pub value: T,
    /// When the person proved to be reached there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
}

/// What an account announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountEvent {
    /// Somebody registered.
    Registered,
    /// A contact was verified.
    Verified {
        /// Which.
        kind: ContactKind,
    },
}

impl<T> Contact<T> {
    /// One that somebody named, and nobody verified yet.
    pub fn named(value: T) -> Self {
        Self { value, verified_at: None }
    }
}

impl Account {
    /// The kinds of contacts it has.
    pub fn contacts(&self) -> Vec<ContactKind> {
        let email = self.email.as_ref().map(|_| ContactKind::Email);
        let phone = self.phone.as_ref().map(|_| ContactKind::Phone);
        email.into_iter().chain(phone).collect()
    }

    /// The contact of this kind, verified or not.
    pub fn address(&self, kind: ContactKind) -> Option<Address> {
        match kind {
            ContactKind::Email => Some(Address::Email(self.email.as_ref()?.value.clone())),
            ContactKind::Phone => Some(Address::Phone(self.phone.as_ref()?.value.clone())),
        }
    }

    /// The person proved to be reached under this contact.
    #[must_use]
    pub fn verified(&self, kind: ContactKind, now: Timestamp) -> Self {
        let mut next = self.clone();
        match kind {
            ContactKind::Email => next.email.iter_mut().for_each(|email| email.verified_at = Some(now)),
            ContactKind::Phone => next.phone.iter_mut().for_each(|phone| phone.verified_at = Some(now)),
        }
        next
    }

    /// Whether verifying this contact makes the person the first admin.
    pub fn is_first_admin(&self, kind: ContactKind, first: Option<&Email>) -> bool {
        let email = self.email.as_ref().filter(|_| kind == ContactKind::Email);
        email.zip(first).is_some_and(|(email, first)| email.value.canonical() == first.canonical())
    }

    /// With these roles, and the record of the change; `None` if they are its roles already.
    pub fn with_roles(
        &self,
        roles: Roles,
        by: Option<AccountId>,
        reason: &str,
        now: Timestamp,
    ) -> Option<(Self, RoleChange)> {
        if roles == self.roles {
            return None;
        }
        let change = RoleChange {
            account: self.id,
            number: self.role_changes + 1,
            granted: roles.without(&self.roles),
            revoked: self.roles.without(&roles),
            roles: roles.clone(),
            by,
            reason: reason.to_owned(),
            at: now,
        };
        Some((Self { roles, role_changes: change.number, ..self.clone() }, change))
    }
}

/// What everybody is who registers.
pub fn first_roles() -> Roles {
    Roles::of([Role::Customer])
}
