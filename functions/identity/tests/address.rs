//! E-mail addresses and phone numbers.

use identity::address::{Address, Email, Phone};
use proptest::prelude::*;

fn email(text: &str) -> Result<Email, String> {
    Email::try_from(text.to_owned())
}

fn phone(text: &str) -> Result<Phone, String> {
    Phone::try_from(text.to_owned())
}

fn same_mailbox(one: &str, other: &str) -> bool {
    let digest = |text| Address::Email(email(text).unwrap()).digest();
    digest(one) == digest(other)
}

#[test]
fn spellings_of_one_mailbox_are_the_same() {
    for (one, other) in [
        ("Maria@Example.COM", "maria@example.com"),
        ("  maria@example.com\t", "maria@example.com"),
        ("maria@пример.рф", "maria@ПРИМЕР.РФ"),
        ("maria@пример.рф", "maria@xn--e1afmkfd.xn--p1ai"),
        ("maria@bücher.example", "maria@bu\u{308}cher.example"),
        ("maria@ｅｘａｍｐｌｅ.com", "maria@example.com"),
    ] {
        assert!(same_mailbox(one, other), "{one} and {other}");
    }
}

#[test]
fn different_mailboxes_stay_different() {
    for (one, other) in [
        ("maria+shop@example.com", "maria@example.com"),
        ("m.aria@example.com", "maria@example.com"),
        ("maria@example.com", "maria@example.org"),
        ("maria@mail.example.com", "maria@example.com"),
        ("maria_@example.com", "maria@example.com"),
        ("maria@googlemail.com", "maria@gmail.com"),
    ] {
        assert!(!same_mailbox(one, other), "{one} and {other}");
    }
}

#[test]
fn mail_goes_to_the_local_part_as_it_was_typed() {
    assert_eq!(email(" Maria.P+Shop@Bücher.Example ").unwrap().as_str(), "Maria.P+Shop@xn--bcher-kva.example");
    assert_eq!(email("o'brien@example.com").unwrap().as_str(), "o'brien@example.com");
}

#[test]
fn what_no_mail_is_delivered_to_is_refused() {
    let long_label = format!("a@{}.com", "x".repeat(64));
    let long_local = format!("{}@example.com", "x".repeat(65));
    let long = format!("{}@{}.com", "x".repeat(60), vec!["y".repeat(60); 4].join("."));
    for text in [
        "",
        " ",
        "@",
        "maria",
        "maria@",
        "@example.com",
        "maria@example",
        "maria@@example.com",
        "a b@example.com",
        "maria@exa mple.com",
        ".maria@example.com",
        "maria.@example.com",
        "m..a@example.com",
        "maria@.example.com",
        "maria@example..com",
        "maria@example.com.",
        "maria@-example.com",
        "maria@example-.com",
        "maria@ex_ample.com",
        "maria@127.0.0.1",
        "maria@[127.0.0.1]",
        "\"maria\"@example.com",
        "мария@example.com",
        "maria@example.com\0",
        "maria@exam\nple.com",
        "maria@example.com,ivan@example.com",
        "Maria <maria@example.com>",
        "a@b@example.com",
        "maria\u{200b}@example.com",
        "mailto:maria@example.com",
        &long_label,
        &long_local,
        &long,
        &"x".repeat(100_000),
        &format!("maria@{}", "ü".repeat(100_000)),
    ] {
        assert!(email(text).is_err(), "{text}");
    }
}

#[test]
fn a_phone_number_is_the_same_whatever_stands_between_its_digits() {
    let number = phone("+442079460018").unwrap();
    for text in [
        "+44 20 7946 0018",
        "+44-20-7946-0018",
        "+44 (20) 7946.0018",
        " +44\u{a0}20\u{a0}7946\u{a0}0018 ",
        "+44\u{2011}20\u{2011}7946\u{2011}0018",
        "\u{202a}+44 20 7946 0018\u{202c}",
        "\u{2066}+442079460018\u{2069}",
    ] {
        assert_eq!(phone(text).as_ref(), Ok(&number), "{text}");
    }
    assert_eq!(number.as_str(), "+442079460018");
    assert_ne!(phone("+442079460019").unwrap(), number);
}

#[test]
fn a_number_that_cannot_be_dialled_from_everywhere_is_refused() {
    for text in [
        "",
        "+",
        "442079460018",
        "020 7946 0018",
        "8 916 123-45-67",
        "00442079460018",
        "+0442079460018",
        "+1234567",
        "+1234567890123456",
        "++442079460018",
        "+44207946+0018",
        "+44 (0)20 7946 0018",
        "+44 20 7946 0018 ext. 7",
        "+44207946００18",
        "+٤٤٢٠٧٩٤٦٠٠١٨",
        "＋442079460018",
        "tel:+442079460018",
        "+44,20,7946,0018",
        "+44207946\u{0}0018",
        &format!("+{}", "4".repeat(100_000)),
        &" ".repeat(100_000),
    ] {
        assert!(phone(text).is_err(), "{text}");
    }
}

#[test]
fn addresses_do_not_print() {
    let printed = format!("{:?} {:?}", email("maria@example.com").unwrap(), phone("+442079460018").unwrap());
    assert!(!printed.contains("maria") && !printed.contains("44"), "{printed}");
    let address = Address::Email(email("maria@example.com").unwrap());
    assert!(!format!("{address:?} {}", address.digest()).contains("maria"));
}

#[test]
fn an_address_and_a_number_never_share_a_digest() {
    let digest = Address::Phone(phone("+442079460018").unwrap()).digest();
    assert_eq!(digest.len(), 26);
    assert_ne!(digest, Address::Email(email("442079460018@example.com").unwrap()).digest());
}

proptest! {
    /// What was accepted is accepted again and stays as it is: stored addresses read back.
    #[test]
    fn accepting_twice_changes_nothing(text in "[ -~а-яÄ-ü@.]{0,80}|[a-z.+]{1,20}@[a-zа-я.-]{1,40}") {
        if let Ok(once) = email(&text) {
            prop_assert_eq!(email(once.as_str()), Ok(once.clone()));
            prop_assert_eq!(email(&once.canonical()).map(|email| email.canonical()), Ok(once.canonical()));
            prop_assert!(once.as_str().is_ascii() && once.as_str().len() <= 254);
        }
        if let Ok(once) = phone(&text) {
            prop_assert_eq!(phone(once.as_str()), Ok(once));
        }
    }

    #[test]
    fn punctuation_never_changes_a_number(digits in "[1-9][0-9]{7,14}", cuts in prop::collection::vec(1..15usize, 0..6)) {
        let mut typed = format!("+{digits}");
        for cut in cuts {
            if cut < typed.len() {
                typed.insert(cut, [' ', '-', '.'][cut % 3]);
            }
        }
        let number = phone(&typed).unwrap();
        prop_assert_eq!(number.as_str(), format!("+{digits}"));
    }
}
