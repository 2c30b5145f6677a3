//! The domain of payments: what each event does in each state.

use kernel::{AccountId, Currency, Money, OrderId, PaymentId, PaymentMethodId, ReturnId, Timestamp};
use payments::attempt::{Ending, Progress, Way};
use payments::next_call::Call;
use payments::payment::{End, GRACE, Next, NotStartable, Payment, PaymentEvent, Standing, Stranger, UNANSWERED, Wish};
use payments::provider::{Intent, IntentStatus, RefundNews, RefundStatus};
use payments::refund::{Cause, RefundState, for_cancellation, for_return, for_stray};
use payments::refunding::NothingCaptured;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn now() -> Timestamp {
    Timestamp::from_millis(1_767_600_000_000)
}

fn id(n: u128) -> PaymentId {
    PaymentId::from_bits(n)
}

fn pence(amount: i64) -> Money {
    Money::new(amount, Currency::GBP)
}

fn wish(n: u128, saved: bool) -> Wish {
    let way = match saved {
        true => Way::Saved {
            id: PaymentMethodId::from_bits(1),
            method: "pm_1".to_owned().into(),
            payer: "cus_1".to_owned().into(),
        },
        false => Way::Form { save_for: None },
    };
    Wish {
        id: id(n),
        request: "request".to_owned(),
        amount: pence(1000),
        way,
        pay_until: now().after(900 * SECOND),
    }
}

fn news(n: u128, status: IntentStatus) -> Intent {
    Intent {
        id: format!("pi_{n}").into(),
        payment: Some(id(n)),
        purpose: Some(OrderId::from_bits(1).into()),
        status,
        secret: None,
    }
}

fn none() -> Payment {
    Payment::of(OrderId::from_bits(1), AccountId::from_bits(2))
}

fn after(next: Option<Next>) -> Payment {
    next.expect("it changes").0
}

/// A payment whose attempt 1 is being opened.
fn opening(saved: bool) -> Payment {
    none().start(wish(1, saved), now()).unwrap().0
}

/// One whose attempt 1 the customer can pay.
fn open() -> Payment {
    after(opening(false).heard(id(1), &news(1, IntentStatus::Open { declined: None }), now()).unwrap())
}

/// One that attempt 1 paid.
fn paid() -> Payment {
    after(open().heard(id(1), &news(1, IntentStatus::Captured(pence(1000))), now()).unwrap())
}

fn refund_news(n: u32, payment: &Payment, status: RefundStatus) -> RefundNews {
    let refund = &payment.attempts[0].refunds()[0];
    RefundNews {
        id: format!("re_{n}").into(),
        refund: Some(refund.id),
        purpose: Some(payment.purpose),
        intent: Some("pi_1".to_owned().into()),
        amount: refund.amount,
        status,
        made_at: now(),
    }
}

#[test]
fn each_end_leads_from_each_standing_where_it_should() {
    let closing = |because| Standing::Closing { because, since: now() };
    let closed = |because| Standing::Closed { because };
    let expiring = open().close(End::Expired, now()).unwrap().0;
    let expired = none().close(End::Expired, now()).unwrap().0;
    let cancelled = none().close(End::Cancelled, now()).unwrap().0;
    use End::{Cancelled, Expired};
    for (name, payment, on_expiry, on_cancellation) in [
        ("nobody tried", none(), Some(closed(Expired)), Some(closed(Cancelled))),
        ("opening", opening(false), Some(closing(Expired)), Some(closing(Cancelled))),
        ("open", open(), Some(closing(Expired)), Some(closing(Cancelled))),
        ("paid", paid(), None, Some(closed(Cancelled))),
        ("closing", expiring, None, Some(closing(Cancelled))),
        ("expired", expired, None, None),
        ("cancelled", cancelled, None, None),
    ] {
        for (because, expected) in [(Expired, on_expiry), (Cancelled, on_cancellation)] {
            let next = payment.close(because, now());
            assert_eq!(next.as_ref().map(|(next, _)| next.standing.clone()), expected, "{name}: {because:?}");
            let announces = matches!(expected, Some(Standing::Closed { .. })) && name != "paid";
            let events = next.map(|(_, events)| events).unwrap_or_default();
            assert_eq!(events, if announces { vec![PaymentEvent::Closed] } else { Vec::new() }, "{name}: {because:?}");
        }
    }
}

