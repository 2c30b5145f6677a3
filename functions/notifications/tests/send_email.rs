//! `send-email`: what is sent to whom, and when not.

use crate::samples::time;
use crate::support::*;
use contracts::identity::{AccountLocked, ContactKind};
use contracts::orders::{OrderDelivered, OrderPaid, OrderShipped};
use local::faults::Fate;
use local::outside::{Answer, Service};
use local::services::throttled;
use local::stage::Stage;
use local::testing::{event, reports_only_what_it_cannot_read};
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{Reason, State};
use serde_json::{Value, json};
use std::time::Duration;

fn paid(stage: &Stage, customer: kernel::AccountId) -> Value {
    paid_for(stage, customer, 1)
}

fn paid_for(stage: &Stage, customer: kernel::AccountId, n: u128) -> Value {
    step(stage, &OrderPaid { order: order(n), customer, total: pounds(129_900) }, 6)
}

/// The request that SES was sent last.
fn request(stage: &Stage) -> Value {
    let call = stage.calls().into_iter().rev().find(|call| call.service == Service::Ses).expect("SES was called");
    serde_json::from_slice(&call.body).unwrap()
}

#[test]
fn a_letter_is_written_to_the_person_in_the_right_language_and_that_is_announced() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    let letters = announced(&stage);
    let id = message_of(&event, Email);
    let about = json!({ "message": id, "account": MARIA, "channel": "email" });
    let expected = [
        ("notifications.message-queued.v1".to_owned(), about.clone()),
        ("notifications.message-sent.v1".to_owned(), about),
    ];
    assert_eq!(letters, expected);
    let letter = &sent(&stage)[0];
    assert_eq!(letter.subject.replace('\u{a0}', " "), "Заказ № 000001 оплачен: 1 299,00 £");
    assert_eq!((letter.to.as_str(), letter.reference.clone()), ("maria@example.com", id.to_string()));
    let kept = message(&stage, &event, Email).unwrap();
    assert_eq!((kept.template, kept.receipt.as_deref()), (Some(1), Some(letter.id.as_str())), "the delivery log");
    tell(&stage, &paid_for(&stage, JOHN, 2));
    assert_eq!(sent(&stage)[1].subject, "Order 000002 is paid: £1,299.00");
}

#[test]
fn a_language_and_a_zone_that_nobody_knows_are_english_and_utc() {
    let stage = stage();
    tell(&stage, &reserved(&stage, HANS, 1));
    let letter = &sent(&stage)[0];
    assert_eq!(letter.subject, "Order 000001 is waiting for your payment");
    assert!(letter.text.contains("5 January 2026, 08:15 (UTC)"), "{}", letter.text);
}

#[test]
fn times_are_those_on_the_persons_wall() {
    let stage = stage();
    tell(&stage, &reserved(&stage, MARIA, 1));
    assert!(sent(&stage)[0].text.contains("5 января 2026 г., 11:15 (UTC+3)"));
}

#[test]
fn only_optional_letters_can_be_unsubscribed_from_with_one_click() {
    let stage = stage();
    tell(&stage, &step(&stage, &OrderDelivered { order: order(1), customer: JOHN }, 8));
    let headers = request(&stage)["Content"]["Simple"]["Headers"].clone();
    assert_eq!(headers[0]["Name"], "List-Unsubscribe");
    let link = headers[0]["Value"].as_str().unwrap();
    assert!(link.starts_with("<https://api.yarmarka.example/v1/unsubscribes?token="), "{link}");
    assert_eq!(headers[1], json!({ "Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click" }));
    assert!(sent(&stage)[0].html.contains("unsubscribe?token="));
    tell(&stage, &paid_for(&stage, JOHN, 2));
    assert_eq!(request(&stage)["Content"]["Simple"]["Headers"], Value::Null);
    assert!(!sent(&stage)[1].html.contains("unsubscribe?token="));
}

#[test]
fn what_staff_and_strangers_wrote_does_no_harm_in_a_letter() {
    let stage = stage();
    let tracking = Some("\"><script>alert(1)</script>\r\nBcc: all@example.com".to_owned());
    tell(&stage, &step(&stage, &OrderShipped { order: order(1), customer: JOHN, tracking }, 7));
    let letter = &sent(&stage)[0];
    assert!(!letter.html.contains("<script"), "{}", letter.html);
    assert!(!letter.subject.contains(['\r', '\n']));
}

