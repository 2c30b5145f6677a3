//! Sessions and their refresh tokens: sequences of uses against a model.

use crate::support::{at, keys, other_keys};
use contracts::identity::ContactKind;
use identity::access::{Access, AccessEvent, MAX_SESSIONS, Renewal, Session};
use identity::keys::Keys;
use identity::refresh::{LENGTH, RefreshToken};
use identity::settings::{Lockout, SessionRules, Sessions};
use kernel::{AccountId, SessionId};
use platform::Figure;
use proptest::prelude::*;

const DAY: u64 = 86_400;

fn rules() -> SessionRules {
    Sessions::read(Sessions::DEFAULT).unwrap()
}

fn account() -> AccountId {
    AccountId::from_bits(1)
}

fn root(session: u128) -> RefreshToken {
    RefreshToken::root(keys().current(), account(), SessionId::from_bits(session))
}

fn with_session(access: &Access, session: u128, now: u64) -> Access {
    let id = SessionId::from_bits(session);
    let session = Session::of_person((account(), id), None, "mark".to_owned(), keys().current(), at(now), rules());
    access.signed_in(session, None, at(now))
}

fn one_session() -> Access {
    with_session(&Access::new(account()), 1, 0)
}

fn renewed(access: &Access, token: &RefreshToken, now: u64) -> (Access, RefreshToken) {
    match access.renew(token, &keys(), at(now), rules()) {
        Renewal::Renewed(access, child) => (access, child),
        other => panic!("{other:?}"),
    }
}

fn forged(token: &RefreshToken) -> RefreshToken {
    let mut text = token.expose().to_owned();
    let place = text.len() - 30;
    let letter = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
    text.replace_range(place..=place, letter);
    RefreshToken::try_from(text).unwrap()
}

#[test]
fn a_token_is_good_once_and_its_child_after_it() {
    let (access, child) = renewed(&one_session(), &root(1), 10);
    assert_ne!(child.expose(), root(1).expose());
    let (_, grandchild) = renewed(&access, &child, 20);
    assert_ne!(grandchild.expose(), child.expose());
}

