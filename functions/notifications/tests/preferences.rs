//! Which channels a notice goes through.

use crate::samples::notices;
use contracts::identity::CodePurpose;
use kernel::AccountId;
use notifications::channel::Channel::{self, Email, Sms};
use notifications::locale::Locale;
use notifications::notice::Notice;
use notifications::preferences::Preferences;
use notifications::topic::{Nature, Topic};
use std::collections::BTreeSet;

fn with(orders: &[Channel], payments: &[Channel]) -> Preferences {
    Preferences {
        orders: orders.iter().copied().collect(),
        payments: payments.iter().copied().collect(),
        ..Preferences::usual(AccountId::from_bits(1))
    }
}

fn chosen(preferences: &Preferences, name: &str) -> Vec<Channel> {
    let notice = notices().into_iter().find(|notice| notice.name() == name).unwrap();
    preferences.choose(&notice).into_iter().collect()
}

#[test]
fn a_person_who_says_nothing_is_written_to() {
    let usual = Preferences::usual(AccountId::from_bits(1));
    for notice in notices() {
        assert_eq!(usual.choose(&notice), BTreeSet::from([Email]), "{}", notice.name());
    }
}

#[test]
fn preferences_hold_but_what_must_be_told_is_told_by_email_at_least() {
    let nothing = with(&[], &[]);
    assert_eq!(chosen(&nothing, "order-shipped"), []);
    assert_eq!(chosen(&nothing, "order-delivered"), []);
    assert_eq!(chosen(&nothing, "order-paid"), [Email], "a receipt");
    assert_eq!(chosen(&nothing, "order-cancelled"), [Email]);
    let by_phone = with(&[Sms], &[Email, Sms]);
    assert_eq!(chosen(&by_phone, "order-shipped"), [Sms]);
    assert_eq!(chosen(&by_phone, "order-cancelled"), [Sms]);
    assert_eq!(chosen(&by_phone, "order-paid"), [Email, Sms]);
}

#[test]
fn security_and_what_was_asked_for_are_no_matter_of_preferences() {
    for preferences in [with(&[], &[]), with(&[Sms], &[Sms])] {
        for name in [
            "account-locked",
            "sessions-revoked",
            "roles-changed",
            "payment-method-saved",
            "test-assigned",
            "worker-hired",
            "application-rejected",
            "readings-alert",
            "device-silent",
            "session-due",
            "endpoint-disabled",
        ] {
            assert_eq!(chosen(&preferences, name), [Email], "{name}");
        }
        assert_eq!(chosen(&preferences, "code"), [Email], "the sample's code belongs to the mailbox");
    }
    let to_phone = Notice::Code {
        to: Sms,
        purpose: CodePurpose::ResetPassword,
        sealed: String::new(),
        expires_at: crate::samples::time("2026-01-05T08:10:00Z"),
    };
    assert_eq!(with(&[Email], &[Email]).choose(&to_phone), BTreeSet::from([Sms]));
}

#[test]
fn unsubscribing_takes_one_channel_from_one_topic() {
    let all = with(&[Email, Sms], &[Email, Sms]);
    let less = all.without(Topic::Orders, Email);
    assert_eq!((chosen(&less, "order-shipped"), chosen(&less, "order-paid")), (vec![Sms], vec![Email, Sms]));
    assert_eq!(less.without(Topic::Orders, Email), less);
}

#[test]
fn only_what_may_be_done_without_can_be_unsubscribed_from() {
    for notice in notices() {
        let optional = matches!(notice.nature(), Nature::Optional(_)) || notice.name() == "digest";
        assert_eq!(notice.unsubscribable().is_some(), optional, "{}", notice.name());
    }
}

#[test]
fn what_is_urgent_or_about_security_never_waits_for_the_morning() {
    let urgent: Vec<_> = notices().iter().filter(|notice| notice.is_urgent()).map(Notice::name).collect();
    assert_eq!(
        urgent,
        [
            "order-reserved",
            "payment-failed",
            "job-created",
            "job-cancelled",
            "payment-method-saved",
            "payment-method-removed",
            "offer-made",
            "code",
            "account-locked",
            "sessions-revoked",
            "roles-changed",
            "readings-alert",
            "device-silent",
            "session-due",
        ]
    );
}

#[test]
fn the_persons_own_language_and_zone_come_before_the_accounts() {
    let usual = Preferences::usual(AccountId::from_bits(1));
    assert_eq!(usual.locale("ru-RU"), Locale::Ru);
    assert_eq!(usual.zone("Europe/Moscow").iana_name(), Some("Europe/Moscow"));
    assert_eq!(usual.zone("Nowhere/Land").iana_name(), Some("UTC"));
    let own = Preferences {
        locale: Some(Locale::En),
        time_zone: Some("Asia/Tokyo".to_owned()),
        ..usual
    };
    assert_eq!(own.locale("ru-RU"), Locale::En);
    assert_eq!(own.zone("Europe/Moscow").iana_name(), Some("Asia/Tokyo"));
}
