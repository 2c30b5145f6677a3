//! What stands around each call of a channel: may it be sent now, who sends it, and what became of it.

use crate::channel::Channel;
use crate::letter::Unwritable;
use crate::locale::Locale;
use crate::message::{Due, Message, MessageEvent, Reason, State};
use crate::notice::Notice;
use crate::store;
use crate::suppression::Suppression;
use crate::templates::Template;
use crate::waiting::Note;
use contracts::identity::{Contacts, ReadContacts};
use contracts::notifications::MessageQueued;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use platform::{Ask, Error, Sent, Stored, Table};

/// A message that is to be sent now.
pub struct Ready {
    /// The message, not claimed yet.
    pub message: Stored<Message>,
    /// Where it goes. Personal data: to be used and forgotten.
    pub address: String,
    /// In which language.
    pub locale: Locale,
    /// By which clock.
    pub zone: TimeZone,
}

/// What a queued message comes to: `None` if there is nothing to send. Asks identity for the address, and decides on
/// suppression and quiet hours.
pub async fn ready(
    table: &Table,
    identity: &Ask<ReadContacts>,
    queued: &MessageQueued,
    now: Timestamp,
) -> Result<Option<Ready>, Error> {
    let found = table.get::<Message>(&store::message_key(queued.message)).await?;
    let found = found.ok_or_else(|| Error::broken(format!("{} is not here", queued.message)))?;
    let Some(message) = sendable(table, found, now).await? else {
        return Ok(None);
    };
    let Message { account, channel, notice, .. } = message.value.clone();
    let suppression = store::suppression_key(account, channel);
    let own = platform::both(store::preferences(table, account), table.get::<Suppression>(&suppression));
    let question = ReadContacts { account };
    let ((preferences, suppression), contacts) = platform::both(own, identity.send(&question)).await?;
    let reached = contacts.and_then(|contacts| Some((address(&contacts, channel, &notice)?, contacts)));
    let Some((address, contacts)) = reached else {
        return fail(table, &message, Reason::NoContact, now).await.map(|()| None);
    };
    if suppression.is_some_and(|suppression| suppression.value.stops(&notice, &address)) {
        return fail(table, &message, Reason::Suppressed, now).await.map(|()| None);
    }
    let (locale, zone) = (preferences.locale(&contacts.locale), preferences.zone(&contacts.time_zone));
    let quiet_until = preferences.quiet_hours.and_then(|hours| hours.end(now, &zone)).filter(|_| !notice.is_urgent());
    if let Some(until) = quiet_until {
        return hold(table, &message, until).await.map(|()| None);
    }
    Ok(Some(Ready { message, address, locale, zone }))
}

/// The message as it may be claimed: one whose last send nobody knows the end of is looked up in the delivery log.
async fn sendable(table: &Table, found: Stored<Message>, now: Timestamp) -> Result<Option<Stored<Message>>, Error> {
    let message = match found.value.due(now) {
        Due::Nothing => return Ok(None),
        Due::Later => return Err(Error::contended(format!("{} is being sent", found.value.id))),
        Due::Send => found,
        Due::Ask => {
            let (next, events) = match store::is_in_delivery_log(table, found.value.id).await? {
                true => found.value.sent(now),
                false => found.value.unanswered(now),
            };
            write(table, &found, next, events, now).await?
        }
    };
    match message.value.state {
        State::Queued if message.value.has_expired(now) => {
            fail(table, &message, Reason::Expired, now).await.map(|()| None)
        }
        State::Queued => Ok(Some(message)),
        _ => Ok(None),
    }
}

/// The person's address for a channel. Only codes go to one that is not verified.
fn address(contacts: &Contacts, channel: Channel, notice: &Notice) -> Option<String> {
    let contact = match channel {
        Channel::Email => contacts.email.as_ref()?,
        Channel::Sms => contacts.phone.as_ref()?,
    };
    (contact.verified || matches!(notice, Notice::Code { .. })).then(|| contact.value.clone())
}

/// Claims a message for this invocation: nobody else sends it until it is known what became of it.
pub async fn claim(table: &Table, message: &Stored<Message>, now: Timestamp) -> Result<Stored<Message>, Error> {
    let version = Template::of(message.value.notice.name()).map_or(0, |template| template.version);
    let claimed = message.value.claimed(table.invocation(), version, now);
    let claimed = table.replace(message, claimed, Vec::new()).await?;
    claimed.ok_or_else(|| Error::contended(format!("{} was claimed by somebody else", message.value.id)))
}

/// Writes down what became of a claimed message. What may have been sent stays claimed; it is looked into later.
pub async fn settle(
    table: &Table,
    claimed: &Stored<Message>,
    outcome: Result<Sent, Error>,
    now: Timestamp,
) -> Result<(), Error> {
    let message = &claimed.value;
    let (next, events, error) = match outcome {
        Ok(Sent::Accepted(receipt)) => {
            let (next, events) = message.taken(receipt, now);
            (next, events, None)
        }
        Ok(Sent::Refused(_)) => return fail(table, claimed, Reason::Refused, now).await,
        Ok(Sent::Unknown(error)) => return Err(error),
        Ok(Sent::NotNow(error)) | Err(error) => (message.put_back(), Vec::new(), Some(error)),
    };
    // Whoever changed it meanwhile knew more: that the address bounced.
    table.replace(claimed, next, events).await?;
    error.map_or(Ok(()), Err)
}

/// It cannot be written: a mistake of ours, which is logged and fails the message.
pub async fn unwritable(table: &Table, ready: &Ready, reason: &Unwritable, now: Timestamp) -> Result<(), Error> {
    fail(table, &ready.message, Reason::Unwritable, now).await?;
    Err(Error::broken(format!("{}: {reason}", ready.message.value.id)))
}

/// It does not reach the person this way. What cannot wait is queued for the other channel first.
pub async fn fail(table: &Table, message: &Stored<Message>, reason: Reason, now: Timestamp) -> Result<(), Error> {
    let (failed, events) = message.value.failed(reason, now);
    write(table, message, failed, events, now).await?;
    Ok(())
}

/// Writes a message's next state. Before that, what it needs elsewhere: so that nothing is missing if this is repeated.
pub async fn write(
    table: &Table,
    old: &Stored<Message>,
    next: Message,
    events: Vec<MessageEvent>,
    now: Timestamp,
) -> Result<Stored<Message>, Error> {
    if let Some(other) = next.in_its_place() {
        let note = Note::outcome(now, 0, other.whose());
        store::insert(table, &other, &note, vec![MessageEvent::Queued]).await?;
    }
    if events.contains(&MessageEvent::Queued) {
        table.create(&Note::outcome(now, next.requeued, next.whose()), Vec::new()).await?;
    }
    let written = table.replace(old, next, events).await?;
    written.ok_or_else(|| Error::contended(format!("{} was changed by somebody else", old.value.id)))
}

/// It waits for the morning.
async fn hold(table: &Table, message: &Stored<Message>, until: Timestamp) -> Result<(), Error> {
    table.create(&Note::digest(until, message.value.whose()), Vec::new()).await?;
    let held = table.replace(message, message.value.held(until), Vec::new()).await?;
    held.map(|_| ())
        .ok_or_else(|| Error::contended(format!("{} was changed by somebody else", message.value.id)))
}
