//! `notify`: what becomes of an event that a person must hear of.

use crate::samples::{session_due, time};
use crate::support::*;
use contracts::billing::{AccountAdjusted, InvoiceIssued, PayoutFailed, PayoutPaid};
use contracts::hiring::{ApplicationRejected, TestAssigned, WorkerHired};
use contracts::identity::{AccountLocked, ContactKind, RolesChanged, SessionsRevoked};
use contracts::jobs::{JobCancelled, JobCreated, JobMissed};
use contracts::matching::{OfferMade, RequestMatched, RequestUnmatched, RequestWaiting};
use contracts::orders::{
    OrderCancelled, OrderDelivered, OrderExpired, OrderPaid, OrderRefunded, OrderRejected, OrderReturned, OrderShipped,
    OrderedLine,
};
use contracts::partners::EndpointDisabled;
use contracts::payments::{
    InvoiceUnpaid, PaymentFailed, PaymentMethodRemoved, PaymentMethodSaved, RefundFailed, Unpaid,
};
use contracts::sensors::{AlertCause, AlertRaised, DeviceSilent};
use kernel::{
    AdjustmentId, AlertId, ApplicationId, DeviceId, EndpointId, InvoiceId, JobId, OfferId, PaymentId, PaymentMethodId,
    PayoutId, RefundId, RequestId, ReturnId, ServiceId, SlotId, TestId,
};
use local::faults::Fate;
use local::testing::{event, item, reports_only_what_it_cannot_read};
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{Reason, State};
use notifications::store::{message_key, recent_key};
use serde_json::{Value, json};
use std::time::Duration;

