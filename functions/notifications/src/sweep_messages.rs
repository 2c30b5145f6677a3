//! Every five minutes: what waited long enough.
//!
//! Reads the notes whose time is up, bucket after bucket, and remembers how far it came; a start that is late, missing
//! or doubled makes no difference. Messages held for a person go on: one alone as it is, several as one digest. A
//! message that should have an outcome by now is looked into: one without an answer counts as sent if the delivery log
//! knows it, and is queued once more if not; one that nobody sent is queued again, a few times. Announces
//! `notifications.message-queued.v1`, `notifications.message-sent.v1`, `notifications.message-failed.v1`.

use crate::message::{Due, Message, MessageEvent, State};
use crate::notice::Notice;
use crate::sending;
use crate::store::{self, Sweep};
use crate::waiting::{Bucket, Group, Note, batch};
use kernel::{MessageId, Timestamp};
use platform::{Decision, Error, Function, Now, Scheduled, Stored, Table, schedule};
use std::time::Duration;

/// How many notes are read at once.
const PAGE: u32 = 200;
/// How many pages one run deals with, so that it is done before the next one: the rest waits five minutes.
const PAGES: usize = 40;
/// How many buckets it looks into: a day has 1,152.
const LOOKS: usize = 400;
/// Where the very first run begins: nothing was noted long before it.
const FIRST_LOOK_BACK: Duration = Duration::from_secs(6 * 3600);
/// How many notices a digest shows.
const SHOWN: usize = 20;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), sweep_messages)
}

/// Goes on from where the last run came to, up to what was due when this one was planned. What cannot be read does
/// not hold up the rest; it fails the run, in the end.
pub async fn sweep_messages(Scheduled(planned): Scheduled, Now(now): Now, notifications: Table) -> Result<(), Error> {
    let open = Bucket::open_at(planned);
    let kept = notifications.get::<Sweep>(&store::sweep_key()).await?;
    let first = || Sweep { bucket: open.before(FIRST_LOOK_BACK), from: None };
    let mut place = kept.map_or_else(first, |kept| kept.value);
    let (mut pages, mut broken) = (0, Ok(()));
    for _ in 0..LOOKS {
        if place.bucket >= open || pages == PAGES {
            break;
        }
        let (notes, more) = store::notes(&notifications, place.bucket, place.from.as_deref(), PAGE).await?;
        let batch = batch(&notes, more);
        for group in &batch.digests {
            set_aside(&mut broken, release(&notifications, group, place.bucket, now).await)?;
        }
        for message in &batch.outcomes {
            set_aside(&mut broken, look_into(&notifications, *message, now).await)?;
        }
        place = match store::place(&batch.then) {
            Some(from) => Sweep { from: Some(from), ..place },
            None => Sweep { bucket: place.bucket.next(), from: None },
        };
        if !notes.is_empty() {
            pages += 1;
            keep(&notifications, &place).await?;
        }
    }
    keep(&notifications, &place).await?;
    broken
}

/// Lets the run go on after what will never succeed; what may succeed later ends it.
fn set_aside(broken: &mut Result<(), Error>, outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(error) if error.retryable() => Err(error),
        Err(error) => {
            *broken = Err(error);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Remembers the place, unless another run is further.
async fn keep(notifications: &Table, place: &Sweep) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Sweep>>| {
        let is_further = found.is_none_or(|found| found.value < *place);
        Ok(if is_further { Decision::To(place.clone(), Vec::new()) } else { Decision::Keep })
    };
    notifications.advance(&store::sweep_key(), decide).await
}

/// What one person gets through one channel: the message itself, or a digest of several.
async fn release(notifications: &Table, group: &Group, bucket: Bucket, now: Timestamp) -> Result<(), Error> {
    let mut held = Vec::new();
    for id in group.messages.iter().take(SHOWN) {
        // What was noted but never held was sent after all.
        let message = notifications.get::<Message>(&store::message_key(*id)).await?;
        held.extend(message.filter(|message| message.value.waits_for(bucket)));
    }
    let unread = group.messages.len().saturating_sub(SHOWN);
    match &held[..] {
        [] => Ok(()),
        [alone] if unread == 0 => {
            let (next, events) = alone.value.released();
            sending::write(notifications, alone, next, events, now).await.map(|_| ())
        }
        _ => {
            let notices = held.into_iter().map(|message| message.value.notice);
            let notice = Notice::digest(notices.collect(), unread, SHOWN);
            // The same at each repetition: a bucket that is read is complete.
            let cause = format!("digest/{}/{}", group.account, bucket.number);
            let digest = Message::new(group.account, group.channel, notice, (&cause, bucket.time()), State::Queued);
            let note = Note::outcome(now, 0, digest.whose());
            store::insert(notifications, &digest, &note, vec![MessageEvent::Queued]).await
        }
    }
}

/// A message that should have an outcome by now.
async fn look_into(notifications: &Table, id: MessageId, now: Timestamp) -> Result<(), Error> {
    let Some(message) = notifications.get::<Message>(&store::message_key(id)).await? else {
        return Ok(());
    };
    let due = message.value.due(now);
    if due == Due::Later {
        // Somebody sends it at this moment: looked into again later.
        let note = Note::outcome(now, message.value.requeued, message.value.whose());
        return notifications.create(&note, Vec::new()).await.map(|_| ());
    }
    let accepted = due == Due::Ask && store::is_in_delivery_log(notifications, id).await?;
    match message.value.overdue(accepted, now) {
        Some((next, events)) => sending::write(notifications, &message, next, events, now).await.map(|_| ()),
        None => Ok(()),
    }
}
