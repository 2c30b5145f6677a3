//! What a person consents to: that readings are kept, and who may see them. Pure.

use kernel::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

/// Coaches that a person lets see the readings, at most.
pub const MOST_COACHES: usize = 10;

/// What a person consents to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Consent {
    /// The person.
    pub person: AccountId,
    /// Since when readings are kept; absent when the person consents no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_at: Option<Timestamp>,
    /// When it was withdrawn last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Who may see the readings beside the person.
    pub coaches: Vec<AccountId>,
}

/// What a consent announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentEvent {
    /// This is what is consented to now.
    Given,
    /// Nothing is.
    Withdrawn,
}

/// Why a coach is not let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// The person does not consent to readings being kept at all.
    NoConsent,
    /// There are [`MOST_COACHES`].
    Full,
    /// It is the person.
    Oneself,
}

impl Consent {
    /// A person who was never asked.
    pub fn none(person: AccountId) -> Self {
        Self {
            person,
            given_at: None,
            withdrawn_at: None,
            coaches: Vec::new(),
        }
    }

    /// Readings may be kept from now on. `None`: they may already.
    pub fn give(&self, now: Timestamp) -> Option<Self> {
        self.given_at.is_none().then(|| Self { given_at: Some(now), ..self.clone() })
    }

    /// Nothing is consented to any more, and no coach sees anything. `None`: nothing is already.
    pub fn withdraw(&self, now: Timestamp) -> Option<Self> {
        self.given_at?;
        Some(Self {
            given_at: None,
            withdrawn_at: Some(now),
            coaches: Vec::new(),
            ..self.clone()
        })
    }

    /// Lets a coach see the readings. `None`: this one does already.
    pub fn allow(&self, coach: AccountId) -> Result<Option<Self>, NotAllowed> {
        match () {
            () if coach == self.person => Err(NotAllowed::Oneself),
            () if self.given_at.is_none() => Err(NotAllowed::NoConsent),
            () if self.coaches.contains(&coach) => Ok(None),
            () if self.coaches.len() >= MOST_COACHES => Err(NotAllowed::Full),
            () => {
                let coaches = self.coaches.iter().copied().chain([coach]).collect();
                Ok(Some(Self { coaches, ..self.clone() }))
            }
        }
    }

    /// Lets a coach see nothing any more. `None`: this one does not.
    pub fn exclude(&self, coach: AccountId) -> Option<Self> {
        self.coaches.contains(&coach).then(|| {
            let coaches = self.coaches.iter().copied().filter(|known| *known != coach).collect();
            Self { coaches, ..self.clone() }
        })
    }

    /// Whether this account may see the person's readings.
    pub fn shows_to(&self, account: AccountId) -> bool {
        account == self.person || (self.given_at.is_some() && self.coaches.contains(&account))
    }
}
