//! Golden Hat, the payout provider: JSON both ways. Nothing outside this module knows its words.
//!
//! A transfer carries our reference, under which it can be asked for, and which is its idempotency key too: sent again
//! within a day it is the same transfer. Its webhooks are signed as the Standard Webhooks have it.

use crate::payout::{News, Payout, read_reference};
use kernel::{Currency, Money, PayoutId};
use platform::{Error, NoAnswer, Partner, PartnerName, PartnerRequest, PartnerResponse, Secret, SecretName};
use serde::Deserialize;
use serde_json::json;

/// Golden Hat's API.
#[derive(Clone, Copy, Debug)]
pub struct GoldenHatApi;

impl PartnerName for GoldenHatApi {
    const NAME: &'static str = "golden-hat";
    const EVENTS: &'static [&'static str] = &["transfer.failed", "transfer.paid"];
}

/// The key of the API.
#[derive(Clone, Copy, Debug)]
pub struct GoldenHatKey;

impl SecretName for GoldenHatKey {
    const NAME: &'static str = "golden-hat-key";
}

/// The secret that Golden Hat signs webhooks with.
#[derive(Clone, Copy, Debug)]
pub struct GoldenHatWebhookSecret;

impl SecretName for GoldenHatWebhookSecret {
    const NAME: &'static str = "golden-hat-webhook-secret";
}

/// Golden Hat, with what is needed to call it.
pub struct GoldenHat {
    api: Partner<GoldenHatApi>,
    key: Secret<GoldenHatKey>,
}

/// A transfer as the provider sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Which payout it is of.
    pub payout: PayoutId,
    /// Which attempt.
    pub attempt: u32,
    /// How much it moves.
    pub amount: Money,
    /// How it stands.
    pub news: News,
}

/// Why there is no transfer to tell of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// No answer, or none that says whether it was done. It may have been.
    Unknown(String),
    /// The provider will not do it; it was not done.
    Refused(String),
    /// We asked wrongly: a bad key, a bad request. A person must look.
    Broken(String),
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unknown(cause) => Error::unavailable(format!("golden-hat: {cause}")),
            Trouble::Refused(code) => Error::broken(format!("golden-hat refuses: {code}")),
            Trouble::Broken(cause) => Error::broken(format!("golden-hat: {cause}")),
        }
    }
}

#[derive(Deserialize)]
struct Object {
    id: String,
    reference: String,
    status: String,
    amount_minor: i64,
    currency: Currency,
    #[serde(default)]
    reason: Option<String>,
}

impl Object {
    /// In our words; none if it is not of our making.
    fn read(self) -> Result<Option<Transfer>, Trouble> {
        let news = match self.status.as_str() {
            "pending" => News::Pending,
            "paid" => News::Paid,
            "failed" => News::Failed(self.reason.unwrap_or_else(|| "failed".to_owned())),
            other => return Err(Trouble::Broken(format!("{} is {other}", self.id))),
        };
        let amount = Money::new(self.amount_minor, self.currency);
        let ours = read_reference(&self.reference);
        Ok(ours.map(|(payout, attempt)| Transfer { payout, attempt, amount, news }))
    }
}

impl GoldenHat {
    /// Golden Hat, called through `api` with `key`.
    pub fn new(api: Partner<GoldenHatApi>, key: Secret<GoldenHatKey>) -> Self {
        Self { api, key }
    }

    /// Has a payout's present attempt made, or says how it stands if it was made before.
    pub async fn transfer(&self, payout: &Payout) -> Result<Transfer, Trouble> {
        let reference = payout.reference();
        let body = json!({
            "reference": reference,
            "beneficiary": payout.worker,
            "amount_minor": payout.amount.amount_minor,
            "currency": payout.amount.currency,
        });
        let answer = self.send("POST", "/v1/transfers".to_owned(), Some(reference), body.to_string()).await?;
        let object: Object = read(&answer)?;
        object.read()?.ok_or_else(|| Trouble::Broken("a transfer under another reference".to_owned()))
    }

    /// The transfer of this reference. A new one may not be found for a moment.
    pub async fn find(&self, reference: &str) -> Result<Option<Transfer>, Trouble> {
        #[derive(Deserialize)]
        struct List {
            data: Vec<Object>,
        }
        let path = format!("/v1/transfers?reference={reference}");
        let list: List = read(&self.send("GET", path, None, String::new()).await?)?;
        list.data.into_iter().next().map_or(Ok(None), Object::read)
    }

    async fn send(
        &self,
        method: &'static str,
        path: String,
        key: Option<String>,
        body: String,
    ) -> Result<PartnerResponse, Trouble> {
        let secret = self.key.read().await.map_err(|error| Trouble::Unknown(error.to_string()))?;
        let secret = String::from_utf8(secret.current)
            .map_err(|_| Trouble::Broken("the key of the API is no text".to_owned()))?;
        let mut headers = vec![("authorization", format!("Bearer {}", secret.trim()))];
        if method == "POST" {
            headers.push(("content-type", "application/json".to_owned()));
        }
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let request = PartnerRequest { method, path, headers, body: body.into_bytes() };
        self.api.send(&request).await.map_err(|NoAnswer| Trouble::Unknown("no answer".to_owned()))
    }
}

/// What a webhook tells of a transfer; none of one that is not of our making, or of something else.
pub fn read_webhook(body: &[u8]) -> Result<Option<Transfer>, Trouble> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "type")]
        kind: String,
        data: serde_json::Value,
    }
    let unreadable = |error: serde_json::Error| Trouble::Broken(format!("a webhook that is not understood: {error}"));
    let Event { kind, data } = serde_json::from_slice(body).map_err(unreadable)?;
    if !GoldenHatApi::EVENTS.contains(&kind.as_str()) {
        return Ok(None);
    }
    serde_json::from_value::<Object>(data).map_err(unreadable)?.read()
}

fn read<T: serde::de::DeserializeOwned>(response: &PartnerResponse) -> Result<T, Trouble> {
    #[derive(Default, Deserialize)]
    struct Failed {
        #[serde(default)]
        error: Explanation,
    }
    #[derive(Default, Deserialize)]
    struct Explanation {
        #[serde(default)]
        code: String,
    }
    if matches!(response.status, 200 | 201) {
        return serde_json::from_slice(&response.body)
            .map_err(|error| Trouble::Unknown(format!("an answer that is not understood: {error}")));
    }
    let Failed { error } = serde_json::from_slice(&response.body).unwrap_or_default();
    let about = format!("{} {}", response.status, error.code);
    Err(match response.status {
        // The account there is short, or the beneficiary cannot be paid: nothing was done, and nothing will be.
        402 | 422 if !error.code.is_empty() => Trouble::Refused(error.code),
        400 | 401 | 403 | 404 => Trouble::Broken(about),
        // Another request with the key is under way, too many requests, or a failure there: perhaps it was done.
        _ => Trouble::Unknown(about),
    })
}