/// One event of each kind that a person hears of, for Maria, with the kind it shows as.
fn everything(stage: &local::stage::Stage) -> Vec<(Value, &'static str)> {
    let (order, customer, account) = (order(1), MARIA, MARIA);
    let lines = vec![OrderedLine { sku: "A".parse().unwrap(), quantity: 2 }];
    let (payment, refund, method) = (PaymentId::from_bits(1), RefundId::from_bits(1), PaymentMethodId::from_bits(1));
    let returned = OrderReturned {
        return_id: ReturnId::from_bits(1),
        order,
        customer,
        lines,
        refund: pounds(510),
    };
    let failed = RefundFailed {
        order,
        customer,
        refund,
        amount: pounds(510),
        reason: "lost_or_stolen_card".to_owned(),
    };
    let (application, test) = (ApplicationId::from_bits(18), TestId::from_bits(19));
    let begin_until = stage.now().after(Duration::from_secs(7 * 86_400));
    let assigned = TestAssigned { application, candidate: MARIA, test, begin_until };
    let alert = AlertRaised {
        alert: AlertId::from_bits(31),
        person: MARIA,
        device: DeviceId::from_bits(30),
        channel: "heart-rate".to_owned(),
        cause: AlertCause::Above,
        since: stage.now(),
        raised_at: stage.now(),
    };
    let silent = DeviceSilent {
        alert: AlertId::from_bits(32),
        person: MARIA,
        device: DeviceId::from_bits(30),
        since: stage.now(),
        raised_at: stage.now(),
    };
    let hired = WorkerHired {
        application,
        worker: MARIA,
        skills: Default::default(),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
    };
    let offered = OfferMade {
        offer: OfferId::from_bits(1),
        request: RequestId::from_bits(1),
        worker: MARIA,
        from: stage.now().after(Duration::from_secs(86_400)),
        accept_until: stage.now().after(Duration::from_secs(300)),
    };
    let (amount, period) = (pounds(510), "2026-01-04".to_owned());
    let issued = InvoiceIssued {
        invoice: InvoiceId::from_bits(1),
        client: customer,
        amount,
        period: period.clone(),
        pay_until: stage.now(),
    };
    let unpaid = InvoiceUnpaid {
        invoice: InvoiceId::from_bits(1),
        client: customer,
        amount,
        because: Unpaid::Declined,
    };
    let payout = PayoutId::from_bits(1);
    let paid = PayoutPaid { payout, worker: customer, amount, period: period.clone() };
    let bounced = PayoutFailed { payout, worker: customer, amount, period };
    let adjusted = |n, minor| AccountAdjusted {
        adjustment: AdjustmentId::from_bits(n),
        account: customer,
        amount: pounds(minor),
        proposed_by: customer,
        approved_by: None,
    };
    let declined = PaymentFailed { order, customer, payment, reason: "card_declined".to_owned() };
    // A request, and a job of somebody else's.
    let (request, job, service) = (RequestId::from_bits(1), JobId::from_bits(1), ServiceId::from_bits(1));
    let (from, until) = (time("2026-01-06T09:00:00Z"), time("2026-01-06T10:00:00Z"));
    let (client, worker, price, ended_at, attempt) = (MARIA, JOHN, pounds(100), stage.now(), 1);
    let slot = SlotId::from_bits(1);
    let matched = RequestMatched {
        request,
        attempt,
        client,
        worker,
        slot,
        service,
        price,
        from,
        until,
    };
    let missed = JobMissed {
        job,
        request,
        attempt,
        client,
        worker,
        service,
        price,
        ended_at,
    };
    let (client, worker) = (JOHN, MARIA);
    let created = JobCreated { job, request, attempt, client, worker, service, from, until };
    let cancelled = JobCancelled {
        job,
        request,
        attempt,
        client,
        worker,
        service,
        price,
        ended_at,
    };
    let endpoint = EndpointId::from_bits(1);
    vec![
        (reserved(stage, MARIA, 1), "order-reserved"),
        (step(stage, &OrderRejected { order, customer }, 3), "order-rejected"),
        (step(stage, &OrderCancelled { order, customer }, 4), "order-cancelled"),
        (step(stage, &OrderExpired { order, customer }, 5), "order-expired"),
        (step(stage, &OrderPaid { order, customer, total: pounds(1299) }, 6), "order-paid"),
        (step(stage, &OrderShipped { order, customer, tracking: None }, 7), "order-shipped"),
        (step(stage, &OrderDelivered { order, customer }, 8), "order-delivered"),
        (step(stage, &returned, 9), "order-returned"),
        (step(stage, &OrderRefunded { order, customer, amount: pounds(510) }, 10), "order-refunded"),
        (event(stage, &declined, 1, 1), "payment-failed"),
        (event(stage, &failed, 1, 2), "refund-failed"),
        (event(stage, &matched, 1, 1), "request-matched"),
        (event(stage, &RequestWaiting { request, client: MARIA }, 1, 2), "request-waiting"),
        (event(stage, &RequestUnmatched { request, client: MARIA }, 1, 3), "request-unmatched"),
        (event(stage, &missed, 1, 1), "request-missed"),
        (event(stage, &created, 1, 2), "job-created"),
        (event(stage, &cancelled, 1, 3), "job-cancelled"),
        (event(stage, &PaymentMethodSaved { customer, method }, 1, 1), "payment-method-saved"),
        (event(stage, &PaymentMethodRemoved { customer, method }, 1, 2), "payment-method-removed"),
        (event(stage, &offered, 1, 1), "offer-made"),
        (event(stage, &issued, 1, 1), "invoice-issued"),
        (event(stage, &unpaid, 1, 1), "invoice-unpaid"),
        (event(stage, &paid, 1, 2), "payout-paid"),
        (event(stage, &bounced, 1, 3), "payout-failed"),
        (event(stage, &adjusted(1, 500), 1, 1), "account-credited"),
        (event(stage, &adjusted(2, -500), 1, 1), "account-fined"),
        (event(stage, &AccountLocked { account, until: stage.now() }, 1, 1), "account-locked"),
        (
            event(stage, &SessionsRevoked { account, reason: "token-reuse".to_owned() }, 1, 2),
            "sessions-revoked",
        ),
        (
            event(stage, &RolesChanged { account, roles: vec!["manager".to_owned()], by: None }, 1, 3),
            "roles-changed",
        ),
        (event(stage, &assigned, 1, 2), "test-assigned"),
        (event(stage, &hired, 1, 5), "worker-hired"),
        (event(stage, &ApplicationRejected { application, candidate: MARIA }, 1, 6), "application-rejected"),
        (event(stage, &alert, 1, 1), "readings-alert"),
        (event(stage, &silent, 1, 1), "device-silent"),
        (event(stage, &session_due(MARIA, begin_until), 1, 2), "session-due"),
        (event(stage, &EndpointDisabled { endpoint, partner: MARIA }, 1, 1), "endpoint-disabled"),
    ]
}

#[test]
fn every_event_shows_in_the_feed_and_is_written_once_to_the_person() {
    let stage = stage();
    let mut told = Vec::new();
    for (event, kind) in everything(&stage) {
        tell(&stage, &event);
        told.insert(0, kind);
        stage.pass(Duration::from_secs(1));
    }
    // Entries of one second sort by time; these all happened at once, before time went on.
    let mut shown = kinds(&stage, MARIA);
    shown.sort();
    told.sort();
    assert_eq!(shown, told);
    let letters = sent(&stage);
    assert_eq!(letters.len(), told.len());
    assert!(letters.iter().all(|letter| letter.to == "maria@example.com" && letter.channel == "email"));
}

#[test]
fn repeated_events_change_nothing() {
    let stage = stage();
    for (event, _) in everything(&stage) {
        tell(&stage, &event);
    }
    let (letters, entries) = (sent(&stage).len(), kinds(&stage, MARIA).len());
    stage.pass(Duration::from_secs(7200));
    stage.calls();
    for (event, kind) in everything_again(&stage) {
        tell(&stage, &event);
        assert_eq!((sent(&stage).len(), kinds(&stage, MARIA).len()), (letters, entries), "{kind}");
    }
    assert!(announced(&stage).is_empty());
}

