//! Roles, the list of admins, partners' secrets, keys in JSON.

use crate::support::{at, keys, other_keys};
use identity::jwk::Jwk;
use identity::keys::{Keys, same};
use identity::partner::{Partner, PartnerSecret, Rotation};
use identity::roles::{Admins, MAX_ADMINS, NotAllowed, Roles};
use kernel::{AccountId, Role, Text};
use platform::SecretValues;
use platform::signer::PublicKey;
use proptest::prelude::*;
use std::time::Duration;

fn account(n: u128) -> AccountId {
    AccountId::from_bits(n)
}

#[test]
fn the_last_admin_stays() {
    let (admin, nobody) = (Roles::of([Role::Admin]), Roles::default());
    let one = Admins::default().after(account(1), &admin).unwrap().unwrap();
    assert_eq!(one.after(account(1), &nobody), Err(NotAllowed::LastAdmin));
    assert_eq!(one.after(account(1), &admin), Ok(None));
    assert_eq!(one.after(account(2), &nobody), Ok(None));
    let two = one.after(account(2), &admin).unwrap().unwrap();
    let left = two.after(account(1), &nobody).unwrap().unwrap();
    assert_eq!(left.accounts.into_iter().collect::<Vec<_>>(), [account(2)]);
}

#[test]
fn there_are_not_more_admins_than_one_can_keep_an_eye_on() {
    let admin = Roles::of([Role::Admin]);
    let mut admins = Admins::default();
    for n in 0..MAX_ADMINS {
        admins = admins.after(account(n as u128), &admin).unwrap().unwrap();
    }
    assert_eq!(admins.after(account(1000), &admin), Err(NotAllowed::TooManyAdmins));
    assert!(admins.after(account(5), &Roles::default()).unwrap().is_some());
}

#[test]
fn roles_are_listed_as_tokens_want_them() {
    let roles = Roles::of([Role::Manager, Role::Customer, Role::Manager]);
    assert_eq!(roles.claim(), "customer manager");
    assert_eq!(roles.without(&Roles::of([Role::Customer])).names(), ["manager"]);
    assert_eq!(serde_json::to_string(&roles).unwrap(), r#"["customer","manager"]"#);
    assert!(serde_json::from_str::<Roles>(r#"["root"]"#).is_err());
}

fn partner() -> Partner {
    Partner {
        id: account(9),
        name: Text::new("Happy Cat Box").unwrap(),
        number: 1,
        secret: PartnerSecret::derive(keys().current(), account(9), 1).hash(),
        previous: None,
        created_by: account(1),
        created_at: at(0),
        request: "mark".to_owned(),
        rotation: None,
    }
}

fn rotation(now: u64) -> Rotation {
    Rotation {
        key: "key".to_owned(),
        request: "mark".to_owned(),
        by: account(1),
        at: at(now),
    }
}

#[test]
fn a_partners_secret_before_is_good_for_as_long_as_was_said() {
    let secret = |number| PartnerSecret::derive(keys().current(), account(9), number);
    let rotated = partner().rotated(keys().current(), Duration::from_secs(3600), rotation(10));
    assert!(partner().accepts(&secret(1), at(0)) && !partner().accepts(&secret(2), at(0)));
    assert!(rotated.accepts(&secret(2), at(10)) && rotated.accepts(&secret(1), at(3609)));
    assert!(!rotated.accepts(&secret(1), at(3610)));
    let again = rotated.rotated(keys().current(), Duration::ZERO, rotation(20));
    assert!(again.accepts(&secret(3), at(20)));
    assert!(
        !again.accepts(&secret(2), at(20)) && !again.accepts(&secret(1), at(20)),
        "no overlap, no secret before"
    );
}

#[test]
fn a_partners_secret_reads_back_and_does_not_print() {
    let secret = PartnerSecret::derive(keys().current(), account(9), 1);
    let read = PartnerSecret::try_from(secret.expose().to_owned()).unwrap();
    assert_eq!(read.hash(), secret.hash());
    assert!(!format!("{secret:?}").contains(&secret.expose()[3..]));
    for text in [
        "",
        "ps_",
        &secret.expose()[1..],
        &format!("{}A", secret.expose()),
        &"ш".repeat(23),
    ] {
        assert!(PartnerSecret::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn a_request_is_recognised_through_one_rotation_of_the_key() {
    let mark = keys().current().mark("fingerprint");
    assert!(keys().recognise(&mark, "fingerprint").is_some());
    assert!(keys().recognise(&mark, "another").is_none());
    assert!(other_keys(true).recognise(&mark, "fingerprint").is_some());
    assert!(other_keys(false).recognise(&mark, "fingerprint").is_none());
    assert_ne!(mark, "fingerprint");
    assert!(same("a", "a") && !same("a", "b") && !same("a", "aa") && same("", ""));
}

#[test]
fn what_is_derived_depends_on_key_purpose_and_every_part() {
    let keys = keys();
    let key = keys.current();
    let derived = key.derive("purpose", ["ab", "c"]);
    assert_eq!(derived, key.derive("purpose", ["ab", "c"]));
    for other in [
        key.derive("purpose", ["a", "bc"]),
        key.derive("purpose", ["ab", "c", ""]),
        key.derive("purposea", ["b", "c"]),
        other_keys(false).current().derive("purpose", ["ab", "c"]),
    ] {
        assert_ne!(derived, other);
    }
    assert!(Keys::new(&SecretValues { current: vec![1; 15], previous: None }).is_err(), "too short a key");
    assert!(Keys::new(&SecretValues { current: vec![1; 32], previous: Some(Vec::new()) }).is_err());
}

/// The public half of a 512-bit key, as OpenSSL writes it.
const SPKI: &str = "305c300d06092a864886f70d0101010500034b003048024100c1b3a5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809\
    1a2b3c4d5e6f708192c1b3a5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081930203010001";

fn spki() -> Vec<u8> {
    let digits = SPKI.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn a_public_key_becomes_a_json_web_key() {
    let key = PublicKey { id: "kid".to_owned(), spki: spki() };
    let jwk = serde_json::to_value(Jwk::of(&key).unwrap()).unwrap();
    assert_eq!(
        (&jwk["kty"], &jwk["use"], &jwk["alg"], &jwk["kid"]),
        (&"RSA".into(), &"sig".into(), &"RS256".into(), &"kid".into())
    );
    assert_eq!(jwk["e"], "AQAB");
    assert!(jwk["n"].as_str().unwrap().starts_with("wbOl1uf4CRor"), "{}", jwk["n"]);
}

proptest! {
    #[test]
    fn what_is_no_key_is_none(
        cut in 0..94usize,
        place in 0..94usize,
        byte: u8,
        noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let of = |spki| Jwk::of(&PublicKey { id: String::new(), spki });
        prop_assert_eq!(of(spki()[..cut].to_vec()), None);
        prop_assert_eq!(of([spki(), vec![byte]].concat()), None);
        let mut changed = spki();
        changed[place] = byte;
        // Whatever comes of these, it is an answer.
        let answers = [of(changed), of(noise)];
        prop_assert_eq!(answers.len(), 2);
    }
}
