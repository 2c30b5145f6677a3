//! Passwords.

use identity::password::{NewPassword, TriedPassword, decoy};
use identity::settings::{Cost, PasswordCost};
use platform::Figure;

const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn hash(text: &str) -> String {
    NewPassword::new(text).unwrap().hash(CHEAP, &[7; 16]).unwrap()
}

#[test]
fn the_right_password_alone_is_right() {
    let stored = hash("correct horse battery staple");
    let tried = |text| TriedPassword::new(text).unwrap().verify(&stored).unwrap();
    assert!(tried("correct horse battery staple"));
    for wrong in [
        "Correct horse battery staple",
        "correct horse battery staple ",
        "correct horse battery",
        "x",
    ] {
        assert!(!tried(wrong), "{wrong}");
    }
}

#[test]
fn the_same_letters_are_the_same_password_however_they_were_composed() {
    let composed = hash("Zürich-Москва-й-é");
    let tried = TriedPassword::new("Zu\u{308}rich-Москва-и\u{306}-e\u{301}").unwrap();
    assert!(tried.verify(&composed).unwrap());
    let compatible = TriedPassword::new("Zürich-Москва-й-é".replace("Z", "Ｚ").as_str()).unwrap();
    assert!(!compatible.verify(&composed).unwrap(), "letters that only look alike are others");
}

#[test]
fn a_password_has_12_to_128_characters() {
    for good in [
        "twelve chars",
        &"я".repeat(128),
        "🧣🧣🧣🧣🧣🧣🧣🧣🧣🧣🧣🧣",
        "            ",
        &"u\u{308}".repeat(128),
    ] {
        assert!(NewPassword::new(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "elevenchars",
        &"я".repeat(129),
        &"u\u{308}".repeat(11),
        &"x".repeat(1_000_000),
    ] {
        assert!(NewPassword::new(bad).is_err(), "{} characters", bad.chars().count());
    }
    assert!(TriedPassword::new("short").is_ok(), "rules change, passwords stay");
    assert!(TriedPassword::new("").is_err());
}

#[test]
fn what_is_stored_names_algorithm_and_cost() {
    let stored = hash("correct horse battery staple");
    assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
    let default = PasswordCost::read(PasswordCost::DEFAULT).unwrap();
    assert_eq!(default, Cost { memory_kib: 19_456, passes: 2, lanes: 1 }, "what OWASP advises at least");
}

#[test]
fn nobodys_password_is_tried_at_the_same_cost_and_never_right() {
    let nobodys = decoy(CHEAP);
    assert!(nobodys.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    for text in ["correct horse battery staple", "A", &"\0".repeat(12)] {
        assert!(!TriedPassword::new(text).unwrap().verify(&nobodys).unwrap());
    }
    assert!(decoy(PasswordCost::read(PasswordCost::DEFAULT).unwrap()).contains("m=19456,t=2,p=1"));
}

#[test]
fn a_cost_that_argon2_cannot_have_is_refused_at_deployment() {
    for bad in [
        "",
        "19456",
        "19456,2",
        "19456,2,1,1",
        "a,b,c",
        "7,1,1",
        "8,0,1",
        "8,1,0",
        "-8,1,1",
        "8.5,1,1",
    ] {
        assert!(PasswordCost::read(bad).is_err(), "{bad}");
    }
}

#[test]
fn passwords_do_not_print() {
    let password = NewPassword::new("correct horse battery staple").unwrap();
    assert!(!format!("{password:?}").contains("horse"));
}
