//! A client as a partner knows one, and which of two reports of it counts. Pure.
//!
//! The newer report counts, by the partner's own time, however late it comes; of two of the same time the one that
//! sorts last. So every order in which reports arrive has the same end.

use crate::row::{ClientRow, ExternalId, Locale, TimeZone};
use contracts::partners::ImportedClient;
use kernel::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// A client as a partner knows one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The partner's name: `happy-cat-box`.
    pub source: String,
    /// The partner's id of the client.
    pub external_id: ExternalId,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number (E.164).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The language to write in.
    pub locale: Locale,
    /// The time zone.
    pub time_zone: TimeZone,
    /// When the partner changed it last.
    pub updated_at: Timestamp,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({} {})", self.source, self.external_id)
    }
}

/// What a client announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientEvent {
    /// It is new, or the partner says something else of it.
    Imported,
}

/// What becomes of a report of a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// The client is new here.
    Created,
    /// The report counts.
    Changed,
    /// All was known.
    Unchanged,
    /// A newer report was here before.
    Late,
}

impl Client {
    /// The client of a row that `source` sent.
    pub fn of(source: &str, row: ClientRow) -> Self {
        let ClientRow { id, email, phone, locale, time_zone, updated_at } = row;
        Self {
            source: source.to_owned(),
            external_id: id,
            email,
            phone,
            locale,
            time_zone,
            updated_at,
        }
    }

    /// What becomes of this report where `known` is here.
    pub fn effect(&self, known: Option<&Client>) -> Effect {
        match known {
            None => Effect::Created,
            Some(known) if known == self => Effect::Unchanged,
            Some(known) if known.rank() > self.rank() => Effect::Late,
            Some(_) => Effect::Changed,
        }
    }

    /// The report that counts among several has the highest.
    fn rank(&self) -> (Timestamp, String) {
        let says = |text: &Option<String>| text.clone().unwrap_or_default();
        let content = [
            says(&self.email),
            says(&self.phone),
            self.locale.name().to_owned(),
            self.time_zone.as_str().to_owned(),
        ];
        (self.updated_at, Digest::of(content).short(26))
    }

    /// As other contexts are told.
    pub fn told(&self) -> ImportedClient {
        ImportedClient {
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.name().to_owned(),
            time_zone: self.time_zone.as_str().to_owned(),
        }
    }
}