/// The very events of [`everything`], two hours later.
fn everything_again(stage: &local::stage::Stage) -> Vec<(Value, &'static str)> {
    let mut events = everything(stage);
    for (event, _) in &mut events {
        event["time"] = json!("2026-01-05T08:00:00.000Z");
    }
    events
}

#[test]
fn events_of_the_same_moment_have_messages_of_their_own() {
    let stage = stage();
    for n in 1..=3 {
        tell(&stage, &step(&stage, &OrderDelivered { order: order(n), customer: MARIA }, 8));
    }
    assert_eq!((sent(&stage).len(), kinds(&stage, MARIA).len()), (3, 3));
}

#[test]
fn a_step_that_comes_after_a_later_one_shows_in_the_feed_only() {
    let stage = stage();
    let late = reserved(&stage, MARIA, 1);
    tell(&stage, &step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6));
    tell(&stage, &late);
    assert_eq!(sent(&stage).len(), 1, "nobody is asked to pay what is paid");
    assert!(message(&stage, &late, Email).is_none());
    assert_eq!(kinds(&stage, MARIA).len(), 2);
    // A receipt is due however late it comes.
    tell(&stage, &step(&stage, &OrderDelivered { order: order(2), customer: MARIA }, 8));
    tell(&stage, &step(&stage, &OrderPaid { order: order(2), customer: MARIA, total: pounds(1299) }, 6));
    assert_eq!(sent(&stage).len(), 3);
    // After the publisher's table was restored, versions start again in a higher epoch.
    let after_restore = event(&stage, &OrderShipped { order: order(2), customer: MARIA, tracking: None }, 2, 3);
    tell(&stage, &after_restore);
    assert_eq!(sent(&stage).len(), 4);
}

#[test]
fn what_is_days_old_is_history() {
    let stage = stage();
    let old = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6);
    stage.pass(Duration::from_secs(3 * 86_400 + 1));
    tell(&stage, &old);
    assert_eq!((sent(&stage).len(), kinds(&stage, MARIA)), (0, vec!["order-paid".to_owned()]));
}

#[test]
fn preferences_choose_the_channels() {
    let stage = stage();
    prefer(&stage, MARIA, &["email", "sms"], &[], json!(null));
    tell(&stage, &step(&stage, &OrderShipped { order: order(1), customer: MARIA, tracking: None }, 7));
    assert_eq!(recipients(&stage), to(&[("email", "maria@example.com"), ("sms", "+79991234567")]));
    prefer(&stage, MARIA, &[], &[], json!(null));
    tell(&stage, &step(&stage, &OrderDelivered { order: order(1), customer: MARIA }, 8));
    assert_eq!(sent(&stage).len(), 2, "who wants none gets none");
    tell(&stage, &step(&stage, &OrderPaid { order: order(2), customer: MARIA, total: pounds(1) }, 6));
    assert_eq!(sent(&stage).len(), 3, "but a receipt");
}

