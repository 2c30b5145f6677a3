//! Stripe's objects and errors, as far as this context reads them, in this context's words.

use super::amount::from_stripe;
use crate::provider::{ClientSecret, Intent, IntentRef, IntentStatus, RefundNews, RefundStatus, Trouble};
use crate::purpose::Purpose;
use kernel::{AccountId, Money, PaymentId, RefundId};
use platform::PartnerResponse;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A `PaymentIntent`.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    id: String,
    status: String,
    currency: String,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    last_payment_error: Option<Explanation>,
    #[serde(default)]
    metadata: Metadata,
}

/// Our ids, as objects carry them. Those of other origins carry none, or something else: that is no error.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    payment: Option<String>,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    invoice: Option<String>,
    #[serde(default)]
    top_up: Option<String>,
    #[serde(default)]
    refund: Option<String>,
    #[serde(default)]
    account: Option<String>,
}

impl Metadata {
    pub fn payment(&self) -> Option<PaymentId> {
        self.payment.as_ref()?.parse().ok()
    }

    pub fn purpose(&self) -> Option<Purpose> {
        let named = self.order.as_ref().or(self.invoice.as_ref()).or(self.top_up.as_ref());
        named?.parse().ok()
    }
}

/// Why something failed: in errors, and in an intent whose last charge failed.
#[derive(Clone, Debug, Default, Deserialize)]
struct Explanation {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    payment_intent: Option<Box<PaymentIntent>>,
}

impl Explanation {
    /// The most telling word.
    fn word(&self) -> String {
        let code = self.decline_code.as_ref().or(self.code.as_ref());
        code.cloned().unwrap_or_else(|| self.kind.clone())
    }
}

impl PaymentIntent {
    /// In our words.
    pub fn read(self) -> Result<Intent, Trouble> {
        let status = match self.status.as_str() {
            "succeeded" => IntentStatus::Captured(amount(self.amount_received, &self.currency)?),
            "canceled" => IntentStatus::Cancelled,
            "processing" => IntentStatus::Processing,
            "requires_action" => IntentStatus::ActionRequired,
            "requires_payment_method" | "requires_confirmation" => match &self.last_payment_error {
                // The charge of an absent customer: with the client secret the customer can still make it good.
                Some(error) if error.code.as_deref() == Some("authentication_required") => IntentStatus::ActionRequired,
                error => IntentStatus::Open { declined: error.as_ref().map(Explanation::word) },
            },
            other => return Err(Trouble::Broken(format!("{} is {other}", self.id))),
        };
        Ok(Intent {
            payment: self.metadata.payment(),
            purpose: self.metadata.purpose(),
            id: self.id.into(),
            status,
            secret: self.client_secret.map(ClientSecret::new),
        })
    }
}

/// A `Refund`.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    pub(super) id: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    payment_intent: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

impl Refund {
    /// In our words.
    pub fn read(self) -> Result<RefundNews, Trouble> {
        let status = match self.status.as_deref() {
            Some("succeeded") => RefundStatus::Done,
            Some(status @ ("failed" | "canceled")) => {
                RefundStatus::Failed(self.failure_reason.unwrap_or_else(|| status.to_owned()))
            }
            // Also `requires_action`, where the customer has to say where the money goes.
            _ => RefundStatus::Pending,
        };
        Ok(RefundNews {
            refund: self.metadata.refund.as_ref().and_then(|id| id.parse::<RefundId>().ok()),
            purpose: self.metadata.purpose(),
            intent: self.payment_intent.map(IntentRef::from),
            amount: amount(self.amount, &self.currency)?,
            id: self.id.into(),
            status,
        })
    }
}

/// A `Customer`.
#[derive(Clone, Debug, Deserialize)]
pub struct Customer {
    pub(super) id: String,
    #[serde(default)]
    metadata: Metadata,
}

impl Customer {
    /// The account behind it.
    pub fn account(&self) -> Option<AccountId> {
        self.metadata.account.as_ref()?.parse().ok()
    }
}

/// A list, or what a search found.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// An amount in our words; Stripe's own word is never guessed at.
pub(super) fn amount(amount: i64, currency: &str) -> Result<Money, Trouble> {
    from_stripe(amount, currency).ok_or_else(|| Trouble::Broken(format!("{amount} {currency} is no amount")))
}

/// A request that did not simply succeed. Some errors carry the intent that they are about.
#[derive(Debug)]
pub struct Failed {
    trouble: Trouble,
    intent: Option<Box<PaymentIntent>>,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, intent: None }
    }
}

impl From<Failed> for Trouble {
    fn from(failed: Failed) -> Self {
        failed.trouble
    }
}

/// The intent that came back, also within an error: a charge that was declined, a cancellation that came too late.
pub(super) fn intent_of(answer: Result<PaymentIntent, Failed>) -> Result<Intent, Trouble> {
    match answer {
        Ok(intent) => intent.read(),
        Err(Failed { intent: Some(intent), trouble: Trouble::Refused { .. } }) => intent.read(),
        Err(Failed { trouble, .. }) => Err(trouble),
    }
}

/// Reads a response.
pub(super) fn read<T: DeserializeOwned>(response: &PartnerResponse) -> Result<T, Failed> {
    #[derive(Default, Deserialize)]
    struct Error {
        #[serde(default)]
        error: Explanation,
    }
    if response.status == 200 {
        let read = serde_json::from_slice(&response.body);
        return read.map_err(|error| Trouble::Unknown(format!("an answer that is not understood: {error}")).into());
    }
    let Error { error } = serde_json::from_slice(&response.body).unwrap_or_default();
    let code = error.word();
    let about = format!("{} {code}: {}", response.status, error.message.as_deref().unwrap_or_default());
    let trouble = match response.status {
        400 if error.kind == "idempotency_error" => Trouble::Broken(about),
        400 | 402 => Trouble::Refused { code },
        401 | 403 => Trouble::Broken(about),
        404 => Trouble::Missing,
        // Another request with the key is under way, too many requests, or Stripe's own failure: perhaps it was done.
        _ => Trouble::Unknown(about),
    };
    Err(Failed { trouble, intent: error.payment_intent })
}
