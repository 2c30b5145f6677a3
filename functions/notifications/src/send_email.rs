//! A message is queued: if it is an e-mail, it is sent.
//!
//! Consumes `notifications.message-queued.v1`; other channels' messages are left alone. Claims the message, sends it
//! through SES, and writes down what became of it (`notifications.message-sent.v1`, `notifications.message-failed.v1`).
//! No answer leaves the claim: the next delivery asks the delivery log, which [`crate::email_feedback`] keeps, and
//! sends once more only if SES never heard of it. What can wait is held in quiet hours.

use crate::desk::{Desk, Pens};
use crate::sending;
use contracts::identity::ReadContacts;
use contracts::notifications::{Channel, MessageQueued};
use platform::{Ask, Email, Error, Function, Mailer, Now, On, Table, events};

/// On `notifications.message-queued.v1`
pub fn function() -> Function {
    events::on(send_email)
}

/// Sends the message if it is due.
pub async fn send_email(
    queued: On<MessageQueued>,
    Now(now): Now,
    identity: Ask<ReadContacts>,
    pens: Pens,
    mailer: Mailer,
    notifications: Table,
) -> Result<(), Error> {
    if queued.channel != Channel::Email {
        return Ok(());
    }
    let Some(ready) = sending::ready(&notifications, &identity, &queued, now).await? else {
        return Ok(());
    };
    let (letter, unsubscribe) = match Desk::with(pens).letter(&ready).await? {
        Ok(written) => written,
        Err(reason) => return sending::unwritable(&notifications, &ready, &reason, now).await,
    };
    let claimed = sending::claim(&notifications, &ready.message, now).await?;
    let email = Email {
        to: ready.address,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        reference: queued.message.to_string(),
        unsubscribe,
    };
    let outcome = mailer.send(&email).await;
    sending::settle(&notifications, &claimed, outcome, now).await
}
