//! SES tells what became of an e-mail.
//!
//! Consumes the notices of SES' event destination (topic `ses-feedback`). That SES took or delivered an e-mail goes to
//! its delivery log, which decides about messages whose send had no answer. An address that bounced for good or whose
//! owner complained is not written to any more (`notifications.address-suppressed.v1`); a message that bounced has
//! failed, and takes the other channel if it cannot wait. E-mails of others and other notices are left alone. Every
//! notice may come twice and in any order.

use crate::channel::Channel;
use crate::feedback::{Feedback, SesEvent};
use crate::message::{Message, Reason, State};
use crate::sending;
use crate::store::{self, Delivery};
use crate::suppression::{Complaint, Suppression, SuppressionEvent, fingerprint};
use kernel::{AccountId, MessageId, Timestamp};
use platform::{Decision, Error, Function, Notice, Now, Stored, Table, events};

/// On notices of the topic `ses-feedback`
pub fn function() -> Function {
    events::foreign("ses-feedback", email_feedback)
}

/// Does what the notice comes to.
pub async fn email_feedback(notice: Notice, Now(now): Now, notifications: Table) -> Result<(), Error> {
    // SES greets its topic in plain words when it is set up.
    if notice.text.starts_with("Successfully validated SNS topic") {
        return Ok(());
    }
    // The error itself might quote an address.
    let event: SesEvent = serde_json::from_str(&notice.text)
        .map_err(|error| Error::broken(format!("no event of SES: column {}", error.column())))?;
    let Some(message) = event.message() else {
        return Ok(());
    };
    match event.feedback() {
        Feedback::Nothing => Ok(()),
        Feedback::Taken => {
            let what = event.kind.to_lowercase();
            notifications.create(&Delivery::new(message, what, now), Vec::new()).await?;
            Ok(())
        }
        Feedback::Rejected => fail(&notifications, message, Reason::Refused, now).await,
        Feedback::Bounced(addresses) => {
            suppress(&notifications, message, &addresses, Complaint::Bounced, now).await?;
            fail(&notifications, message, Reason::Bounced, now).await
        }
        Feedback::Complained(addresses) => {
            suppress(&notifications, message, &addresses, Complaint::Complained, now).await
        }
    }
}

/// The message has failed, if it is under way or counts as sent.
async fn fail(notifications: &Table, id: MessageId, reason: Reason, now: Timestamp) -> Result<(), Error> {
    match notifications.get::<Message>(&store::message_key(id)).await? {
        Some(message) if matches!(message.value.state, State::Sending { .. } | State::Sent { .. }) => {
            sending::fail(notifications, &message, reason, now).await
        }
        _ => Ok(()),
    }
}

/// The address that the message went to is not written to any more.
async fn suppress(
    notifications: &Table,
    id: MessageId,
    addresses: &[String],
    reason: Complaint,
    now: Timestamp,
) -> Result<(), Error> {
    // A message has one recipient.
    let (Some(message), Some(address)) =
        (notifications.get::<Message>(&store::message_key(id)).await?, addresses.first())
    else {
        return Ok(());
    };
    let account: AccountId = message.value.account;
    let address = fingerprint(account, address);
    let decide = |found: Option<&Stored<Suppression>>| {
        let known = found.is_some_and(|found| found.value.covers(&address, reason));
        let suppression = Suppression {
            account,
            channel: Channel::Email,
            address: address.clone(),
            reason,
            at: now,
        };
        Ok(if known {
            Decision::Keep
        } else {
            Decision::To(suppression, vec![SuppressionEvent::Suppressed])
        })
    };
    notifications.advance(&store::suppression_key(account, Channel::Email), decide).await
}
