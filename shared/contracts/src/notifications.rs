//! What the notifications context publishes: what became of each message to a person.

use crate::{Question, event, published};
use kernel::{AccountId, MessageId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The way a message goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// The person's feed in the app.
    InApp,
}

/// A message waits to be sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = message_example())]
pub struct MessageQueued {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub account: AccountId,
    /// Which way.
    pub channel: Channel,
}
event!(MessageQueued = "notifications.message-queued.v1", about message);

/// A message was handed over to who delivers it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = message_example())]
pub struct MessageSent {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub account: AccountId,
    /// Which way.
    pub channel: Channel,
}
event!(MessageSent = "notifications.message-sent.v1", about message);

/// A message cannot be delivered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = MessageFailed::example())]
pub struct MessageFailed {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub account: AccountId,
    /// Which way.
    pub channel: Channel,
    /// Why: `no-contact`, `suppressed`, `refused`.
    pub reason: String,
}
event!(MessageFailed = "notifications.message-failed.v1", about message);

/// An address takes no more messages.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = AddressSuppressed::example())]
pub struct AddressSuppressed {
    /// Whose it is.
    pub account: AccountId,
    /// Which way is closed.
    pub channel: Channel,
    /// Why: `bounce`, `complaint`.
    pub reason: String,
}
event!(AddressSuppressed = "notifications.address-suppressed.v1", about account);

/// What does this template read like with these facts? Answered by `render-template`; `None` if there is no such
/// template, or the facts do not fit it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RenderTemplate::example())]
pub struct RenderTemplate {
    /// The template's name: `order-paid`.
    pub template: String,
    /// What it is about, as the template names it.
    pub facts: Value,
    /// The language to write in: `en` or `ru`.
    pub locale: String,
    /// The time zone to go by (IANA).
    pub time_zone: String,
}

impl Question for RenderTemplate {
    type Reply = Option<Rendered>;
    const FUNCTION: &'static str = "render-template";
}

/// A template, filled in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Rendered {
    /// The template's version.
    pub version: u16,
    /// An e-mail's subject.
    pub subject: String,
    /// An e-mail's text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// A text message.
    pub sms: String,
    /// A title, one line.
    pub title: String,
    /// A sentence.
    pub summary: String,
}

published!(MessageQueued, MessageSent, MessageFailed, AddressSuppressed);

fn message_example() -> Value {
    json!({"message": MessageId::from_bits(7), "account": AccountId::from_bits(2), "channel": "email"})
}

impl MessageFailed {
    fn example() -> Value {
        let mut example = message_example();
        example["reason"] = json!("suppressed");
        example
    }
}

impl AddressSuppressed {
    fn example() -> Value {
        json!({"account": AccountId::from_bits(2), "channel": "email", "reason": "bounce"})
    }
}

impl RenderTemplate {
    fn example() -> Value {
        json!({
            "template": "order-paid",
            "facts": {"order": "ord_00000000000000000000000001", "total": {"amount_minor": 1299, "currency": "GBP"}},
            "locale": "en",
            "time_zone": "Europe/London",
        })
    }
}
