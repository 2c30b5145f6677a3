//! `sweep-messages`: the morning's digest, and what nobody else finishes.

use crate::samples::time;
use crate::support::*;
use contracts::orders::{OrderDelivered, OrderPaid};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::item;
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{MAX_REQUEUES, Reason, State};
use notifications::store::{Sweep, sweep_key};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn delivered(stage: &Stage, n: u128, customer: kernel::AccountId) -> Value {
    step(stage, &OrderDelivered { order: order(n), customer }, 8)
}

/// The schedule starts the sweeper, which after a night needs two runs to catch up, and what follows happens.
fn sweep(stage: &Stage) {
    for _ in 0..2 {
        assert!(stage.start("sweep-messages"), "{:?}", stage.log().last());
    }
    stage.settle().unwrap();
}

/// A stage at night, in Moscow and in London, whose sweeper is up to date.
fn night() -> Stage {
    let stage = stage();
    until(&stage, "2026-01-05T23:00:00Z");
    sweep(&stage);
    stage
}

#[test]
fn what_came_at_night_comes_as_one_letter_in_the_morning() {
    let stage = night();
    for n in 1..=3 {
        tell(&stage, &delivered(&stage, n, MARIA));
        stage.pass(Duration::from_secs(60));
    }
    tell(&stage, &delivered(&stage, 4, JOHN));
    assert!(sent(&stage).is_empty());
    until(&stage, "2026-01-06T05:00:59Z");
    sweep(&stage);
    assert!(sent(&stage).is_empty(), "somebody may still be holding a message for this morning");
    until(&stage, "2026-01-06T05:01:00Z");
    sweep(&stage);
    let letters = sent(&stage);
    assert_eq!((letters.len(), letters[0].to.as_str()), (1, "maria@example.com"));
    assert_eq!(letters[0].subject, "3 уведомления");
    for n in 1..=3 {
        assert!(letters[0].text.contains(&format!("Заказ № 00000{n} доставлен")), "{}", letters[0].text);
    }
    // John's morning is three hours later; one alone comes as it is.
    until(&stage, "2026-01-06T08:05:00Z");
    sweep(&stage);
    assert_eq!(
        sent(&stage)[1..].iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(),
        ["Order 000004 was delivered"]
    );
    stage.pass(Duration::from_secs(3600));
    sweep(&stage);
    assert_eq!(sent(&stage).len(), 2);
}

#[test]
fn each_channel_has_a_digest_of_its_own() {
    let stage = night();
    prefer(&stage, MARIA, &["email", "sms"], &[], json!({ "from": "22:00", "to": "08:00" }));
    for n in 1..=2 {
        tell(&stage, &delivered(&stage, n, MARIA));
    }
    until(&stage, "2026-01-06T05:05:00Z");
    sweep(&stage);
    assert_eq!(recipients(&stage), to(&[("email", "maria@example.com"), ("sms", "+79991234567")]));
    assert_eq!(sent(&stage)[1].text, "Ярмарка. 2 уведомления: https://yarmarka.example/notifications");
}

#[test]
fn a_sweeper_that_is_started_twice_late_or_after_an_outage_sends_nothing_twice_and_misses_nothing() {
    let stage = Arc::new(night());
    for n in 1..=2 {
        tell(&stage, &delivered(&stage, n, MARIA));
    }
    tell(&stage, &delivered(&stage, 3, JOHN));
    until(&stage, "2026-01-07T12:00:00Z");
    // A second run at any call of the first one, from beginning to end.
    for nth in 0..12 {
        let (other, calls) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if call.function == "sweep-messages" && calls.fetch_add(1, Ordering::Relaxed) == nth {
                other.start("sweep-messages");
            }
            Fate::Answered
        });
        stage.start("sweep-messages");
        stage.calm();
    }
    sweep(&stage);
    let subjects: Vec<_> = sent(&stage).into_iter().map(|letter| letter.subject).collect();
    assert_eq!(subjects, ["2 уведомления", "Order 000003 was delivered"]);
}

#[test]
fn a_sweeper_that_dies_anywhere_is_finished_by_the_next_one() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..8 {
            let stage = night();
            for n in 1..=2 {
                tell(&stage, &delivered(&stage, n, MARIA));
            }
            tell(&stage, &delivered(&stage, 3, JOHN));
            until(&stage, "2026-01-06T08:05:00Z");
            let (made, last) = (AtomicUsize::new(0), fate.clone());
            stage.interfere(move |call| match writes(call).then(|| made.fetch_add(1, Ordering::Relaxed)) {
                Some(write) if write < nth => Fate::Answered,
                Some(write) if write == nth => last.clone(),
                Some(_) => Fate::NeverSent,
                None if made.load(Ordering::Relaxed) > nth => Fate::NeverSent,
                None => Fate::Answered,
            });
            stage.start("sweep-messages");
            stage.calm();
            sweep(&stage);
            let subjects: Vec<_> = sent(&stage).into_iter().map(|letter| letter.subject).collect();
            assert_eq!(subjects.len(), 2, "write {nth}, {fate:?}: {subjects:?}");
        }
    }
}

