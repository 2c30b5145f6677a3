//! `send-sms`.

use crate::support::*;
use contracts::identity::ContactKind;
use contracts::orders::OrderPaid;
use local::faults::Fate;
use local::outside::Service;
use local::services::throttled;
use local::testing::reports_only_what_it_cannot_read;
use notifications::channel::Channel::{Email, Sms};
use notifications::message::{Reason, State};
use serde_json::json;
use std::time::Duration;

#[test]
fn a_text_message_says_who_writes_in_one_line() {
    let stage = stage();
    prefer(&stage, MARIA, &[], &["sms"], json!(null));
    tell(&stage, &step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(129_900) }, 6));
    let message = &sent(&stage)[0];
    assert_eq!(message.text, "Ярмарка. Заказ 000001 оплачен: 1 299,00 £. Спасибо!");
    tell(&stage, &code(&stage, OLGA, ContactKind::Phone, "042137"));
    assert_eq!(sent(&stage)[1].text, "Ярмарка. Код 042137. Никому его не сообщайте.");
}

#[test]
fn a_code_for_a_phone_goes_to_no_mailbox_whatever_happens() {
    let stage = stage();
    let event = code(&stage, JOHN, ContactKind::Phone, "042137");
    tell(&stage, &event);
    assert!(sent(&stage).is_empty(), "John has no phone");
    assert!(matches!(state(&stage, &event, Sms), Some(State::Failed { reason: Reason::NoContact, .. })));
    assert!(message(&stage, &event, Email).is_none());
}

#[test]
fn a_number_that_is_none_is_refused_and_what_cannot_wait_is_written() {
    let stage = stage();
    people(
        &stage,
        &json!({ MARIA.to_string(): {
        "email": { "value": "maria@example.com", "verified": true },
        "phone": { "value": "12", "verified": true }, "locale": "ru", "time_zone": "Europe/Moscow",
    } }),
    );
    prefer(&stage, MARIA, &["sms"], &["sms"], json!(null));
    let event = reserved(&stage, MARIA, 1);
    tell(&stage, &event);
    assert!(matches!(state(&stage, &event, Sms), Some(State::Failed { reason: Reason::Refused, .. })));
    assert_eq!(recipients(&stage), to(&[("email", "maria@example.com")]));
}

#[test]
fn throttled_it_is_put_back() {
    let stage = stage();
    let event = code(&stage, OLGA, ContactKind::Phone, "042137");
    assert!(stage.deliver("notify", &event));
    let queued = queued(&stage, &event, Sms);
    once(&stage, sends, Fate::Instead(throttled(Service::Sns)));
    assert!(!stage.deliver("send-sms", &queued));
    assert_eq!(state(&stage, &event, Sms), Some(State::Queued));
    stage.pass(Duration::from_secs(180));
    assert!(stage.deliver("send-sms", &queued));
    assert_eq!(sent(&stage).len(), 1);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = stage();
    let event = code(&stage, OLGA, ContactKind::Phone, "042137");
    assert!(stage.deliver("notify", &event));
    reports_only_what_it_cannot_read(&stage, "send-sms", &queued(&stage, &event, Sms));
    assert_eq!(sent(&stage).len(), 1);
}
