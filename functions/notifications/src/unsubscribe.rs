//! Somebody wants no more letters of a kind.
//!
//! Called by mail programs (RFC 8058: one POST to the link of `List-Unsubscribe`, whatever its body) and by the web
//! client behind the link in the letter; the token in the link says who and what, and nobody needs to sign in. Takes
//! e-mail from the topic; receipts and the like still come, as does what the account's safety needs. Repeating it
//! changes nothing. How often one network may is limited.

use crate::channel::Channel;
use crate::figures::{UnsubscribeKey, Unsubscribes};
use crate::preferences::Preferences;
use crate::store;
use crate::topic::Topic;
use crate::unsubscribing;
use derive::Refusal;
use kernel::Text;
use platform::http::{self, Anyone, Query, RateLimit};
use platform::{Decision, Failure, Function, Secret, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The link's token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// As it stands in the link.
    pub token: Text<1, 400>,
}

/// Letters of this topic come no more.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Unsubscribed {
    /// Which.
    pub topic: Topic,
    /// Through which channel.
    pub channel: Channel,
}

/// Why nothing changes.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The link is not one of ours.
    #[problem(422, "unknown-link", "Use the link of the letter as it is, or sign in and set your preferences.")]
    UnknownLink,
}

/// `POST /v1/unsubscribes`
pub fn function() -> Function {
    http::post("/v1/unsubscribes", unsubscribe)
}

/// Takes e-mail from the topic.
pub async fn unsubscribe(
    (_, limit): (Anyone, RateLimit<Unsubscribes>),
    Query(link): Query<Unsubscribe>,
    key: Secret<UnsubscribeKey>,
    notifications: Table,
) -> Result<http::Ok<Unsubscribed>, Failure<Refused>> {
    limit.admit(&notifications).await?;
    let key = key.read().await?;
    let (account, topic) = unsubscribing::read(&key, link.token.as_str()).ok_or(Refused::UnknownLink)?;
    let decide = |found: Option<&Stored<Preferences>>| {
        let before = found.map_or_else(|| Preferences::usual(account), |found| found.value.clone());
        let after = before.without(topic, Channel::Email);
        Ok(if after == before { Decision::Keep } else { Decision::To(after, Vec::new()) })
    };
    notifications.change::<_, Refused>(&store::preferences_key(account), decide).await?;
    Ok(http::Ok {
        version: None,
        body: Unsubscribed { topic, channel: Channel::Email },
    })
}
