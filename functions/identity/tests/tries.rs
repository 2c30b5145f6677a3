//! Lockout, against a model that remembers everything.

use crate::support::at;
use identity::settings::{Lockout, LockoutRules};
use identity::tries::{Tries, seconds};
use platform::Figure;
use proptest::prelude::*;
use std::time::Duration;

fn rules() -> LockoutRules {
    Lockout::read(Lockout::DEFAULT).unwrap()
}

#[test]
fn ten_failures_in_fifteen_minutes_lock_for_fifteen_minutes() {
    let mut tries = Tries::default();
    for n in 0..9 {
        tries = tries.failed(at(n * 90), rules());
        assert_eq!(tries.locked(at(n * 90)), None, "failure {n}");
    }
    let locked = tries.failed(at(899), rules());
    assert_eq!(locked.locked(at(899)), Some(at(899 + 900)));
    assert_eq!(locked.locked(at(899 + 899)), Some(at(899 + 900)));
    assert_eq!(locked.locked(at(899 + 900)), None);
    assert_eq!(tries.failed(at(900), rules()).locked(at(900)), None, "the first failure is forgotten by then");
}

#[test]
fn after_a_lock_everything_is_forgiven() {
    let mut tries = Tries::default();
    for _ in 0..10 {
        tries = tries.failed(at(0), rules());
    }
    assert_eq!(tries.locked(at(1)), Some(at(900)));
    for _ in 0..9 {
        tries = tries.failed(at(900), rules());
        assert_eq!(tries.locked(at(900)), None);
    }
    assert_eq!(tries.failed(at(900), rules()).locked(at(900)), Some(at(1800)));
}

#[test]
fn a_wait_is_rounded_up() {
    assert_eq!(seconds(Duration::from_millis(1)), 1);
    assert_eq!(seconds(Duration::from_secs(900)), 900);
    assert_eq!(seconds(Duration::ZERO), 0);
    assert_eq!(seconds(Duration::MAX), u32::MAX);
}

proptest! {
    #[test]
    fn it_locks_when_a_model_that_forgets_nothing_locks(waits in prop::collection::vec(0..400u64, 1..200)) {
        let (mut tries, mut failures, mut until, mut now) = (Tries::default(), Vec::<u64>::new(), 0, 0);
        for wait in waits {
            now += wait;
            prop_assert_eq!(tries.locked(at(now)).is_some(), now < until);
            if now < until {
                continue;
            }
            tries = tries.failed(at(now), rules());
            failures.push(now);
            if failures.iter().filter(|failure| **failure + 900 > now).count() >= 10 {
                until = now + 900;
                failures.clear();
            }
        }
    }
}
