//! A message is queued: if it is a text message, it is sent.
//!
//! Consumes `notifications.message-queued.v1`; other channels' messages are left alone. The same as for e-mail
//! ([`crate::send_email`]), but phones tell nothing: without an answer a text message is sent once more.

use crate::desk::{Desk, Pens};
use crate::sending;
use contracts::identity::ReadContacts;
use contracts::notifications::{Channel, MessageQueued};
use platform::{Ask, Error, Function, Now, On, Table, Texter, events};

/// On `notifications.message-queued.v1`
pub fn function() -> Function {
    events::on(send_sms)
}

/// Sends the message if it is due.
pub async fn send_sms(
    queued: On<MessageQueued>,
    Now(now): Now,
    identity: Ask<ReadContacts>,
    pens: Pens,
    texter: Texter,
    notifications: Table,
) -> Result<(), Error> {
    if queued.channel != Channel::Sms {
        return Ok(());
    }
    let Some(ready) = sending::ready(&notifications, &identity, &queued, now).await? else {
        return Ok(());
    };
    let text = match Desk::with(pens).text(&ready).await? {
        Ok(text) => text,
        Err(reason) => return sending::unwritable(&notifications, &ready, &reason, now).await,
    };
    let claimed = sending::claim(&notifications, &ready.message, now).await?;
    let outcome = texter.send(&ready.address, &text).await;
    sending::settle(&notifications, &claimed, outcome, now).await
}
