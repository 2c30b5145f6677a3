//! Sends whose reply is lost, sends at the same time, and senders that die: at most one letter, or two after a lost
//! reply, and that is counted.

use crate::support::*;
use contracts::orders::OrderPaid;
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{LEASE, Reason, State};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A receipt for Maria that waits to be sent, and the event that says so.
fn waiting(stage: &Stage) -> (Value, Value) {
    let event = step(stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6);
    assert!(stage.deliver("notify", &event));
    let queued = queued(stage, &event, Email);
    (event, queued)
}

/// The queue hands the message out again when its visibility time-out is over.
fn comes_again(stage: &Stage, function: &str, queued: &Value) -> bool {
    stage.pass(Duration::from_secs(180));
    stage.deliver(function, queued)
}

#[test]
fn a_send_whose_reply_is_lost_is_found_in_the_delivery_log() {
    let stage = stage();
    let (event, queued) = waiting(&stage);
    once(&stage, sends, Fate::ReplyLost);
    assert!(!stage.deliver("send-email", &queued));
    assert!(matches!(state(&stage, &event, Email), Some(State::Sending { .. })), "nobody knows");
    assert!(!stage.deliver("send-email", &queued), "it might still be under way");
    // SES tells its topic that it delivered the letter. (What else settles here fails: the claim is fresh.)
    let told = stage.settle();
    assert!(told.is_err(), "the queued message is delivered too, and is not due");
    assert!(comes_again(&stage, "send-email", &queued));
    assert_eq!(sent(&stage).len(), 1);
    assert!(matches!(state(&stage, &event, Email), Some(State::Sent { .. })));
    assert_eq!(message(&stage, &event, Email).unwrap().unanswered, 0);
}

#[test]
fn a_send_of_which_there_is_no_trace_is_sent_once_more_and_counted() {
    for (fate, letters) in [(Fate::ReplyLost, 2), (Fate::NeverSent, 1)] {
        let stage = stage();
        let (event, queued) = waiting(&stage);
        once(&stage, sends, fate);
        assert!(!stage.deliver("send-email", &queued));
        assert!(comes_again(&stage, "send-email", &queued));
        assert_eq!(sent(&stage).len(), letters);
        let message = message(&stage, &event, Email).unwrap();
        assert!(matches!(message.state, State::Sent { .. }));
        assert_eq!(message.unanswered, 1, "the possible double is counted");
        assert!(comes_again(&stage, "send-email", &queued));
        assert_eq!(sent(&stage).len(), letters);
    }
}

#[test]
fn after_two_sends_without_an_answer_it_has_failed_and_what_cannot_wait_takes_the_other_channel() {
    let stage = stage();
    let urgent = reserved(&stage, MARIA, 1);
    assert!(stage.deliver("notify", &urgent));
    let queued_email = queued(&stage, &urgent, Email);
    stage.interfere(|call| match call.service == Service::Ses {
        true => Fate::ReplyLost,
        false => Fate::Answered,
    });
    assert!(!stage.deliver("send-email", &queued_email));
    assert!(!comes_again(&stage, "send-email", &queued_email));
    assert!(comes_again(&stage, "send-email", &queued_email));
    assert!(comes_again(&stage, "send-email", &queued_email));
    assert_eq!(sent(&stage).len(), 2, "never a third one");
    assert!(matches!(state(&stage, &urgent, Email), Some(State::Failed { reason: Reason::Unanswered, .. })));
    assert!(stage.deliver("send-sms", &queued(&stage, &urgent, Sms)));
    assert_eq!(sent(&stage).len(), 3);
}

#[test]
fn what_takes_the_other_channel_in_two_deliveries_at_once_is_sent_once() {
    let stage = Arc::new(stage());
    let urgent = reserved(&stage, MARIA, 1);
    assert!(stage.deliver("notify", &urgent));
    let letter = queued(&stage, &urgent, Email);
    let (other, again, cause, entered) = (stage.clone(), letter.clone(), urgent.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        let takes_its_place = call.function == "send-email"
            && call.operation == "PutItem"
            && String::from_utf8_lossy(&call.body).contains("{\"S\":\"message\"}")
            && String::from_utf8_lossy(&call.body).contains("attribute_not_exists(#pk)");
        if takes_its_place && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(other.deliver("send-email", &again));
            assert!(other.deliver("send-sms", &queued(&other, &cause, Sms)));
        }
        if call.service == Service::Ses { Fate::ReplyLost } else { Fate::Answered }
    });
    assert!(!stage.deliver("send-email", &letter));
    assert!(!comes_again(&stage, "send-email", &letter));
    comes_again(&stage, "send-email", &letter);
    assert_eq!(sent(&stage).len(), 3, "two letters without an answer, and one text");
    stage.deliver("send-sms", &queued(&stage, &urgent, Sms));
    assert_eq!(sent(&stage).len(), 3);
}

