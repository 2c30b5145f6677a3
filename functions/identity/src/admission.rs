//! Clients whom partners brought: which account each of them has. Pure.

use crate::account::{Account, Contact, first_roles};
use crate::address::{Address, Email, Phone};
use crate::preferences::{Locale, TimeZone};
use contracts::Stamp;
use contracts::partners::ImportedClient;
use kernel::id::Id;
use kernel::{AccountId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// A partner's client, and whose account that is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Admission {
    /// The partner's name.
    pub source: String,
    /// The partner's id of the client.
    pub external_id: String,
    /// The account.
    pub account: AccountId,
    /// Whether the person had the account before.
    pub known: bool,
    /// When the account was found or made.
    pub admitted_at: Timestamp,
    /// Of the latest that was heard of the client: what came before it is not written over it.
    pub heard: (u32, u64),
}

/// What an admission announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdmissionEvent {
    /// The client has an account.
    Admitted,
}

/// What a partner says of a client, as far as it can be used.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// The e-mail address.
    pub email: Option<Email>,
    /// The phone number.
    pub phone: Option<Phone>,
    /// The language to write in.
    pub locale: Locale,
    /// Where the person's day begins and ends.
    pub time_zone: TimeZone,
}

impl Client {
    /// From the partner's words. What is no address is left out: nobody is reached under it anyway.
    pub fn of(client: ImportedClient, utc: TimeZone) -> Self {
        Self {
            email: client.email.and_then(|text| text.try_into().ok()),
            phone: client.phone.and_then(|text| text.try_into().ok()),
            locale: if client.locale == Locale::Ru.name() { Locale::Ru } else { Locale::En },
            time_zone: client.time_zone.try_into().unwrap_or(utc),
        }
    }

    /// Where the person may be known under, the likeliest first.
    pub fn addresses(&self) -> Vec<Address> {
        let email = self.email.clone().map(Address::Email);
        email.into_iter().chain(self.phone.clone().map(Address::Phone)).collect()
    }

    /// An account for the client: nobody verified its contacts, and nobody has its password.
    pub fn account(self, id: AccountId, password: String, now: Timestamp) -> Account {
        Account {
            id,
            email: self.email.map(Contact::named),
            phone: self.phone.map(Contact::named),
            password,
            locale: self.locale,
            time_zone: self.time_zone,
            roles: first_roles(),
            role_changes: 0,
            registered_at: now,
            request: String::new(),
        }
    }
}

impl Admission {
    /// The id of an account that is made for a client: the same at each repetition.
    pub fn account_of(source: &str, external_id: &str) -> AccountId {
        AccountId::from_digest(&Digest::of(["imported client", source, external_id]))
    }

    /// With what was heard now; `None` if that or something later was heard before.
    pub fn hears(&self, stamp: Stamp) -> Option<Self> {
        let heard = (stamp.epoch, stamp.version);
        (self.heard < heard).then(|| Self { heard, ..self.clone() })
    }
}

impl Account {
    /// With a client's contacts as the partner has them now, but for what the person verified; `None` if that changes
    /// nothing.
    pub fn with_contacts_of(&self, client: &Client) -> Option<Self> {
        let mut next = self.clone();
        if self.email.as_ref().is_none_or(|email| email.verified_at.is_none()) {
            next.email = client.email.clone().map(Contact::named);
        }
        if self.phone.as_ref().is_none_or(|phone| phone.verified_at.is_none()) {
            next.phone = client.phone.clone().map(Contact::named);
        }
        (next != *self).then_some(next)
    }
}
