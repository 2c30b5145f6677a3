//! Publishes what becomes of messages (`notifications.message-queued.v1`, `notifications.message-sent.v1`,
//! `notifications.message-failed.v1`) and of addresses (`notifications.address-suppressed.v1`).
//!
//! Reads the stream of the notifications table; writes nothing.

use crate::channel;
use crate::message::{Message, MessageEvent, State};
use crate::suppression::{Suppression, SuppressionEvent};
use contracts::notifications::{AddressSuppressed, Channel, MessageFailed, MessageQueued, MessageSent, Published};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the notifications table
pub fn function() -> Function {
    relay::from_outbox(relay_notifications)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_notifications(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Message::KIND => {
            let (message, outbox) = change.read::<Message>()?;
            Ok(outbox.events.into_iter().map(|event| published(&message, event)).collect())
        }
        Suppression::KIND => {
            let (suppression, outbox) = change.read::<Suppression>()?;
            Ok(outbox.events.into_iter().map(|event| suppressed(&suppression, event)).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn published(message: &Message, event: MessageEvent) -> Published {
    let (account, channel, message_id) = (message.account, way(message.channel), message.id);
    match event {
        MessageEvent::Queued => MessageQueued { message: message_id, account, channel }.into(),
        MessageEvent::Sent => MessageSent { message: message_id, account, channel }.into(),
        MessageEvent::Failed => {
            let reason = match message.state {
                State::Failed { reason, .. } => reason.name(),
                State::Queued | State::Held { .. } | State::Sending { .. } | State::Sent { .. } => "unknown",
            };
            MessageFailed {
                message: message_id,
                account,
                channel,
                reason: reason.to_owned(),
            }
            .into()
        }
    }
}

fn suppressed(suppression: &Suppression, event: SuppressionEvent) -> Published {
    let SuppressionEvent::Suppressed = event;
    AddressSuppressed {
        account: suppression.account,
        channel: way(suppression.channel),
        reason: suppression.reason.name().to_owned(),
    }
    .into()
}

fn way(channel: channel::Channel) -> Channel {
    match channel {
        channel::Channel::Email => Channel::Email,
        channel::Channel::Sms => Channel::Sms,
    }
}