#[test]
fn a_text_message_whose_reply_is_lost_is_sent_once_more() {
    for (fate, texts) in [(Fate::ReplyLost, 2), (Fate::NeverSent, 1)] {
        let stage = stage();
        prefer(&stage, MARIA, &[], &["sms"], json!(null));
        let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6);
        assert!(stage.deliver("notify", &event));
        let queued = queued(&stage, &event, Sms);
        once(&stage, sends, fate);
        assert!(!stage.deliver("send-sms", &queued));
        assert!(comes_again(&stage, "send-sms", &queued));
        assert_eq!(sent(&stage).len(), texts);
        assert_eq!(message(&stage, &event, Sms).unwrap().unanswered, 1);
    }
}

#[test]
fn of_two_deliveries_at_once_one_sends_wherever_they_meet() {
    // At any call of the first delivery the second one runs from beginning to end, in the same millisecond.
    for nth in 0..8 {
        let stage = Arc::new(stage());
        let (event, queued) = waiting(&stage);
        let (other, again, calls) = (stage.clone(), queued.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if call.function == "send-email" && calls.fetch_add(1, Ordering::Relaxed) == nth {
                other.deliver("send-email", &again);
            }
            Fate::Answered
        });
        stage.deliver("send-email", &queued);
        stage.calm();
        assert_eq!(sent(&stage).len(), 1, "met at call {nth}");
        assert!(comes_again(&stage, "send-email", &queued));
        assert!(matches!(state(&stage, &event, Email), Some(State::Sent { .. })), "met at call {nth}");
        assert_eq!(sent(&stage).len(), 1, "met at call {nth}");
    }
}

#[test]
fn of_two_deliveries_of_a_text_at_once_one_sends_wherever_they_meet() {
    for nth in 0..8 {
        let stage = Arc::new(stage());
        prefer(&stage, MARIA, &[], &["sms"], json!(null));
        let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6);
        assert!(stage.deliver("notify", &event));
        let queued = queued(&stage, &event, Sms);
        let (other, again, calls) = (stage.clone(), queued.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if call.function == "send-sms" && calls.fetch_add(1, Ordering::Relaxed) == nth {
                other.deliver("send-sms", &again);
            }
            Fate::Answered
        });
        stage.deliver("send-sms", &queued);
        stage.calm();
        assert_eq!(sent(&stage).len(), 1, "met at call {nth}");
    }
}

#[test]
fn a_sender_that_dies_anywhere_leaves_one_letter_or_two_that_are_counted() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..10 {
            let stage = stage();
            let (event, queued) = waiting(&stage);
            let (calls, last) = (AtomicUsize::new(0), fate.clone());
            stage.interfere(move |call| match calls.fetch_add(1, Ordering::Relaxed) {
                _ if call.function != "send-email" => Fate::Answered,
                n if n < nth => Fate::Answered,
                n if n == nth => last.clone(),
                _ => Fate::NeverSent,
            });
            stage.deliver("send-email", &queued);
            stage.calm();
            assert!(comes_again(&stage, "send-email", &queued), "call {nth}, {fate:?}");
            let message = message(&stage, &event, Email).unwrap();
            assert!(matches!(message.state, State::Sent { .. }), "call {nth}, {fate:?}: {message:?}");
            let letters = sent(&stage).len();
            assert!((1..=1 + usize::from(message.unanswered)).contains(&letters), "call {nth}, {fate:?}");
        }
    }
}

#[test]
fn what_became_of_a_send_is_written_down_even_if_the_table_stutters() {
    for nth in 0..2 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = stage();
            let (event, queued) = waiting(&stage);
            let (made, fate) = (AtomicUsize::new(0), fate.clone());
            stage.interfere(move |call| match writes(call) && made.fetch_add(1, Ordering::Relaxed) == nth {
                true => fate.clone(),
                false => Fate::Answered,
            });
            assert!(stage.deliver("send-email", &queued));
            assert_eq!(sent(&stage).len(), 1);
            assert_eq!(message(&stage, &event, Email).unwrap().unanswered, 0);
        }
    }
}

#[test]
fn a_claim_is_left_alone_while_its_holder_may_be_alive() {
    let stage = stage();
    let (_, queued) = waiting(&stage);
    once(&stage, sends, Fate::NeverSent);
    assert!(!stage.deliver("send-email", &queued));
    stage.pass(LEASE - Duration::from_millis(1));
    assert!(!stage.deliver("send-email", &queued));
    assert_eq!(sent(&stage).len(), 0);
    stage.pass(Duration::from_millis(1));
    assert!(stage.deliver("send-email", &queued));
    assert_eq!(sent(&stage).len(), 1);
}
