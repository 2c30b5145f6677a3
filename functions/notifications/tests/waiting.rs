//! Deadlines without an index: what is noted is found, at its time and not before.

use crate::samples::time;
use kernel::{AccountId, MessageId};
use notifications::channel::Channel::{Email, Sms};
use notifications::waiting::{Batch, Bucket, Note, SHARDS, Then, What, batch};
use proptest::prelude::*;
use std::time::Duration;

fn account(n: u128) -> AccountId {
    AccountId::from_bits(n)
}

proptest! {
    #[test]
    fn a_note_is_read_after_its_time_and_within_ten_minutes(millis in 0i64..4_000_000_000_000, who: u128) {
        let until = kernel::Timestamp::from_millis(millis);
        let bucket = Bucket::of(until, account(who));
        prop_assert!(bucket.shard < SHARDS);
        prop_assert!(bucket.time() >= until && bucket.time() < until.after(Duration::from_secs(300)));
        let read = |now| bucket < Bucket::open_at(now);
        prop_assert!(!read(until));
        // A function that decided just before the time may write for half a minute more.
        prop_assert!(!read(bucket.time().after(Duration::from_secs(59))));
        prop_assert!(read(bucket.time().after(Duration::from_secs(60))));
        prop_assert!(read(until.after(Duration::from_secs(600))));
    }

    #[test]
    fn no_bucket_is_passed_over(number in 0i64..100_000, steps in 0usize..20) {
        let mut bucket = Bucket { number, shard: 0 };
        let mut seen = vec![bucket];
        for _ in 0..steps {
            prop_assert!(bucket.next() > bucket);
            bucket = bucket.next();
            seen.push(bucket);
        }
        for (n, bucket) in seen.iter().enumerate() {
            prop_assert_eq!(bucket.number, number + n as i64 / i64::from(SHARDS));
            prop_assert_eq!(usize::from(bucket.shard), n % usize::from(SHARDS));
        }
    }
}

#[test]
fn a_message_that_is_queued_again_is_given_twice_as_long() {
    let (now, message) = (time("2026-01-05T08:00:00Z"), (account(1), Email, MessageId::from_bits(1)));
    let times = [0, 1, 2, 5].map(|requeued| Note::outcome(now, requeued, message).bucket.time());
    let minutes = [15, 30, 60, 480].map(|minutes| now.after(Duration::from_secs(minutes * 60)));
    assert_eq!(times, minutes);
    assert!(Note::outcome(now, u8::MAX, message).bucket.time() > now);
}

fn note(what: What, who: u128, channel: notifications::channel::Channel, message: u128) -> Note {
    let bucket = Bucket { number: 1, shard: 0 };
    let (account, message) = (account(who), MessageId::from_bits(message));
    Note { bucket, what, account, channel, message, expires_at: 0 }
}

#[test]
fn notes_of_digests_are_grouped_by_person_and_channel() {
    let digest = |who, channel, message| note(What::Digest, who, channel, message);
    let page = [
        digest(1, Email, 1),
        digest(1, Email, 2),
        digest(1, Sms, 3),
        digest(2, Email, 4),
    ];
    let shape = |batch: &Batch| -> Vec<_> {
        batch.digests.iter().map(|group| (group.account, group.channel, group.messages.len())).collect()
    };
    let all = batch(&page, false);
    assert_eq!(shape(&all), [(account(1), Email, 2), (account(1), Sms, 1), (account(2), Email, 1)]);
    assert_eq!(all.then, Then::Done);
    let cut = batch(&page, true);
    assert_eq!(shape(&cut), [(account(1), Email, 2), (account(1), Sms, 1)], "the last one may go on");
    assert_eq!(cut.then, Then::At(page[3].clone()));
    let long = batch(&page[..2], true);
    assert_eq!(shape(&long), [(account(1), Email, 2)], "who has more than a page of them is not left out");
    assert_eq!(long.then, Then::AfterGroup(page[1].clone()));
    let mixed = [
        page[3].clone(),
        note(What::Outcome, 1, Email, 9),
        note(What::Outcome, 2, Sms, 8),
    ];
    let mixed_batch = batch(&mixed, true);
    assert_eq!(shape(&mixed_batch), [(account(2), Email, 1)], "digests are complete once outcomes begin");
    assert_eq!(mixed_batch.outcomes, [MessageId::from_bits(9), MessageId::from_bits(8)]);
    assert_eq!(mixed_batch.then, Then::After(mixed[2].clone()));
    for more in [false, true] {
        assert_eq!(batch(&[], more), Batch { digests: Vec::new(), outcomes: Vec::new(), then: Then::Done });
    }
}
