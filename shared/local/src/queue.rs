//! A queue: messages, when each may be received, and those that were given up.

use crate::plane::Message;
use kernel::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A function's queue.
#[derive(Default)]
pub(crate) struct Queue {
    /// How long it holds each message back.
    pub delay: Duration,
    /// The messages that were given up.
    pub dead: Vec<Message>,
    messages: BTreeMap<u64, Message>,
    /// The same messages by the time from which on they may be received: most wait for long, and must not be gone
    /// through each time.
    times: BTreeSet<(Timestamp, u64)>,
}

impl Queue {
    /// An empty one that holds each message back for `delay`.
    pub fn of(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// Puts a message in.
    pub fn insert(&mut self, message: Message) {
        self.times.insert((message.visible_at, message.id));
        self.messages.insert(message.id, message);
    }

    /// Takes a message out.
    pub fn remove(&mut self, id: u64) -> Option<Message> {
        let message = self.messages.remove(&id)?;
        self.times.remove(&(message.visible_at, id));
        Some(message)
    }

    /// Lets `change` do something to a message.
    pub fn change<T>(&mut self, id: u64, change: impl FnOnce(&mut Message) -> T) -> Option<T> {
        let mut message = self.remove(id)?;
        let changed = change(&mut message);
        self.insert(message);
        Some(changed)
    }

    /// The messages that may be received now, the oldest first.
    pub fn visible(&self, now: Timestamp) -> Vec<u64> {
        let mut visible: Vec<u64> = self.times.range(..=(now, u64::MAX)).map(|(_, id)| *id).collect();
        visible.sort_unstable();
        visible
    }

    /// When the next message may be received.
    pub fn next(&self) -> Option<Timestamp> {
        self.times.first().map(|(at, _)| *at)
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_received_in_their_order_when_their_time_has_come() {
        let at = Timestamp::from_millis;
        let message = |id, visible_at| Message {
            id,
            body: String::new(),
            receives: 0,
            visible_at: at(visible_at),
        };
        let mut queue = Queue::default();
        for (id, visible_at) in [(3, 5), (1, 10), (2, 5), (4, 11)] {
            queue.insert(message(id, visible_at));
        }
        assert_eq!(queue.visible(at(4)), [0; 0]);
        assert_eq!(queue.visible(at(10)), [1, 2, 3]);
        assert_eq!(queue.change(2, |message| message.visible_at = at(20)), Some(()));
        assert_eq!((queue.visible(at(11)), queue.visible(at(20))), (vec![1, 3, 4], vec![1, 2, 3, 4]));
        assert_eq!(queue.remove(3).map(|message| message.id), Some(3));
        assert_eq!((queue.remove(3), queue.next(), queue.len()), (None, Some(at(10)), 3));
        assert_eq!(queue.change(3, |_| ()), None);
    }
}
