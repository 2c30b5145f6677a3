//! Biscuit, the vendor of cookies: JSON out, JSON in. Nothing outside this module knows its words.
//!
//! Orders are created under an idempotency key and carry our id as their reference, by which they are found. It sends no
//! webhooks: what became of an order is asked. A second vendor would be a second module like this one.

use crate::cookie::{Answer, Call, VendorOrder, VendorRef, VendorStatus};
use kernel::CookieOrderId;
use platform::{Error, NoAnswer, Partner, PartnerName, PartnerRequest, PartnerResponse, Secret, SecretName};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// Biscuit's API.
#[derive(Clone, Copy, Debug)]
pub struct BiscuitApi;

impl PartnerName for BiscuitApi {
    const NAME: &'static str = "biscuit";
}

/// The key of the API.
#[derive(Clone, Copy, Debug)]
pub struct BiscuitKey;

impl SecretName for BiscuitKey {
    const NAME: &'static str = "biscuit-key";
}

/// Why there is no answer to work with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// None came, or none that says whether it was done. It may have been.
    Unknown(String),
    /// We asked wrongly: a bad key, a bad request. A person must look.
    Broken(String),
}

/// Biscuit, with what is needed to call it.
pub struct Biscuit {
    api: Partner<BiscuitApi>,
    key: Secret<BiscuitKey>,
}

/// An order, as Biscuit writes it.
#[derive(Deserialize)]
struct Order {
    id: String,
    status: String,
    #[serde(default)]
    reason: Option<String>,
}

/// Orders of one reference.
#[derive(Deserialize)]
struct Orders {
    orders: Vec<Order>,
}

/// Biscuit's word for what is wrong.
#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default)]
    error: Word,
}

#[derive(Default, Deserialize)]
struct Word {
    #[serde(default)]
    code: String,
}

impl Biscuit {
    /// Biscuit, called through `api` with `key`.
    pub fn new(api: Partner<BiscuitApi>, key: Secret<BiscuitKey>) -> Self {
        Self { api, key }
    }

    /// Makes a call about a cookie. What gives no answer is asked about at once.
    pub async fn call(&self, cookie: CookieOrderId, call: &Call) -> Result<Answer, Trouble> {
        match call {
            Call::Place { needed_at, key } => {
                let order = json!({
                    "reference": cookie, "product": "cookie", "quantity": 1, "needed_at": needed_at,
                });
                match self.send("POST", "/v1/orders", Some(key), order.to_string()).await.and_then(read_order) {
                    Err(Trouble::Unknown(cause)) => match self.find(cookie).await? {
                        Answer::Missing => Err(Trouble::Unknown(cause)),
                        found => Ok(found),
                    },
                    answer => answer,
                }
            }
            Call::Find => self.find(cookie).await,
            Call::Ask(order) => self.ask(order).await,
            Call::Cancel(VendorRef(order)) => {
                let path = format!("/v1/orders/{order}/cancel");
                match self.send("POST", &path, None, String::new()).await.and_then(read_order)? {
                    // It was decided first: how?
                    Answer::Refused(_) => self.ask(&VendorRef(order.clone())).await,
                    answer => Ok(answer),
                }
            }
        }
    }

    /// The order that carries our id. A new one may not be found for some time.
    async fn find(&self, cookie: CookieOrderId) -> Result<Answer, Trouble> {
        let response = self.send("GET", &format!("/v1/orders?reference={cookie}"), None, String::new()).await?;
        let Orders { orders } = read(&response)?;
        orders.into_iter().next().map_or(Ok(Answer::Missing), Order::answer)
    }

    async fn ask(&self, VendorRef(order): &VendorRef) -> Result<Answer, Trouble> {
        self.send("GET", &format!("/v1/orders/{order}"), None, String::new()).await.and_then(read_order)
    }

    async fn send(
        &self,
        method: &'static str,
        path: &str,
        key: Option<&String>,
        body: String,
    ) -> Result<PartnerResponse, Trouble> {
        let secret = self.key.read().await.map_err(|error| Trouble::Unknown(error.to_string()))?;
        let secret = String::from_utf8(secret.current)
            .map_err(|_| Trouble::Broken("the key of Biscuit's API is no text".to_owned()))?;
        let mut headers = vec![("authorization", format!("Bearer {}", secret.trim()))];
        if !body.is_empty() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        headers.extend(key.map(|key| ("idempotency-key", key.clone())));
        let request = PartnerRequest {
            method,
            path: path.to_owned(),
            headers,
            body: body.into_bytes(),
        };
        self.api.send(&request).await.map_err(|NoAnswer| Trouble::Unknown("no answer".to_owned()))
    }
}

impl Order {
    fn answer(self) -> Result<Answer, Trouble> {
        let status = match self.status.as_str() {
            "pending" => VendorStatus::Pending,
            "confirmed" => VendorStatus::Confirmed,
            "rejected" => VendorStatus::Rejected(self.reason.unwrap_or_else(|| self.status.clone())),
            "cancelled" => VendorStatus::Cancelled,
            other => return Err(Trouble::Broken(format!("{} is {other}", self.id))),
        };
        Ok(Answer::Order(VendorOrder { id: VendorRef(self.id), status }))
    }
}

/// What a response about one order says.
#[allow(clippy::needless_pass_by_value, reason = "as the end of a chain")]
fn read_order(response: PartnerResponse) -> Result<Answer, Trouble> {
    let Complaint { error } = serde_json::from_slice(&response.body).unwrap_or_default();
    match (response.status, error.code.as_str()) {
        (200 | 201, _) => read::<Order>(&response)?.answer(),
        (404, _) => Ok(Answer::Missing),
        // The same request is under way.
        (409, "request_in_progress") => Err(Trouble::Unknown(error.code)),
        (422, "idempotency_key_reused") => Err(Trouble::Broken(error.code)),
        (409 | 422, _) => Ok(Answer::Refused(error.code)),
        _ => Err(trouble(&response)),
    }
}

/// What a response of success holds.
fn read<T: DeserializeOwned>(response: &PartnerResponse) -> Result<T, Trouble> {
    if !(200..300).contains(&response.status) {
        return Err(trouble(response));
    }
    serde_json::from_slice(&response.body)
        .map_err(|error| Trouble::Unknown(format!("an answer that is not understood: {error}")))
}

/// What any other response means.
fn trouble(response: &PartnerResponse) -> Trouble {
    let Complaint { error } = serde_json::from_slice(&response.body).unwrap_or_default();
    let about = format!("{} {}", response.status, error.code);
    match response.status {
        // Too many requests, or a failure of its own: perhaps it was done.
        408 | 429 | 500.. => Trouble::Unknown(about),
        _ => Trouble::Broken(about),
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unknown(cause) => Error::unavailable(format!("the vendor: {cause}")),
            Trouble::Broken(cause) => Error::broken(format!("the vendor: {cause}")),
        }
    }
}