#[test]
fn a_code_goes_where_it_belongs_is_in_no_feed_and_nowhere_in_clear() {
    let stage = stage();
    prefer(&stage, MARIA, &[], &["sms"], json!(null));
    let (mail, phone) = (
        code(&stage, MARIA, ContactKind::Email, "042137"),
        code(&stage, NEWCOMER, ContactKind::Phone, "771204"),
    );
    assert!(stage.deliver("notify", &mail) && stage.deliver("notify", &phone));
    let stored = serde_json::to_string(&message(&stage, &mail, Email).unwrap()).unwrap();
    assert!(!stored.contains("042137"), "{stored}");
    stage.settle().unwrap();
    assert_eq!(recipients(&stage), to(&[("email", "maria@example.com"), ("sms", "+79990000000")]));
    let messages = sent(&stage);
    assert!(messages[0].text.contains("042137") && messages[1].text.contains("771204"));
    assert!(kinds(&stage, MARIA).is_empty() && kinds(&stage, NEWCOMER).is_empty());
    let log = stage.log().join("\n");
    for secret in ["042137", "771204", "maria@example.com", "+7999"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let stored = serde_json::to_string(&message(&stage, &mail, Email).unwrap()).unwrap();
    assert!(stored.contains(r#""sealed":"""#), "nobody keeps the code any longer: {stored}");
}

#[test]
fn what_is_over_the_limit_waits_for_the_end_of_the_hour_and_codes_over_it_are_dropped() {
    let stage = stage();
    stage.set("MESSAGES_PER_HOUR", "2");
    for n in 1..=4 {
        tell(&stage, &step(&stage, &OrderDelivered { order: order(n), customer: MARIA }, 8));
    }
    assert_eq!((sent(&stage).len(), kinds(&stage, MARIA).len()), (2, 4));
    let third = step(&stage, &OrderDelivered { order: order(3), customer: MARIA }, 8);
    assert_eq!(state(&stage, &third, Email), Some(State::Held { until: time("2026-01-05T09:00:00Z") }));
    tell(&stage, &step(&stage, &OrderDelivered { order: order(1), customer: JOHN }, 9));
    tell(&stage, &step(&stage, &OrderRejected { order: order(9), customer: MARIA }, 3));
    assert_eq!(sent(&stage).len(), 4, "the limit is of one person and kind");

    let mut codes = Vec::new();
    for n in 0..3 {
        let mut issued = code(&stage, MARIA, ContactKind::Email, "042137");
        issued["id"] = json!(format!("identity/code/{n}"));
        assert!(stage.deliver("notify", &issued));
        codes.push(issued);
    }
    stage.settle().unwrap();
    assert_eq!(sent(&stage).len(), 6);
    let dropped = message(&stage, &codes[2], Email).unwrap();
    assert!(matches!(dropped.state, State::Failed { reason: Reason::RateLimited, .. }), "{dropped:?}");
    // The first ones again: they were counted.
    for known in &codes[..2] {
        tell(&stage, known);
    }
    assert_eq!(sent(&stage).len(), 6);
}

#[test]
fn ten_thousand_events_of_one_person_keep_every_item_small() {
    let stage = stage();
    for n in 1..=60 {
        assert!(stage.deliver("notify", &step(&stage, &OrderDelivered { order: order(n), customer: MARIA }, 8)));
    }
    let recent: notifications::limit::Recent =
        item(&stage, "notifications", &recent_key(MARIA, "order-delivered")).unwrap();
    assert_eq!(recent.seen.len(), 20, "no more than the limit is remembered");
}

#[test]
fn a_lost_reply_or_a_dead_process_at_any_write_is_made_good_by_the_next_delivery() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..6 {
            let stage = stage();
            let event = step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1) }, 6);
            dies_from(&stage, nth, fate.clone());
            let delivered = stage.deliver("notify", &event);
            stage.calm();
            assert!(!delivered || nth > 4, "write {nth}");
            tell(&stage, &event);
            tell(&stage, &event);
            assert_eq!((sent(&stage).len(), kinds(&stage, MARIA).len()), (1, 1), "write {nth}, {fate:?}");
        }
    }
}

/// From the `nth` write on, nothing gets through any more.
fn dies_from(stage: &local::stage::Stage, nth: usize, last: Fate) {
    let made = std::sync::atomic::AtomicUsize::new(0);
    let count = move |call: &local::outside::OutsideCall| match writes(call) {
        true => made.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
        false => made.load(std::sync::atomic::Ordering::Relaxed).saturating_sub(1),
    };
    stage.interfere(move |call| match (count(call), writes(call)) {
        (write, true) if write == nth => last.clone(),
        (write, _) if write > nth => Fate::NeverSent,
        _ => Fate::Answered,
    });
}

#[test]
fn a_lost_reply_in_passing_is_nothing_to_speak_of() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        once(&stage, writes, fate);
        tell(&stage, &reserved(&stage, MARIA, 1));
        assert_eq!((sent(&stage).len(), kinds(&stage, MARIA).len()), (1, 1));
    }
}

#[test]
fn somebody_whom_identity_does_not_know_is_not_reached() {
    let stage = stage();
    let nobody = kernel::AccountId::from_bits(99);
    let event = step(&stage, &OrderPaid { order: order(1), customer: nobody, total: pounds(1) }, 6);
    tell(&stage, &event);
    assert!(sent(&stage).is_empty());
    assert!(matches!(state(&stage, &event, Email), Some(State::Failed { reason: Reason::NoContact, .. })));
    assert!(message(&stage, &event, Sms).is_none());
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = stage();
    reports_only_what_it_cannot_read(&stage, "notify", &reserved(&stage, MARIA, 1));
}

#[test]
fn nothing_in_a_message_or_an_event_tells_how_a_person_is_reached() {
    let stage = stage();
    let event = reserved(&stage, MARIA, 1);
    tell(&stage, &event);
    stage.settle().unwrap();
    let announced = local::testing::published(&stage).concat();
    assert!(!announced.is_empty());
    let key = message_key(message_of(&event, Email));
    let stored = local::testing::raw_item(&stage, "notifications", &key).unwrap().to_string();
    for text in [
        stored,
        serde_json::to_string(&announced).unwrap(),
        stage.log().join("\n"),
    ] {
        assert!(!text.contains("maria") && !text.contains("+7999"), "{text}");
    }
}
