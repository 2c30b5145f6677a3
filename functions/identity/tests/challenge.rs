//! One-time codes.

use crate::support::{at, keys, other_keys};
use contracts::identity::ContactKind::{self, Email, Phone};
use identity::challenge::{Challenge, Code, NoCode, Tried};
use identity::settings::{CodeRules, Codes};
use kernel::{AccountId, Timestamp};
use platform::Figure;
use proptest::prelude::*;
use std::convert::Infallible;
use std::time::Duration;

fn rules() -> CodeRules {
    Codes::read(Codes::DEFAULT).unwrap()
}

/// Instead of sealing: the code is there to be read.
fn open(_: &str, code: &Code) -> Result<String, Infallible> {
    Ok(code.digits().to_owned())
}

fn first(account: u128, kind: ContactKind) -> Challenge {
    Challenge::first((AccountId::from_bits(account), kind), &keys(), open, at(0), rules()).unwrap()
}

fn renewed(challenge: &Challenge, now: Timestamp) -> Challenge {
    challenge.renewed(&keys(), open, now, rules()).unwrap()
}

fn code(text: &str) -> Code {
    Code::try_from(text.to_owned()).unwrap()
}

fn tried(challenge: &Challenge, text: &str, now: Timestamp) -> Tried {
    challenge.tried(&code(text), &keys(), now, rules())
}

/// Some code that is not the one.
fn another(challenge: &Challenge) -> String {
    format!("{:06}", (challenge.sealed.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn the_code_that_was_sent_meets_the_challenge() {
    let challenge = first(1, Email);
    assert_eq!(challenge.sealed.len(), 6);
    let Tried::Met(met) = tried(&challenge, &challenge.sealed, at(599)) else {
        panic!("it was the code")
    };
    assert_eq!(met.met_at, Some(at(599)));
    assert_eq!(tried(&met, &challenge.sealed, at(86_400)), Tried::Again(at(599)), "given again, it is the same");
    assert_eq!(tried(&met, &another(&challenge), at(600)), Tried::Dead);
}

#[test]
fn a_code_is_derived_for_its_account_contact_and_number() {
    let challenge = first(1, Email);
    assert_eq!(first(1, Email), challenge, "a repeated request sends the same code");
    let others = [
        first(2, Email).sealed,
        first(1, Phone).sealed,
        renewed(&challenge, at(60)).sealed,
    ];
    assert!(others.iter().all(|other| *other != challenge.sealed), "{others:?} and {}", challenge.sealed);
    assert!(!challenge.hash.contains(&challenge.sealed));
}

#[test]
fn a_code_is_good_for_ten_minutes() {
    let challenge = first(1, Email);
    assert_eq!(challenge.expires_at, at(600));
    assert!(matches!(tried(&challenge, &challenge.sealed, at(599)), Tried::Met(_)));
    assert_eq!(tried(&challenge, &challenge.sealed, at(600)), Tried::Dead);
}

#[test]
fn after_five_wrong_tries_the_right_code_is_no_good() {
    let mut challenge = first(1, Email);
    for left in [4, 3, 2, 1, 0] {
        match tried(&challenge, &another(&challenge), at(1)) {
            Tried::Wrong(counted, tries_left) => {
                assert_eq!(tries_left, left);
                challenge = counted;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(tried(&challenge, &challenge.sealed, at(1)), Tried::Dead);
    let next = renewed(&challenge, at(60));
    assert!(matches!(tried(&next, &next.sealed, at(60)), Tried::Met(_)), "the next code has tries of its own");
    assert!(matches!(tried(&next, &challenge.sealed, at(60)), Tried::Wrong(..)), "the one before is no good");
}

#[test]
fn codes_come_one_a_minute_and_ten_a_day() {
    let mut challenge = first(1, Email);
    assert_eq!(challenge.may_renew(at(59), rules()), Err(NoCode::Wait(Duration::from_secs(1))));
    for n in 1..10 {
        let now = at(n * 60);
        assert_eq!(challenge.may_renew(now, rules()), Ok(()));
        challenge = renewed(&challenge, now);
    }
    assert_eq!(challenge.may_renew(at(600), rules()), Err(NoCode::Wait(Duration::from_secs(86_400 - 600))));
    assert_eq!(challenge.may_renew(at(86_400), rules()), Ok(()));
    challenge = renewed(&challenge, at(86_400));
    assert_eq!(challenge.may_renew(at(86_459), rules()), Err(NoCode::Wait(Duration::from_secs(1))));
    assert_eq!(challenge.may_renew(at(86_460), rules()), Ok(()), "the second one was a day ago by then");
    let Tried::Met(met) = tried(&challenge, &challenge.sealed, at(86_400)) else {
        panic!("it was the code")
    };
    assert_eq!(met.may_renew(at(200_000), rules()), Err(NoCode::Met));
}

#[test]
fn a_code_outlives_one_rotation_of_the_key_and_no_more() {
    let challenge = first(1, Email);
    let tried = |keys| challenge.tried(&code(&challenge.sealed), &keys, at(1), rules());
    assert!(matches!(tried(other_keys(true)), Tried::Met(_)));
    assert!(matches!(tried(other_keys(false)), Tried::Wrong(..)));
}

#[test]
fn a_code_is_six_digits_however_they_are_spaced() {
    for text in [
        "123456",
        "123 456",
        "123-456",
        " 123456 ",
        "1 2 3 4 5 6",
        "123\u{a0}456",
    ] {
        assert_eq!(code(text).digits(), "123456", "{text}");
    }
    for text in [
        "",
        "12345",
        "1234567",
        "12345a",
        "１２３４５６",
        "12345\u{0}6",
        "+12345",
        &" ".repeat(1000),
    ] {
        assert!(Code::try_from(text.to_owned()).is_err(), "{text}");
    }
    assert!(!format!("{:?}", code("123456")).contains("123456"));
}

proptest! {
    /// Whatever is tried and asked for in whatever order: at most 5 tries a code, 10 codes and 50 tries in 24 hours.
    #[test]
    fn guessing_stays_hopeless(steps in prop::collection::vec((0..4u8, 0..7200u64), 1..300)) {
        let mut challenge = first(1, Email);
        let (mut now, mut tries, mut codes) = (0, Vec::new(), vec![0]);
        for (step, wait) in steps {
            now += if step == 0 { wait } else { wait % 30 };
            if step == 1 && challenge.may_renew(at(now), rules()).is_ok() {
                challenge = renewed(&challenge, at(now));
                codes.push(now);
            } else if let Tried::Wrong(counted, _) = tried(&challenge, &another(&challenge), at(now)) {
                prop_assert!(counted.failed <= 5);
                challenge = counted;
                tries.push(now);
            }
            let day = |times: &[u64]| times.iter().filter(|time| **time + 86_400 > now).count();
            prop_assert!(day(&codes) <= 10, "{} codes", day(&codes));
            // The tries of a code may come after it: 10 codes and the one before them.
            prop_assert!(day(&tries) <= 55, "{} tries", day(&tries));
            prop_assert!(challenge.issued.len() <= 11);
        }
    }
}
