//! A type of service: what managers offer, and at which price. Pure.

use kernel::{Count, Currency, Money, ServiceId, Skills, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A service as managers describe it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ServiceDetails")]
pub struct Details {
    /// Its name.
    pub name: Text<1, 100>,
    /// What the client gets.
    pub description: Text<1, 2000>,
    /// Its list price.
    pub price: Price,
    /// What a worker must master for it, and how well at least.
    #[serde(default)]
    pub skills: RequiredSkills,
    /// How long it takes, in minutes.
    pub duration_min: Count<5, 1440>,
    /// Whether clients may request it.
    pub offered: bool,
}

/// A list price: more than nothing, and at most ten million in a currency of hundredths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ServicePrice")]
pub struct Price {
    /// In minor units.
    pub amount_minor: Count<1, 1_000_000_000>,
    /// The currency.
    pub currency: Currency,
}

/// What a worker must master: at most 20 skills, each with its lowest level from 1 to 5.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "BTreeMap<Text<1, 40>, Count<1, 5>>")]
#[schemars(extend(
    "maxProperties" = RequiredSkills::MAX,
    "propertyNames" = serde_json::json!({ "type": "string", "minLength": 1, "maxLength": 40 }),
))]
pub struct RequiredSkills(BTreeMap<Text<1, 40>, Count<1, 5>>);

/// A type of service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Service {
    /// Names it.
    pub id: ServiceId,
    /// What managers say of it.
    #[serde(flatten)]
    pub details: Details,
    /// The list it is in.
    pub list: Listing,
    /// Its name as lists are sorted by it.
    pub sort_name: String,
    /// Fingerprint of the request that created it.
    pub request: String,
}

/// The lists of services.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ServiceList")]
pub enum Listing {
    /// What clients may request.
    Offered,
    /// What they may not: not yet, or not any more.
    Withdrawn,
}

/// What a service announces.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceEvent {
    /// It was created or changed.
    Changed,
}

impl Service {
    /// The service of these details; `request` is the fingerprint of what created it.
    pub fn of(id: ServiceId, details: Details, request: &str) -> Self {
        Self {
            id,
            list: if details.offered { Listing::Offered } else { Listing::Withdrawn },
            sort_name: details.name.as_str().to_lowercase(),
            details,
            request: request.to_owned(),
        }
    }
}

impl Price {
    /// The price as an amount.
    pub fn money(self) -> Money {
        Money::new(self.amount_minor.get().into(), self.currency)
    }
}

impl RequiredSkills {
    const MAX: usize = 20;

    /// The skills as other contexts read them.
    pub fn levels(&self) -> Skills {
        let level = |level: Count<1, 5>| u8::try_from(level.get()).unwrap_or(u8::MAX);
        self.0.iter().map(|(name, lowest)| (name.clone(), level(*lowest))).collect()
    }
}

impl TryFrom<BTreeMap<Text<1, 40>, Count<1, 5>>> for RequiredSkills {
    type Error = String;

    fn try_from(skills: BTreeMap<Text<1, 40>, Count<1, 5>>) -> Result<Self, String> {
        match skills.len() {
            0..=Self::MAX => Ok(Self(skills)),
            many => Err(format!("at most {} skills are allowed, these are {many}", Self::MAX)),
        }
    }
}