#[test]
fn who_repeats_a_renewal_within_thirty_seconds_gets_the_same_child() {
    let (access, child) = renewed(&one_session(), &root(1), 10);
    for now in [10, 39] {
        match access.renew(&root(1), &keys(), at(now), rules()) {
            Renewal::Repeated(same, issued_at) => {
                assert_eq!(same.expose(), child.expose());
                assert_eq!(issued_at, at(10));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(access.renew(&root(1), &keys(), at(40), rules()), Renewal::Reused(_)));
}

#[test]
fn any_other_second_use_ends_the_session() {
    let (access, child) = renewed(&one_session(), &root(1), 10);
    let (access, leaf) = renewed(&access, &child, 11);
    let Renewal::Reused(ended) = access.renew(&root(1), &keys(), at(12), rules()) else {
        panic!("it was reused")
    };
    assert!(ended.running(at(12)).is_empty());
    for token in [root(1), child, leaf] {
        assert!(matches!(ended.renew(&token, &keys(), at(12), rules()), Renewal::Unknown), "it is over");
    }
}

#[test]
fn a_made_up_token_ends_nothing() {
    let access = one_session();
    let (access, child) = renewed(&access, &root(1), 10);
    let elsewhere = Keys::new(&platform::SecretValues { current: vec![9; 32], previous: None }).unwrap();
    let foreign = RefreshToken::root(elsewhere.current(), account(), SessionId::from_bits(1));
    for token in [forged(&root(1)), forged(&child), foreign, root(2)] {
        assert!(matches!(access.renew(&token, &keys(), at(100), rules()), Renewal::Unknown));
    }
    renewed(&access, &child, 100);
}

#[test]
fn a_token_of_another_account_is_none_of_this_one() {
    let theirs = RefreshToken::root(keys().current(), AccountId::from_bits(2), SessionId::from_bits(1));
    assert!(matches!(
        one_session().renew(&theirs, &keys(), at(1), rules()),
        Renewal::Reused(_) | Renewal::Unknown
    ));
    // The use case looks under the account that the token names, so this one is never asked.
    assert_eq!(theirs.account(), AccountId::from_bits(2));
}

#[test]
fn a_session_that_nobody_renews_ends_after_thirty_days() {
    let access = one_session();
    assert!(matches!(access.renew(&root(1), &keys(), at(30 * DAY), rules()), Renewal::Unknown));
    let (access, child) = renewed(&access, &root(1), 30 * DAY - 1);
    let (_, _) = renewed(&access, &child, 59 * DAY);
}

#[test]
fn sessions_outlive_one_rotation_of_the_key() {
    let (access, child) = renewed(&one_session(), &root(1), 10);
    let after = other_keys(true);
    let Renewal::Renewed(access, grandchild) = access.renew(&child, &after, at(20), rules()) else {
        panic!("good")
    };
    assert!(matches!(access.renew(&child, &after, at(21), rules()), Renewal::Repeated(..)));
    assert!(matches!(access.renew(&root(1), &after, at(22), rules()), Renewal::Reused(_)), "it was ours");
    let twice = other_keys(false);
    assert!(
        matches!(access.renew(&grandchild, &twice, at(23), rules()), Renewal::Renewed(..)),
        "the leaf is known"
    );
}

#[test]
fn one_session_too_many_ends_the_one_that_was_renewed_the_longest_ago() {
    let mut access = Access::new(account());
    for n in 0..MAX_SESSIONS {
        access = with_session(&access, n as u128, n as u64);
    }
    let (access, _) = renewed(&access, &root(0), 100);
    let access = with_session(&access, 99, 101);
    let running: Vec<_> = access.running(at(101)).iter().map(|session| session.id).collect();
    assert_eq!(running.len(), MAX_SESSIONS);
    assert_eq!(running[0], SessionId::from_bits(99), "the newest comes first");
    assert!(running.contains(&SessionId::from_bits(0)) && !running.contains(&SessionId::from_bits(1)));
}

#[test]
fn an_account_never_remembers_more_than_forty_sessions() {
    let mut access = Access::new(account());
    for n in 0..200u64 {
        access = with_session(&access, n.into(), n);
        access = access.all_ended(at(n));
        assert!(access.sessions.len() <= 2 * MAX_SESSIONS, "{}", access.sessions.len());
    }
    assert!(access.session(SessionId::from_bits(199)).is_some());
    let later = with_session(&access, 500, 200 + DAY);
    assert_eq!(later.sessions.len(), 1, "what ended a day ago is forgotten");
}

#[test]
fn ending_a_session_again_changes_nothing() {
    let access = with_session(&one_session(), 2, 5);
    let ended = access.ended(SessionId::from_bits(1), at(10)).unwrap();
    assert_eq!(ended.running(at(10)).len(), 1);
    assert_eq!(ended.ended(SessionId::from_bits(1), at(20)).as_ref(), Some(&ended));
    assert_eq!(ended.ended(SessionId::from_bits(3), at(20)), None);
    assert!(ended.all_ended(at(20)).running(at(20)).is_empty());
}

#[test]
fn only_an_account_that_exists_announces_that_it_is_locked() {
    let rules = Lockout::read("1,15,15").unwrap();
    let access = Access::new(account());
    let (locked, events) = access.failed(ContactKind::Email, true, at(0), rules);
    assert_eq!(events, [AccessEvent::Locked { until: at(900) }]);
    assert_eq!(locked.ttl, None);
    assert_eq!(locked.tries(ContactKind::Phone).locked(at(1)), None, "each kind of address has its own");
    let (nobody, events) = access.failed(ContactKind::Email, false, at(0), rules);
    assert_eq!(events, []);
    assert_eq!(nobody.tries(ContactKind::Email).locked(at(1)), Some(at(900)), "but is as locked");
    assert!(nobody.ttl.is_some_and(|ttl| ttl > at(900).as_seconds()));
    assert_eq!(with_session(&nobody, 1, 1).ttl, None);
}

#[test]
fn a_refresh_token_reads_back_and_does_not_print() {
    let token = root(1);
    assert_eq!(token.expose().len(), LENGTH);
    let read = RefreshToken::try_from(token.expose().to_owned()).unwrap();
    assert_eq!((read.account(), read.session()), (account(), SessionId::from_bits(1)));
    assert!(read.is_authentic(&keys()) && !forged(&read).is_authentic(&keys()));
    assert!(!format!("{token:?}").contains(&token.expose()[60..]));
    let none = format!("eyJhbGciOiJub25lIn0.{}.", "e".repeat(LENGTH - 21));
    for text in [
        "",
        "rt_",
        &token.expose()[1..],
        &token.expose().to_uppercase(),
        &none,
        &"ш".repeat(LENGTH / 2),
    ] {
        assert!(RefreshToken::try_from(text.to_owned()).is_err(), "{text}");
    }
}

/// What happens to a session.
#[derive(Clone, Debug)]
enum Step {
    /// The token that was issued as this one from the end is sent.
    Send(usize),
    /// A token that nobody issued is sent.
    Forge(usize),
    /// So many seconds pass.
    Pass(u64),
    /// The server's key is rotated, if it was not yet.
    Rotate,
    /// The owner signs out.
    End,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0..4usize).prop_map(Step::Send),
        1 => (0..40usize).prop_map(Step::Send),
        2 => (0..40usize).prop_map(Step::Forge),
        6 => prop_oneof![0..5u64, 25..35u64, Just(DAY), Just(29 * DAY), Just(30 * DAY)].prop_map(Step::Pass),
        1 => Just(Step::Rotate),
        1 => Just(Step::End),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Of all tokens that a session ever had, one at most is good, and using any other one twice ends it.
    #[test]
    fn at_most_one_token_of_a_session_is_good(steps in prop::collection::vec(step(), 1..60)) {
        let (mut access, mut keys, mut now) = (one_session(), keys(), 0);
        let mut issued = vec![root(1)];
        // The model: whether it runs, and when the last token in `issued` was issued.
        let (mut runs, mut renewed_at) = (true, 0);
        for step in steps {
            match step {
                Step::Pass(wait) => now += wait,
                Step::Rotate => keys = other_keys(true),
                Step::End => {
                    access = access.ended(SessionId::from_bits(1), at(now)).unwrap_or(access);
                    runs = false;
                }
                Step::Forge(back) => {
                    let token = forged(&issued[issued.len() - 1 - back % issued.len()]);
                    prop_assert!(matches!(access.renew(&token, &keys, at(now), rules()), Renewal::Unknown));
                }
                Step::Send(back) => {
                    let back = back % issued.len();
                    let token = issued[issued.len() - 1 - back].clone();
                    runs &= now < renewed_at + 30 * DAY;
                    match access.renew(&token, &keys, at(now), rules()) {
                        Renewal::Renewed(next, child) => {
                            prop_assert!(runs && back == 0);
                            prop_assert!(issued.iter().all(|old| old.expose() != child.expose()));
                            (access, renewed_at) = (next, now);
                            issued.push(child);
                        }
                        Renewal::Repeated(child, at_time) => {
                            prop_assert!(runs && back == 1 && now < renewed_at + 30);
                            prop_assert_eq!(child.expose(), issued[issued.len() - 1].expose());
                            prop_assert_eq!(at_time, at(renewed_at));
                        }
                        Renewal::Reused(next) => {
                            prop_assert!(runs && back > 0 && (back > 1 || now >= renewed_at + 30));
                            access = next;
                            runs = false;
                        }
                        Renewal::Unknown => prop_assert!(!runs),
                    }
                }
            }
            let renewals = issued.iter().map(|token| access.renew(token, &keys, at(now), rules()));
            let good = renewals.filter(|renewal| matches!(renewal, Renewal::Renewed(..))).count();
            prop_assert!(good <= 1);
            prop_assert_eq!(good == 1, runs && now < renewed_at + 30 * DAY);
        }
    }
}
