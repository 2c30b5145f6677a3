//! The states of a message, and what it does when nobody knows how a send ended.

use crate::samples::{notices, time};
use kernel::{AccountId, MessageId, Timestamp};
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{Due, LEASE, MAX_REQUEUES, MAX_SENDS, Message, MessageEvent, Reason, State, id_of};
use notifications::notice::Notice;
use proptest::prelude::*;
use std::time::Duration;

const CAUSE: &str = "orders/ord_00000000000000000000000001/order/1.4.0";

fn now() -> Timestamp {
    time("2026-01-05T08:00:00Z")
}

fn message(name: &str) -> Message {
    let notice = notices().into_iter().find(|notice| notice.name() == name).unwrap();
    Message::new(AccountId::from_bits(1), Email, notice, (CAUSE, now()), State::Queued)
}

#[test]
fn an_id_is_the_same_for_the_same_event_and_channel_and_sorts_by_time() {
    assert_eq!(id_of(CAUSE, now(), "email"), id_of(CAUSE, now(), "email"));
    assert_ne!(id_of(CAUSE, now(), "email"), id_of(CAUSE, now(), "sms"));
    assert_ne!(id_of(CAUSE, now(), "email"), id_of("orders/another/1.4.0", now(), "email"));
    let later = now().after(Duration::from_millis(1));
    assert!(id_of("z", now(), "email").to_string() < id_of("a", later, "email").to_string());
    // A clock before 1970 or far ahead breaks nothing.
    let ends = [Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX)];
    assert!(ends.iter().all(|end| id_of("a", *end, "email").to_string().parse::<MessageId>().is_ok()));
}

#[test]
fn a_message_is_sent_once_and_then_left_alone() {
    let queued = message("order-paid");
    assert_eq!(queued.due(now()), Due::Send);
    let claimed = queued.claimed("request-1", 3, now());
    assert_eq!((claimed.due(now()), claimed.template), (Due::Later, Some(3)));
    let (sent, events) = claimed.sent(now());
    assert_eq!((sent.due(now()), events), (Due::Nothing, vec![MessageEvent::Sent]));
    assert_eq!(claimed.put_back().due(now()), Due::Send, "what was definitely not sent is sent again");
}

#[test]
fn a_claim_without_an_outcome_is_asked_about_when_its_holder_cannot_be_alive() {
    let claimed = message("order-paid").claimed("request-1", 1, now());
    let almost = Timestamp::from_millis(now().after(LEASE).as_millis() - 1);
    assert_eq!(claimed.due(almost), Due::Later);
    assert_eq!(claimed.due(now().after(LEASE)), Due::Ask);
}

#[test]
fn what_had_no_answer_is_sent_once_more_and_then_fails() {
    let mut message = message("order-paid");
    for send in 1..MAX_SENDS {
        let (next, events) = message.claimed("request", 1, now()).unanswered(now());
        assert_eq!((next.due(now()), events.len(), next.unanswered), (Due::Send, 0, send));
        message = next;
    }
    let (failed, events) = message.claimed("request", 1, now()).unanswered(now());
    assert_eq!(failed.state, State::Failed { at: now(), reason: Reason::Unanswered });
    assert_eq!(events, [MessageEvent::Failed]);
}

#[test]
fn a_code_that_has_expired_is_not_sent_once_more_and_is_kept_by_nobody() {
    let code = message("code");
    let end = code.notice.expires_at().unwrap();
    assert!(!code.has_expired(now()) && code.has_expired(end));
    let (failed, _) = code.claimed("request", 1, now()).unanswered(end);
    assert!(matches!(failed.state, State::Failed { .. }));
    for done in [failed, code.sent(now()).0, code.failed(Reason::NoContact, now()).0] {
        assert!(matches!(&done.notice, Notice::Code { sealed, .. } if sealed.is_empty()), "{done:?}");
    }
}

#[test]
fn only_what_cannot_wait_takes_the_other_channel_and_a_code_never_does() {
    let failed = |name: &str, reason| message(name).failed(reason, now()).0.in_its_place();
    let other = failed("account-locked", Reason::Suppressed).unwrap();
    assert_eq!((other.channel, &other.state), (Sms, &State::Queued));
    assert_eq!(other.id, id_of(CAUSE, now(), "sms"), "the very message that a choice of SMS would have made");
    assert!(failed("order-reserved", Reason::NoContact).is_some());
    assert!(failed("order-paid", Reason::NoContact).is_none(), "it is in the feed");
    assert!(failed("code", Reason::NoContact).is_none(), "it proves an address");
    assert!(failed("order-reserved", Reason::Expired).is_none());
    assert!(failed("account-locked", Reason::Unwritable).is_none());
    assert!(message("account-locked").in_its_place().is_none(), "nothing failed yet");
}

#[test]
fn what_is_overdue_is_queued_again_a_few_times() {
    let mut message = message("order-paid");
    for _ in 0..MAX_REQUEUES {
        let (next, events) = message.overdue(false, now()).unwrap();
        assert_eq!((next.due(now()), events), (Due::Send, vec![MessageEvent::Queued]));
        message = next;
    }
    let (failed, events) = message.overdue(false, now()).unwrap();
    assert_eq!(failed.state, State::Failed { at: now(), reason: Reason::GivenUp });
    assert_eq!(events, [MessageEvent::Failed]);
}

#[test]
fn an_overdue_claim_is_what_the_delivery_log_says() {
    let (claimed, later) = (message("order-paid").claimed("request", 1, now()), now().after(LEASE));
    assert_eq!(claimed.overdue(true, now()), None, "it may be under way");
    assert_eq!(claimed.overdue(true, later).unwrap().0.state, State::Sent { at: later });
    let (again, events) = claimed.overdue(false, later).unwrap();
    assert_eq!((again.unanswered, again.due(later), events), (1, Due::Send, vec![MessageEvent::Queued]));
    let (failed, _) = again.claimed("request", 1, now()).overdue(false, later).unwrap();
    assert!(matches!(failed.state, State::Failed { reason: Reason::Unanswered, .. }));
    for done in [message("order-paid").sent(now()).0, message("order-paid").held(later)] {
        assert_eq!(done.overdue(false, later), None);
    }
}

proptest! {
    /// Whatever happens in whatever order, a message is sent at most twice, and twice only without an answer to the
    /// first; and it always comes to an end.
    #[test]
    fn a_message_is_sent_at_most_twice(steps in prop::collection::vec((0u8..6, any::<bool>()), 1..40)) {
        let (mut message, mut now) = (message("order-paid"), now());
        let (mut sends, mut lost) = (0, 0);
        for (step, accepted) in steps {
            now = now.after(Duration::from_secs(90));
            message = match (step, message.due(now)) {
                // A send whose reply comes, is lost, or was refused for the time being.
                (0, Due::Send) => { sends += 1; message.claimed("r", 1, now).sent(now).0 }
                (1, Due::Send) => { sends += 1; lost += 1; message.claimed("r", 1, now) }
                (2, Due::Send) => message.claimed("r", 1, now).put_back(),
                (3, Due::Ask) => message.unanswered(now).0,
                (4, _) => message.overdue(accepted, now).map_or(message, |next| next.0),
                _ => message,
            };
            prop_assert!(sends <= u32::from(MAX_SENDS));
            prop_assert!(sends <= lost + 1);
        }
        for _ in 0..20 {
            now = now.after(Duration::from_secs(90));
            message = message.overdue(false, now).map_or(message, |next| next.0);
        }
        prop_assert_eq!(message.due(now), Due::Nothing);
    }
}
