//! `email-feedback`: bounces, complaints and the delivery log.

use crate::support::*;
use contracts::identity::{AccountLocked, ContactKind};
use contracts::orders::{OrderDelivered, OrderPaid};
use kernel::{AccountId, MessageId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{deliver_batch, event, item};
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{Reason, State};
use notifications::store::suppression_key;
use notifications::suppression::{Complaint, Suppression};
use serde_json::{Value, json};

fn reached_at(stage: &Stage, address: &str) {
    people(
        stage,
        &json!({ MARIA.to_string(): {
        "email": { "value": address, "verified": true },
        "phone": { "value": "+79991234567", "verified": true }, "locale": "ru", "time_zone": "Europe/Moscow",
    } }),
    );
}

fn paid(stage: &Stage, n: u128) -> Value {
    step(stage, &OrderPaid { order: order(n), customer: MARIA, total: pounds(1299) }, 6)
}

fn suppression(stage: &Stage, account: AccountId) -> Option<Suppression> {
    item(stage, "notifications", &suppression_key(account, Email))
}

fn bounce(id: MessageId, address: &str) -> String {
    json!({
        "eventType": "Bounce",
        "mail": { "tags": { "reference": [id] } },
        "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": address }] },
    })
    .to_string()
}

#[test]
fn an_address_that_bounces_is_not_written_to_any_more() {
    let stage = stage();
    reached_at(&stage, "bounce@simulator.amazonses.com");
    let first = paid(&stage, 1);
    assert!(stage.deliver("notify", &first));
    let told = announced(&stage);
    let suppressed = json!({ "account": MARIA, "channel": "email", "reason": "bounce" });
    assert!(told.contains(&("notifications.address-suppressed.v1".to_owned(), suppressed)), "{told:?}");
    assert!(matches!(state(&stage, &first, Email), Some(State::Failed { reason: Reason::Bounced, .. })));
    assert!(message(&stage, &first, Sms).is_none(), "a receipt waits in the feed");
    let second = paid(&stage, 2);
    tell(&stage, &second);
    assert!(matches!(state(&stage, &second, Email), Some(State::Failed { reason: Reason::Suppressed, .. })));
    assert_eq!(sent(&stage).len(), 1);
    // What cannot wait takes the phone.
    tell(&stage, &reserved(&stage, MARIA, 3));
    assert_eq!(recipients(&stage)[1..], to(&[("sms", "+79991234567")]));
    // Not even a code goes there.
    tell(&stage, &code(&stage, MARIA, ContactKind::Email, "042137"));
    assert_eq!(sent(&stage).len(), 2);
}

#[test]
fn an_urgent_letter_that_bounces_takes_the_phone() {
    let stage = stage();
    reached_at(&stage, "bounce@simulator.amazonses.com");
    tell(&stage, &event(&stage, &AccountLocked { account: MARIA, until: stage.now() }, 1, 1));
    assert_eq!(recipients(&stage), to(&[("email", "bounce@simulator.amazonses.com"), ("sms", "+79991234567")]));
}

#[test]
fn another_address_of_the_same_person_is_written_to() {
    let stage = stage();
    reached_at(&stage, "bounce@simulator.amazonses.com");
    tell(&stage, &paid(&stage, 1));
    reached_at(&stage, "new@example.com");
    tell(&stage, &paid(&stage, 2));
    assert_eq!(recipients(&stage)[1..], to(&[("email", "new@example.com")]));
    reached_at(&stage, "Bounce@Simulator.AmazonSES.com ");
    tell(&stage, &paid(&stage, 3));
    assert_eq!(sent(&stage).len(), 2, "however it is spelled");
    let kept = serde_json::to_string(&suppression(&stage, MARIA).unwrap()).unwrap();
    assert!(!kept.contains("simulator"), "the address itself is not kept: {kept}");
}

#[test]
fn who_complains_gets_only_the_codes_that_they_ask_for() {
    let stage = stage();
    reached_at(&stage, "complaint@simulator.amazonses.com");
    let first = paid(&stage, 1);
    tell(&stage, &first);
    assert!(matches!(state(&stage, &first, Email), Some(State::Sent { .. })), "it arrived");
    assert_eq!(suppression(&stage, MARIA).unwrap().reason, Complaint::Complained);
    tell(&stage, &paid(&stage, 2));
    tell(&stage, &step(&stage, &OrderDelivered { order: order(3), customer: MARIA }, 8));
    assert_eq!(sent(&stage).len(), 1);
    tell(&stage, &code(&stage, MARIA, ContactKind::Email, "042137"));
    assert_eq!(sent(&stage).len(), 2);
}

