//! The ways a message leaves the house.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to reach a person outside the app. The feed inside it is no channel: it has every notice but codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// A text message.
    Sms,
}

impl Channel {
    /// As ids and events write it.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
        }
    }

    /// The channel to try when this one fails.
    pub fn other(self) -> Channel {
        match self {
            Channel::Email => Channel::Sms,
            Channel::Sms => Channel::Email,
        }
    }
}
