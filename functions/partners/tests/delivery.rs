//! The domain of deliveries: the schedule of tries, lanes.

use kernel::{AccountId, EndpointId, Timestamp};
use partners::delivery::{Delivery, DeliveryId, Payload, State};
use partners::lane::Lane;
use platform::Undelivered;
use proptest::prelude::*;
use std::time::Duration;

fn delivery(event: &str) -> Delivery {
    let at = Timestamp::from_millis(1_767_600_000_000);
    let payload = Payload::of(event, "orders.order-paid.v1", at, "{}");
    Delivery::new(EndpointId::from_bits(1), AccountId::from_bits(2), &payload, at)
}

/// Fails at once whenever it is due; the waits between tries, in seconds.
fn waits(mut delivery: Delivery) -> (Vec<u64>, Delivery) {
    let (mut now, mut waits) = (delivery.at, Vec::new());
    loop {
        delivery = delivery.claimed("one", now).unwrap().failed(Err(Undelivered::TimedOut), now);
        let Some(due) = delivery.due else {
            return (waits, delivery);
        };
        waits.push(u64::try_from(due.as_millis() - now.as_millis()).unwrap() / 1000);
        now = due;
    }
}

#[test]
fn it_is_tried_ten_times_in_three_days_with_jitter() {
    let (waits, end) = waits(delivery("e"));
    assert_eq!((end.state, end.tries, end.outcome.as_deref()), (State::Failed, 10, Some("timed-out")));
    assert_eq!((end.lane, end.claim), (None, None));
    for (wait, least) in waits.iter().zip([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]) {
        assert!((least..=least + least / 10).contains(wait), "{wait} for {least}");
    }
    assert_eq!(waits.len(), 9);
    assert_ne!(waits, self::waits(delivery("another")).0, "another event has another jitter");
    assert_eq!(waits, self::waits(delivery("e")).0, "and the same one the same");
}

#[test]
fn names_sort_by_time() {
    let name = |millis: i64| {
        let at = Timestamp::from_millis(millis);
        let payload = Payload::of("e", "k", at, "{}");
        (
            Delivery::new(EndpointId::from_bits(1), AccountId::from_bits(2), &payload, at).id,
            DeliveryId::begin(at),
        )
    };
    let (early, early_begin) = name(999_999_999_999);
    let (late, late_begin) = name(1_000_000_000_000);
    assert!(early < late && early.to_string() > early_begin && early.to_string() < late_begin);
    for text in ["", "x", &"0".repeat(40), &"#".repeat(41)] {
        assert!(DeliveryId::try_from(text.to_owned()).is_err());
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim,
    Arrive,
    Fail(u16),
    Hold,
    Replay,
    Wait(u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Claim),
        Just(Step::Arrive),
        (300u16..600).prop_map(Step::Fail),
        Just(Step::Hold),
        Just(Step::Replay),
        (0u32..100_000).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn what_is_not_over_always_waits_in_a_lane(steps in prop::collection::vec(step(), 0..40)) {
        let (mut now, mut delivery) = (Timestamp::from_millis(1_767_600_000_000), delivery("e"));
        for (n, step) in steps.into_iter().enumerate() {
            delivery = match step {
                Step::Claim if delivery.is_exhausted() && delivery.due.is_some_and(|due| due <= now) => {
                    delivery.ended(State::Failed, None)
                }
                Step::Claim => delivery.claimed(&n.to_string(), now).unwrap_or(delivery),
                Step::Arrive if delivery.state == State::Sending => delivery.delivered(204),
                Step::Fail(status) if delivery.state == State::Sending => delivery.failed(Ok(status), now),
                Step::Hold if delivery.state != State::Sending => delivery.ended(State::Held, None),
                Step::Replay => delivery.replayed(&n.to_string(), now).unwrap_or(delivery),
                Step::Wait(seconds) => {
                    now = now.after(Duration::from_secs(seconds.into()));
                    delivery
                }
                _ => delivery,
            };
            let is_over =
                matches!(delivery.state, State::Delivered | State::Failed | State::Held | State::Dropped);
            prop_assert_eq!(delivery.lane.is_none(), is_over);
            prop_assert_eq!(delivery.due.is_none(), is_over);
            prop_assert_eq!(delivery.claim.is_some(), delivery.state == State::Sending);
            prop_assert!(delivery.tries <= 10);
        }
    }

    #[test]
    fn a_lane_that_is_there_is_always_looked_at_within_minutes(next in prop::option::of(0i64..10_000_000)) {
        let now = Timestamp::from_millis(1_767_600_000_000);
        let lane = Lane::new(EndpointId::from_bits(1), AccountId::from_bits(2), now);
        let next = next.map(|later| Timestamp::from_millis(now.as_millis() + later));
        let due = lane.looked_at(next, now).due.unwrap();
        prop_assert!(due <= now.after(Duration::from_secs(300)));
        prop_assert!(next.is_none_or(|next| due <= next));
    }
}

#[test]
fn five_days_of_nothing_but_failures_are_hopeless() {
    let now = Timestamp::from_millis(1_767_600_000_000);
    let day = |days: u64| now.after(Duration::from_secs(days * 86_400));
    let lane = Lane::new(EndpointId::from_bits(1), AccountId::from_bits(2), now);
    assert!(!lane.is_hopeless(day(100)), "nothing failed");
    assert_eq!(lane.succeeded(), None);
    let failing = lane.failed(Some(day(1)), now).unwrap();
    let still = failing.failed(Some(day(3)), day(2)).unwrap_or(failing.clone());
    assert!(!still.is_hopeless(day(4)) && still.is_hopeless(day(5)));
    assert_eq!(still.succeeded().unwrap().failing_since, None);
    assert_eq!(still.anew(day(5)).failing_since, None);
}