#[test]
fn a_repeated_event_sends_nothing_again() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    tell(&stage, &event);
    let queued = queued(&stage, &event, Email);
    for _ in 0..3 {
        assert!(stage.deliver("send-email", &queued));
        stage.pass(Duration::from_secs(3600));
    }
    assert_eq!(sent(&stage).len(), 1);
}

#[test]
fn another_channels_message_is_left_alone() {
    let stage = stage();
    prefer(&stage, MARIA, &["sms"], &["sms"], json!(null));
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    let queued = queued(&stage, &event, Sms);
    assert!(stage.deliver("send-email", &queued));
    assert!(sent(&stage).is_empty());
    assert_eq!(state(&stage, &event, Sms), Some(State::Queued));
}

#[test]
fn a_message_that_is_not_here_fails() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    let mut lost = queued(&stage, &event, Email);
    lost["data"]["message"] = json!(kernel::MessageId::from_bits(7));
    assert!(!stage.deliver("send-email", &lost));
}

#[test]
fn only_codes_go_to_an_address_that_is_not_verified() {
    let stage = stage();
    let event = paid(&stage, NEWCOMER);
    tell(&stage, &event);
    assert!(matches!(state(&stage, &event, Email), Some(State::Failed { reason: Reason::NoContact, .. })));
    tell(&stage, &code(&stage, NEWCOMER, ContactKind::Email, "042137"));
    assert_eq!(recipients(&stage), to(&[("email", "new@example.com")]));
}

#[test]
fn what_cannot_wait_takes_the_other_channel_if_there_is_no_address() {
    let stage = stage();
    let (urgent, receipt) = (reserved(&stage, OLGA, 1), paid(&stage, OLGA));
    assert!(stage.deliver("notify", &urgent) && stage.deliver("notify", &receipt));
    let told: Vec<_> = announced(&stage).into_iter().filter(|(_, data)| data["reason"] == "no-contact").collect();
    assert_eq!(told.len(), 2);
    assert_eq!(recipients(&stage), to(&[("sms", "+79997654321")]));
    assert!(sent(&stage)[0].text.starts_with("Ярмарка. Заказ 000001 отложен."));
    assert!(message(&stage, &receipt, Sms).is_none());
    // Neither way: both fail, and that is all.
    people(&stage, &json!({}));
    let locked = event(&stage, &AccountLocked { account: MARIA, until: stage.now() }, 1, 1);
    tell(&stage, &locked);
    for channel in [Email, Sms] {
        assert!(matches!(state(&stage, &locked, channel), Some(State::Failed { reason: Reason::NoContact, .. })));
    }
}

#[test]
fn a_code_that_comes_too_late_is_not_sent() {
    let stage = stage();
    let late = code(&stage, MARIA, ContactKind::Email, "042137");
    assert!(stage.deliver("notify", &late));
    stage.pass(Duration::from_secs(600));
    assert!(stage.deliver("send-email", &queued(&stage, &late, Email)));
    assert!(sent(&stage).is_empty());
    assert!(matches!(state(&stage, &late, Email), Some(State::Failed { reason: Reason::Expired, .. })));
}

#[test]
fn a_seal_that_does_not_open_is_tried_again_until_the_code_is_good_for_nothing() {
    let stage = stage();
    let mut foreign = code(&stage, MARIA, ContactKind::Email, "042137");
    foreign["data"]["sealed"] = json!("c2VhbGVk");
    assert!(stage.deliver("notify", &foreign));
    let queued = queued(&stage, &foreign, Email);
    assert!(!stage.deliver("send-email", &queued));
    assert_eq!(state(&stage, &foreign, Email), Some(State::Queued));
    stage.pass(Duration::from_secs(600));
    assert!(stage.deliver("send-email", &queued));
    assert!(sent(&stage).is_empty());
}

#[test]
fn a_code_of_another_person_or_contact_does_not_open() {
    let stage = stage();
    let mut stolen = code(&stage, JOHN, ContactKind::Email, "042137");
    stolen["data"]["account"] = json!(MARIA);
    assert!(stage.deliver("notify", &stolen));
    assert!(!stage.deliver("send-email", &queued(&stage, &stolen, Email)));
    assert!(sent(&stage).is_empty());
}

#[test]
fn codes_sealed_before_and_after_a_rotation_of_the_key_open() {
    let stage = stage();
    let before = code(&stage, MARIA, ContactKind::Email, "111111");
    let previous = Some(stage.cloud.secrets().get("code-seal").current);
    stage
        .cloud
        .secrets()
        .set("code-seal", platform::SecretValues { current: b"the new key".to_vec(), previous });
    let mut after = code(&stage, MARIA, ContactKind::Email, "222222");
    after["id"] = json!("identity/after");
    tell(&stage, &before);
    tell(&stage, &after);
    assert!(sent(&stage)[0].text.contains("111111") && sent(&stage)[1].text.contains("222222"));
}