#[test]
fn repeated_and_late_notices_change_and_announce_nothing() {
    let stage = stage();
    let event = paid(&stage, 1);
    tell(&stage, &event);
    let notice = bounce(message_of(&event, Email), "maria@example.com");
    assert!(stage.notice("email-feedback", &notice));
    stage.settle().unwrap();
    stage.calls();
    for _ in 0..2 {
        assert!(stage.notice("email-feedback", &notice));
    }
    // A complaint about an address that bounced tells nothing new.
    let complaint = json!({
        "eventType": "Complaint",
        "mail": { "tags": { "reference": [message_of(&event, Email)] } },
        "complaint": { "complainedRecipients": [{ "emailAddress": "maria@example.com" }] },
    });
    assert!(stage.notice("email-feedback", &complaint.to_string()));
    // Nor that it was delivered, which comes late.
    let delivered =
        json!({ "eventType": "Delivery", "mail": { "tags": { "reference": [message_of(&event, Email)] } } });
    assert!(stage.notice("email-feedback", &delivered.to_string()));
    assert!(announced(&stage).is_empty());
    assert_eq!(suppression(&stage, MARIA).unwrap().reason, Complaint::Bounced);
    assert!(matches!(state(&stage, &event, Email), Some(State::Failed { reason: Reason::Bounced, .. })));
}

#[test]
fn a_bounce_that_overtakes_the_reply_of_the_send_stands() {
    let stage = std::sync::Arc::new(stage());
    let event = paid(&stage, 1);
    assert!(stage.deliver("notify", &event));
    let (other, notice) = (stage.clone(), bounce(message_of(&event, Email), "maria@example.com"));
    let made = std::sync::atomic::AtomicUsize::new(0);
    stage.interfere(move |call| {
        // The second write of the sender notes that it was sent.
        let write = call.function == "send-email" && writes(call);
        if write && made.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            assert!(other.notice("email-feedback", &notice));
        }
        Fate::Answered
    });
    assert!(stage.deliver("send-email", &queued(&stage, &event, Email)));
    assert!(matches!(state(&stage, &event, Email), Some(State::Failed { reason: Reason::Bounced, .. })));
}

#[test]
fn a_letter_that_ses_rejects_afterwards_has_failed() {
    let stage = stage();
    let event = paid(&stage, 1);
    tell(&stage, &event);
    let rejected = json!({
        "eventType": "Reject", "mail": { "tags": { "reference": [message_of(&event, Email)] } },
        "reject": { "reason": "Bad content" },
    });
    assert!(stage.notice("email-feedback", &rejected.to_string()));
    assert!(matches!(state(&stage, &event, Email), Some(State::Failed { reason: Reason::Refused, .. })));
    assert!(suppression(&stage, MARIA).is_none());
}

#[test]
fn what_is_not_ours_is_left_alone_and_what_cannot_be_read_is_reported() {
    let stage = stage();
    stage.calls();
    for tags in [
        json!({}),
        json!({ "reference": ["something"] }),
        json!({ "reference": [MessageId::from_bits(9)] }),
    ] {
        let notice = json!({ "eventType": "Bounce", "mail": { "tags": tags },
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": "x@example.com" }] } });
        assert!(stage.notice("email-feedback", &notice.to_string()));
    }
    assert!(!stage.calls().iter().any(writes));
    let good = json!({ "eventType": "Open", "mail": {} }).to_string();
    let bad = json!({ "eventType": 1, "mail": "secret@example.com" }).to_string();
    let greeting = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert!(stage.notice("email-feedback", greeting), "SES greets its topic");
    let bodies = ["".to_owned(), good.clone(), "{".to_owned(), bad, "[]".to_owned(), good];
    assert_eq!(deliver_batch(&stage, "email-feedback", &bodies), [0, 2, 3, 4]);
    assert!(!stage.log().join("\n").contains("example.com"), "no address in the log");
}