#[test]
fn money_pays_while_it_is_wanted_and_goes_back_otherwise() {
    let captured = |payment: &Payment, amount| {
        payment.heard(id(1), &news(1, IntentStatus::Captured(amount)), now()).unwrap().unwrap()
    };
    let expiring = open().close(End::Expired, now()).unwrap().0;
    let cancelling = open().close(End::Cancelled, now()).unwrap().0;
    let expired = after(expiring.heard(id(1), &news(1, IntentStatus::Cancelled), now()).unwrap());
    let right = pence(1000);
    for (name, payment, amount, cause) in [
        ("open", open(), right, None),
        ("opening", opening(false), right, None),
        ("being charged", opening(true), right, None),
        ("expiring", expiring.clone(), right, None),
        ("cancelling", cancelling, right, Some(Cause::Late)),
        ("expired", expired, right, Some(Cause::Late)),
        ("too little", open(), pence(999), Some(Cause::Differing)),
        ("too much", open(), pence(1001), Some(Cause::Differing)),
        ("another currency", open(), Money::new(1000, Currency::EUR), Some(Cause::Differing)),
        ("expiring, too little", expiring, pence(999), Some(Cause::Differing)),
    ] {
        let (next, events) = captured(&payment, amount);
        let refunds = next.attempts[0].refunds();
        match cause {
            None => {
                assert_eq!(next.standing, Standing::Paid { by: id(1) }, "{name}");
                assert_eq!((events, refunds.len()), (vec![PaymentEvent::Succeeded(id(1))], 0), "{name}");
            }
            Some(cause) => {
                assert!(!events.contains(&PaymentEvent::Succeeded(id(1))), "{name}");
                assert_eq!((refunds.len(), &refunds[0].cause), (1, &cause), "{name}");
                assert_eq!((refunds[0].id, refunds[0].amount), (for_stray(id(1)), amount), "{name}");
                assert_eq!(next.attempts[0].kept_minor(), 0, "{name}");
            }
        }
        let again = next.heard(id(1), &news(1, IntentStatus::Captured(amount)), now());
        assert_eq!(again, Ok(None), "{name}: once");
    }
}

#[test]
fn a_start_waits_for_the_end_of_the_one_before() {
    let (second, _) = open().start(wish(2, false), now()).unwrap();
    assert!(second.attempts[0].unwanted);
    assert_eq!(second.attempts[1].progress, Progress::Planned);
    assert!(matches!(second.next_call(&[], now()), Some(Call::Cancel(first, _)) if first == id(1)));
    let ended = after(second.heard(id(1), &news(1, IntentStatus::Cancelled), now()).unwrap());
    assert_eq!(ended.attempts[1].progress, Progress::Opening { since: now() });
    let (third, _) = second.start(wish(3, false), now()).unwrap();
    assert_eq!(third.attempts[1].progress, Progress::Ended { why: Ending::NotNeeded }, "nothing was sent for it");
    let paid = after(third.heard(id(1), &news(1, IntentStatus::Captured(pence(1000))), now()).unwrap());
    assert_eq!(paid.attempts[2].progress, Progress::Ended { why: Ending::NotNeeded });
    assert_eq!(paid.start(wish(4, false), now()), Err(NotStartable::Paid));
    assert_eq!(none().start(wish(1, false), now().after(900 * SECOND)), Err(NotStartable::Closed));
}

#[test]
fn the_next_call_is_the_same_until_it_was_answered_and_another_one_when_that_takes_too_long() {
    let just_before = now().after(UNANSWERED - SECOND);
    let late = now().after(UNANSWERED);
    assert!(matches!(opening(false).next_call(&[], just_before), Some(Call::Open(_))));
    assert!(matches!(opening(false).next_call(&[], late), Some(Call::Find(_))));
    let charging = after(opening(true).heard(id(1), &news(1, IntentStatus::Open { declined: None }), now()).unwrap());
    assert!(matches!(charging.attempts[0].progress, Progress::Charging { .. }));
    assert!(matches!(charging.next_call(&[], just_before), Some(Call::Charge(..))));
    assert!(matches!(charging.next_call(&[], late), Some(Call::Ask(..))));
    let closing = charging.close(End::Expired, now()).unwrap().0;
    assert!(matches!(closing.next_call(&[], now()), Some(Call::Cancel(..))), "it is not charged any more");
    let refunding = paid().close(End::Cancelled, now()).unwrap().0;
    assert!(matches!(refunding.next_call(&[], just_before), Some(Call::Refund(_))));
    assert!(matches!(refunding.next_call(&[], late), Some(Call::FindRefund(..))));
    for quiet in [none(), open(), paid()] {
        assert_eq!(quiet.next_call(&[], late), None);
    }
    let call = refunding.next_call(&[], now()).unwrap();
    assert_eq!(refunding.next_call(&[call.matter()], now()), None);
}