#[test]
fn at_night_what_can_wait_is_held_and_what_cannot_is_sent() {
    let stage = stage();
    until(&stage, "2026-01-05T21:00:00Z");
    let (receipt, urgent) = (paid(&stage, MARIA), reserved(&stage, MARIA, 2));
    tell(&stage, &receipt);
    tell(&stage, &urgent);
    tell(&stage, &code(&stage, MARIA, ContactKind::Email, "042137"));
    assert_eq!(sent(&stage).len(), 2);
    assert_eq!(state(&stage, &receipt, Email), Some(State::Held { until: time("2026-01-06T05:00:00Z") }));
    // It is evening in London: John is told.
    tell(&stage, &paid_for(&stage, JOHN, 4));
    assert_eq!(sent(&stage).len(), 3);
    // Whoever never minds the hour is told as well, and whoever goes by another clock.
    prefer(&stage, MARIA, &["email"], &["email"], json!(null));
    tell(&stage, &step(&stage, &OrderDelivered { order: order(3), customer: MARIA }, 8));
    assert_eq!(sent(&stage).len(), 4);
    assert!(stage.deliver("send-email", &queued(&stage, &receipt, Email)), "what is held is the sweeper's");
    assert_eq!(sent(&stage).len(), 4);
}

#[test]
fn a_throttled_letter_is_put_back_and_sent_later() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    let queued = queued(&stage, &event, Email);
    stage.interfere(|call| match sends(call) {
        true => Fate::Instead(throttled(Service::Ses)),
        false => Fate::Answered,
    });
    for _ in 0..5 {
        assert!(!stage.deliver("send-email", &queued));
        assert_eq!(state(&stage, &event, Email), Some(State::Queued), "it was definitely not sent");
    }
    stage.calm();
    assert!(stage.deliver("send-email", &queued));
    assert_eq!(sent(&stage).len(), 1);
    assert_eq!(message(&stage, &event, Email).unwrap().unanswered, 0);
}

#[test]
fn what_ses_refuses_has_failed_and_takes_the_other_channel_if_it_cannot_wait() {
    let refusal = || {
        let mut answer = Answer::new(400, r#"{"message":"Email address is blacklisted: maria@example.com"}"#);
        answer.headers.push(("x-amzn-errortype", "MessageRejected".to_owned()));
        answer
    };
    let stage = stage();
    let (receipt, urgent) = (paid(&stage, MARIA), reserved(&stage, MARIA, 2));
    stage.interfere(move |call| match call.service == Service::Ses {
        true => Fate::Instead(refusal()),
        false => Fate::Answered,
    });
    tell(&stage, &receipt);
    tell(&stage, &urgent);
    for event in [&receipt, &urgent] {
        assert!(matches!(state(&stage, event, Email), Some(State::Failed { reason: Reason::Refused, .. })));
    }
    assert_eq!(recipients(&stage), to(&[("sms", "+79991234567")]));
    assert!(!stage.log().join("\n").contains("maria@"), "what SES says is not logged");
    // An address that is none: SES' own check.
    stage.calm();
    people(
        &stage,
        &json!({ MARIA.to_string(): {
        "email": { "value": "no address", "verified": true }, "locale": "ru", "time_zone": "Europe/Moscow",
    } }),
    );
    let again = step(&stage, &OrderDelivered { order: order(9), customer: MARIA }, 8);
    tell(&stage, &again);
    assert!(matches!(state(&stage, &again, Email), Some(State::Failed { reason: Reason::Refused, .. })));
}

#[test]
fn when_identity_does_not_answer_nothing_is_claimed() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    let queued = queued(&stage, &event, Email);
    stage.interfere(|call| match call.service == Service::Lambda {
        true => Fate::NeverSent,
        false => Fate::Answered,
    });
    assert!(!stage.deliver("send-email", &queued));
    assert_eq!(state(&stage, &event, Email), Some(State::Queued));
    stage.calm();
    assert!(stage.deliver("send-email", &queued));
    assert_eq!(sent(&stage).len(), 1);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = stage();
    let event = paid(&stage, MARIA);
    assert!(stage.deliver("notify", &event));
    reports_only_what_it_cannot_read(&stage, "send-email", &queued(&stage, &event, Email));
    assert_eq!(sent(&stage).len(), 1);
}
