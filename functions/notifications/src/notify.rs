//! Something happened that a person must hear of.
//!
//! Consumes what other contexts announce. Puts the notice into the person's feed and queues one message for each
//! channel that the person prefers (`notifications.message-queued.v1`); identity is not asked here, contact details
//! are read when a message is sent. What is over the hourly limit waits for the end of the hour; a code over it is
//! dropped. Event and channel name the message, so repeated events change nothing. A step that comes after a later
//! one of its order, and an event that is days old, show in the feed only.

use crate::channel::Channel;
use crate::feed::Entry;
use crate::figures::MessagesPerHour;
use crate::heard::Heard;
use crate::limit::{Admission, Recent};
use crate::message::{Message, MessageEvent, Reason, State};
use crate::notice::Notice;
use crate::store;
use crate::waiting::Note;
use kernel::{AccountId, Timestamp};
use platform::{Error, Function, Now, On, Setting, Stored, Table, events};
use std::time::Duration;

/// What is older is history: after an outage, or when a context announces everything again.
const NEWS: Duration = Duration::from_secs(3 * 86_400);

/// On everything that a person must hear of
pub fn function() -> Function {
    events::on(notify)
}

/// Tells the person in the feed and, unless it is no news any more, through the channels that the person prefers.
pub async fn notify(
    heard: On<Heard>,
    Now(now): Now,
    Setting(most): Setting<MessagesPerHour>,
    notifications: Table,
) -> Result<(), Error> {
    let (account, notice) = heard.event.notice();
    let cause = (heard.id.as_str(), heard.at);
    let is_late = match heard.event.step_of() {
        Some(order) => store::hear(&notifications, order, heard.stamp).await?,
        None => false,
    };
    if notice.is_in_feed() {
        notifications.create(&Entry::new(account, notice.clone(), cause), Vec::new()).await?;
    }
    let is_overtaken = is_late && notice.is_overtaken_by_later_steps();
    if is_overtaken || now > heard.at.after(NEWS) {
        return Ok(());
    }
    let channels = store::preferences(&notifications, account).await?.choose(&notice);
    if channels.is_empty() {
        return Ok(());
    }
    let over_until = admit(&notifications, (account, notice.name()), &heard.id, now, most).await?;
    for channel in channels {
        queue(&notifications, account, channel, notice.clone(), cause, over_until, now).await?;
    }
    Ok(())
}

/// Counts the event among those of its kind in this hour; until when the person is to be spared, if it is too many.
async fn admit(
    notifications: &Table,
    of: (AccountId, &str),
    event: &str,
    now: Timestamp,
    most: u32,
) -> Result<Option<Timestamp>, Error> {
    let mut over_until = None;
    let decide = |found: Option<&Stored<Recent>>| {
        over_until = None;
        Ok(match Recent::admit(found.map(|found| &found.value), of, event, now, most) {
            Admission::Known => platform::Decision::Keep,
            Admission::Counted(recent) => platform::Decision::To(recent, Vec::new()),
            Admission::Over(until) => {
                over_until = Some(until);
                platform::Decision::Keep
            }
        })
    };
    notifications.advance(&store::recent_key(of.0, of.1), decide).await?;
    Ok(over_until)
}

/// Queues the message, or holds it if there were too many.
async fn queue(
    notifications: &Table,
    account: AccountId,
    channel: Channel,
    notice: Notice,
    cause: (&str, Timestamp),
    over_until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let message = Message::new(account, channel, notice, cause, State::Queued);
    let Some(until) = over_until else {
        let note = Note::outcome(now, 0, message.whose());
        return store::insert(notifications, &message, &note, vec![MessageEvent::Queued]).await;
    };
    if matches!(message.notice, Notice::Code { .. }) {
        let (dropped, events) = message.failed(Reason::RateLimited, now);
        notifications.create(&dropped, events).await?;
        return Ok(());
    }
    let note = Note::digest(until, message.whose());
    store::insert(notifications, &message.held(until), &note, Vec::new()).await
}