#[test]
fn a_charge_of_a_saved_method_ends_as_the_bank_says() {
    let charging = after(opening(true).heard(id(1), &news(1, IntentStatus::Open { declined: None }), now()).unwrap());
    let heard = |status| charging.heard(id(1), &news(1, status), now()).unwrap();
    let (declined, events) = heard(IntentStatus::Open { declined: Some("lost_card".to_owned()) }).unwrap();
    assert_eq!(
        (declined.attempts[0].declined.as_deref(), events),
        (Some("lost_card"), vec![PaymentEvent::Failed(id(1))])
    );
    let (required, events) = heard(IntentStatus::ActionRequired).unwrap();
    assert!(required.attempts[0].action_required && events.is_empty());
    assert_eq!(heard(IntentStatus::Processing), None, "it goes on");
    assert_eq!(heard(IntentStatus::Open { declined: None }), None, "old news");
    let (given_up, events) = charging.not_charged(id(1), "never-charged", now()).unwrap();
    assert_eq!(events, [PaymentEvent::Failed(id(1))]);
    assert!(matches!(given_up.next_call(&[], now()), Some(Call::Cancel(..))), "nobody is to charge it later");
    assert_eq!(open().not_charged(id(1), "never-charged", now()), None);
}

#[test]
fn news_about_strangers_are_told_apart() {
    let other_intent = Intent {
        id: "pi_other".to_owned().into(),
        ..news(1, IntentStatus::Captured(pence(1000)))
    };
    assert_eq!(open().heard(id(1), &other_intent, now()), Err(Stranger));
    assert_eq!(open().heard(id(9), &news(9, IntentStatus::Cancelled), now()), Err(Stranger));
}

#[test]
fn refunds_only_move_on() {
    let refunding = paid().close(End::Cancelled, now()).unwrap().0;
    assert_eq!(refunding.attempts[0].refunds()[0].id, for_cancellation(id(1)));
    let steps = [
        RefundStatus::Pending,
        RefundStatus::Done,
        RefundStatus::Failed("expired_card".to_owned()),
    ];
    for (from, reached) in steps.iter().enumerate() {
        let there = refunding.refund_heard(&refund_news(1, &refunding, reached.clone()), now()).unwrap().0;
        for (to, next) in steps.iter().enumerate() {
            let moved = there.refund_heard(&refund_news(1, &there, next.clone()), now());
            assert_eq!(moved.is_some(), to > from, "{reached:?} then {next:?}");
        }
        assert_eq!(there.refund_unknown(for_cancellation(id(1)), now()), None, "it is known");
        assert_eq!(there.due.is_some(), from == 0);
    }
    let again = refunding.refund_unknown(for_cancellation(id(1)), now().after(SECOND)).unwrap().0;
    assert_eq!(again.attempts[0].refunds()[0].state, RefundState::Asked { since: now().after(SECOND), tries: 1 });
}

#[test]
fn returns_take_what_is_kept_and_no_more() {
    let return_1 = ReturnId::from_bits(1);
    assert_eq!(open().returned(return_1, pence(1), now()), Err(NothingCaptured));
    let next = after(paid().returned(return_1, pence(400), now()).unwrap());
    assert_eq!(next.attempts[0].kept_minor(), 600);
    assert_eq!(next.refund(for_return(return_1)).unwrap().return_id(), Some(return_1));
    assert_eq!(next.returned(return_1, pence(999), now()), Ok(None), "a return is told more than once");
    let (next, events) = next.returned(ReturnId::from_bits(2), pence(601), now()).unwrap().unwrap();
    assert_eq!(events, [PaymentEvent::RefundFailed(for_return(ReturnId::from_bits(2)))]);
    assert_eq!(next.attempts[0].kept_minor(), 600);
}

#[test]
fn whatever_waits_has_a_deadline_and_nothing_else_has() {
    let pay_until = now().after(900 * SECOND);
    assert_eq!(opening(false).due, Some(pay_until.after(GRACE)));
    assert_eq!(open().due, opening(false).due, "it stays, because the index costs a write at each change");
    assert_eq!((none().due, paid().due), (None, None));
    let closing = open().close(End::Expired, now()).unwrap().0;
    assert_eq!(closing.due, Some(now().after(UNANSWERED)));
    assert_eq!(open().overdue(pay_until), None);
    let overdue = open().overdue(pay_until.after(GRACE)).unwrap().0;
    assert!(overdue.attempts[0].unwanted);
    assert_eq!(overdue.overdue(pay_until.after(GRACE)), None);
}
