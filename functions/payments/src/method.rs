//! A payment method that a customer saved, for charges while the customer is away. Pure.
//!
//! It is saved by the provider's word only, with the customer's mandate given in the provider's form, and known to us
//! by the provider's name of it. Once removed it stays removed, whatever late news say.

use crate::provider::MethodRef;
use kernel::id::Id;
use kernel::{AccountId, Digest, PaymentMethodId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The sweeper's partition of saved methods.
pub const WAITING: &str = "payment-method";

/// A saved method.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedMethod {
    /// Names it.
    pub id: PaymentMethodId,
    /// Whose it is.
    pub account: AccountId,
    /// Its name at the provider.
    pub method: MethodRef,
    /// What its owner knows it by.
    pub card: Card,
    /// Since when it has been known.
    pub saved_at: Timestamp,
    /// How far it is.
    pub state: MethodState,
    /// When the sweeper is to look at it; none if nothing waits for the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Always [`WAITING`] with `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// What the owner of a card knows it by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// The scheme: `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month it expires in.
    pub exp_month: u8,
    /// The year of that.
    pub exp_year: u16,
}

/// How far a saved method is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodState {
    /// It may be charged.
    Saved,
    /// Its owner removed it; the provider is to forget it.
    Removing,
    /// The provider forgot it.
    Removed,
}

/// What a saved method announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodEvent {
    /// It was saved.
    Saved,
    /// It was removed.
    Removed,
}

/// What a method becomes, and what it announces by that.
pub type Next = (SavedMethod, Vec<MethodEvent>);

/// Our id of a method at the provider.
pub fn id_of(method: &MethodRef) -> PaymentMethodId {
    PaymentMethodId::from_digest(&Digest::of(["payment-method", method.as_str()]))
}

impl SavedMethod {
    /// A method that was saved just now.
    pub fn saved(account: AccountId, method: MethodRef, card: Card, now: Timestamp) -> Next {
        let saved = Self {
            id: id_of(&method),
            account,
            method,
            card,
            saved_at: now,
            state: MethodState::Saved,
            due: None,
            waiting: None,
        };
        (saved, vec![MethodEvent::Saved])
    }

    /// A method that was forgotten before it was known: late news of its saving find it so.
    pub fn unknown_forgotten(account: AccountId, method: MethodRef, now: Timestamp) -> Self {
        let card = Card {
            brand: String::new(),
            last4: String::new(),
            exp_month: 0,
            exp_year: 0,
        };
        let (saved, _) = Self::saved(account, method, card, now);
        Self { state: MethodState::Removed, ..saved }
    }

    /// The provider says what its card is now. `None`: that was known, or the method is removed.
    pub fn renewed(&self, card: &Card) -> Option<Self> {
        let news = self.state == MethodState::Saved && self.card != *card;
        news.then(|| Self { card: card.clone(), ..self.clone() })
    }

    /// Its owner removes it. `None`: it was removed.
    pub fn remove(&self, now: Timestamp) -> Option<Next> {
        let removing = Self {
            state: MethodState::Removing,
            due: Some(now),
            waiting: Some(WAITING.to_owned()),
            ..self.clone()
        };
        (self.state == MethodState::Saved).then(|| (removing, vec![MethodEvent::Removed]))
    }

    /// The provider forgot it. `None`: that was known.
    pub fn forgotten(&self) -> Option<Next> {
        let events = match self.state {
            MethodState::Saved => vec![MethodEvent::Removed],
            MethodState::Removing => Vec::new(),
            MethodState::Removed => return None,
        };
        let removed = Self {
            state: MethodState::Removed,
            due: None,
            waiting: None,
            ..self.clone()
        };
        Some((removed, events))
    }
}
