//! How many messages of one kind a person gets in an hour.

use crate::samples::time;
use kernel::AccountId;
use notifications::limit::{Admission, Recent};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

const WHO: (AccountId, &str) = (AccountId::from_bits(1), "order-paid");

#[test]
fn what_is_over_the_limit_waits_until_the_hour_is_over() {
    let now = time("2026-01-05T08:59:00Z");
    let mut recent = None;
    for event in ["a", "b", "c"] {
        match Recent::admit(recent.as_ref(), WHO, event, now, 3) {
            Admission::Counted(counted) => recent = Some(counted),
            other => panic!("{event}: {other:?}"),
        }
    }
    assert_eq!(Recent::admit(recent.as_ref(), WHO, "d", now, 3), Admission::Over(time("2026-01-05T09:00:00Z")));
    assert_eq!(Recent::admit(recent.as_ref(), WHO, "b", now, 3), Admission::Known, "a repetition is no further one");
    let later = time("2026-01-05T09:00:00Z");
    assert!(matches!(Recent::admit(recent.as_ref(), WHO, "d", later, 3), Admission::Counted(_)));
    assert!(matches!(Recent::admit(None, WHO, "a", now, 0), Admission::Over(_)));
}

proptest! {
    #[test]
    fn within_an_hour_never_more_are_let_through_than_the_limit(
        events in prop::collection::vec((0u8..20, 0u64..600), 1..60),
        most in 1u32..6,
    ) {
        let (mut now, mut recent): (_, Option<Recent>) = (time("2026-01-05T08:00:00Z"), None);
        let mut told = BTreeSet::new();
        for (event, seconds) in events {
            now = now.after(Duration::from_secs(seconds));
            match Recent::admit(recent.as_ref(), WHO, &event.to_string(), now, most) {
                Admission::Known => prop_assert!(told.contains(&(now.as_seconds() / 3600, event))),
                Admission::Counted(next) => {
                    prop_assert!(next.seen.len() <= most as usize);
                    told.insert((now.as_seconds() / 3600, event));
                    recent = Some(next);
                }
                Admission::Over(until) => prop_assert!(until > now),
            }
        }
        for (hour, _) in &told {
            prop_assert!(told.iter().filter(|(other, _)| other == hour).count() <= most as usize);
        }
    }
}
