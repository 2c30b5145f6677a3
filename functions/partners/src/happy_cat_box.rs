//! Happy Cat Box as we know it: its API, its webhooks, its secrets. Nothing outside this module knows its words.

use kernel::Timestamp;
use platform::{Error, NoAnswer, Partner, PartnerName, PartnerRequest, Secret, SecretName};
use serde::Deserialize;
use serde_json::Value;

/// Its name, in events and keys.
pub const SOURCE: &str = "happy-cat-box";
/// The most clients on a page of its API.
const PAGE: usize = 100;

/// Its API.
#[derive(Clone, Copy, Debug)]
pub struct HappyCatBoxApi;

impl PartnerName for HappyCatBoxApi {
    const NAME: &'static str = SOURCE;
    const EVENTS: &'static [&'static str] = &["clients.updated"];
}

/// The key of its API.
#[derive(Clone, Copy, Debug)]
pub struct HappyCatBoxKey;

impl SecretName for HappyCatBoxKey {
    const NAME: &'static str = "happy-cat-box-key";
}

/// The secret that it signs webhooks with.
#[derive(Clone, Copy, Debug)]
pub struct HappyCatBoxWebhookSecret;

impl SecretName for HappyCatBoxWebhookSecret {
    const NAME: &'static str = "happy-cat-box-webhook-secret";
}

/// A webhook of its.
#[derive(Deserialize)]
struct Webhook {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

/// The clients that a webhook is about, unchecked; none if it is about something else. The text says why it cannot be
/// read.
pub fn clients_of(body: &[u8]) -> Result<Option<Vec<Value>>, &'static str> {
    let webhook: Webhook = serde_json::from_slice(body).map_err(|_| "it is no JSON with a type")?;
    if !HappyCatBoxApi::EVENTS.contains(&webhook.kind.as_str()) {
        return Ok(None);
    }
    match webhook.data.get("clients") {
        Some(Value::Array(clients)) => Ok(Some(clients.clone())),
        _ => Err("data.clients is no list"),
    }
}

/// A page of its clients, by when they changed.
#[derive(Deserialize)]
pub struct ClientPage {
    /// The clients, unchecked.
    pub clients: Vec<Value>,
    /// Where the next page begins; none on the last one.
    #[serde(default)]
    pub next: Option<String>,
}

/// What came of asking for a page.
pub enum Asked {
    /// The page.
    Page(ClientPage),
    /// The place in the list is not good any more: what is left of it is to be asked for by time.
    Lost,
}

/// Asks for the clients that changed after a time, from a place in their list on.
pub async fn changed_after(
    api: &Partner<HappyCatBoxApi>,
    key: &Secret<HappyCatBoxKey>,
    after: Option<Timestamp>,
    cursor: Option<&str>,
) -> Result<Asked, Error> {
    let key = String::from_utf8(key.read().await?.current).map_err(|_| Error::broken("the key is no text"))?;
    let mut path = format!("/v1/clients?limit={PAGE}");
    if let Some(after) = after {
        path.push_str(&format!("&updated_after={after}"));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={}", encoded(cursor)));
    }
    let request = PartnerRequest {
        method: "GET",
        path,
        headers: vec![("authorization", format!("Bearer {}", key.trim()))],
        body: Vec::new(),
    };
    let answer = api.send(&request).await;
    let answer = answer.map_err(|NoAnswer| Error::unavailable("Happy Cat Box does not answer"))?;
    match answer.status {
        200 => serde_json::from_slice(&answer.body)
            .map(Asked::Page)
            .map_err(|_| Error::broken("Happy Cat Box sent a page that does not read as one")),
        400 | 404 | 410 if cursor.is_some() => Ok(Asked::Lost),
        status @ (408 | 425 | 429 | 500..) => Err(Error::unavailable(format!("Happy Cat Box answers {status}"))),
        status => Err(Error::broken(format!("Happy Cat Box answers {status}"))),
    }
}

/// A cursor is whatever they gave: in a query only letters, digits and a few signs stand for themselves.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}