#[test]
fn what_is_over_the_limit_comes_at_the_end_of_the_hour_and_not_at_night() {
    let stage = night();
    until(&stage, "2026-01-06T08:10:00Z");
    stage.set("MESSAGES_PER_HOUR", "1");
    for n in 1..=3 {
        tell(&stage, &delivered(&stage, n, JOHN));
    }
    assert_eq!(sent(&stage).len(), 1);
    until(&stage, "2026-01-06T09:05:00Z");
    sweep(&stage);
    assert_eq!(
        sent(&stage)[1..].iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(),
        ["2 notifications"]
    );
    // Too many in the last hour of the day: their digest waits for the morning, and is taken apart in the next one.
    until(&stage, "2026-01-06T21:30:00Z");
    for n in 11..=13 {
        tell(&stage, &delivered(&stage, n, JOHN));
    }
    until(&stage, "2026-01-06T22:05:00Z");
    sweep(&stage);
    tell(&stage, &delivered(&stage, 14, JOHN));
    assert_eq!(sent(&stage).len(), 3);
    until(&stage, "2026-01-07T08:05:00Z");
    sweep(&stage);
    let letters = sent(&stage);
    assert_eq!((letters.len(), letters[3].subject.as_str()), (4, "3 notifications"));
    for n in 12..=14 {
        assert!(letters[3].text.contains(&format!("Order 0000{}", kernel_digits(n))), "{n}: {}", letters[3].text);
    }
}

/// The last two digits of order `n` as people see them.
fn kernel_digits(n: u128) -> String {
    let id = order(n).to_string();
    id[id.len() - 2..].to_uppercase()
}

#[test]
fn a_night_of_many_messages_is_one_letter_that_shows_the_first_of_them() {
    let stage = night();
    stage.set("MESSAGES_PER_HOUR", "1000");
    for n in 1..=230 {
        assert!(stage.deliver("notify", &delivered(&stage, n, MARIA)));
    }
    tell(&stage, &delivered(&stage, 999, JOHN));
    until(&stage, "2026-01-06T08:05:00Z");
    sweep(&stage);
    let letters = sent(&stage);
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].subject, "200 уведомлений", "no more than a page is counted");
    assert!(letters[0].text.contains("И ещё 180."));
}

#[test]
fn a_send_without_an_answer_that_no_queue_repeats_is_found() {
    for (trace, letters, lost) in [(true, 1, 0), (false, 2, 1)] {
        let stage = stage();
        until(&stage, "2026-01-05T09:00:00Z");
        sweep(&stage);
        let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1) }, 6);
        assert!(stage.deliver("notify", &event));
        let queued = queued(&stage, &event, Email);
        once(&stage, sends, Fate::ReplyLost);
        assert!(!stage.deliver("send-email", &queued));
        stage.calm();
        if trace {
            let id = message_of(&event, Email);
            let notice = json!({ "eventType": "Send", "mail": { "tags": { "reference": [id] } } });
            assert!(stage.notice("email-feedback", &notice.to_string()));
        }
        stage.pass(Duration::from_secs(1200));
        sweep(&stage);
        let message = message(&stage, &event, Email).unwrap();
        assert!(matches!(message.state, State::Sent { .. }), "{message:?}");
        assert_eq!((sent(&stage).len(), message.unanswered), (letters, lost));
    }
}

#[test]
fn a_message_that_nobody_sends_is_queued_again_a_few_times_and_then_given_up() {
    let stage = stage();
    sweep(&stage);
    let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1) }, 6);
    assert!(stage.deliver("notify", &event));
    // Its channel is down for a day: everything in its queue ends in the dead letters.
    for _ in 0..300 {
        stage.pass(Duration::from_secs(300));
        assert!(stage.start("sweep-messages"));
    }
    let message = message(&stage, &event, Email).unwrap();
    assert!(matches!(message.state, State::Failed { reason: Reason::GivenUp, .. }), "{message:?}");
    assert_eq!(message.requeued, MAX_REQUEUES + 1);
    assert!(sent(&stage).is_empty());
}

#[test]
fn a_message_that_is_queued_again_is_sent() {
    let stage = stage();
    sweep(&stage);
    let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1) }, 6);
    assert!(stage.deliver("notify", &event));
    stage.pass(Duration::from_secs(1200));
    sweep(&stage);
    assert_eq!(sent(&stage).len(), 1);
    assert!(message(&stage, &event, Sms).is_none());
}

#[test]
fn a_run_without_anything_due_reads_little_and_writes_its_place_only() {
    let stage = night();
    stage.pass(Duration::from_secs(300));
    stage.calls();
    assert!(stage.start("sweep-messages"));
    let calls = stage.calls();
    assert!(calls.len() <= 8, "{}", calls.len());
    assert_eq!(calls.iter().filter(|call| writes(call)).count(), 1);
    let place: Sweep = item(&stage, "notifications", &sweep_key()).unwrap();
    assert!(place.bucket.time() > time("2026-01-05T23:00:00Z"));
}
