//! Alerts: what a person wants to be told of is told once, and no more than that.

use crate::support::{
    DAY, KEY, MINUTE, SECOND, announced, beats, before_write_of, empty, good, lasting, person, send, with_device,
};
use kernel::{AccountId, DeviceId, Timestamp};
use local::stage::Stage;
use local::testing::problem;
use proptest::prelude::*;
use sensors::alarm::{Alarm, AlarmEvent, Side, Threshold};
use sensors::channel::Channel;
use serde_json::{Value, json};
use std::sync::Arc;

fn rule(limit: i64, lasting_s: i64) -> Value {
    json!({
        "channel": "heart-rate", "side": "above", "limit": limit, "margin": 10, "lasting_s": lasting_s,
        "cool_down_s": 300,
    })
}

fn set(stage: &Stage, thresholds: Value) -> local::trigger::HttpResponse {
    stage.ask("set-alert-rules").by(&person()).send(&json!({ "thresholds": thresholds }))
}

/// Sends a rate for so many seconds up to now; what is announced.
fn after(stage: &Stage, device: DeviceId, rate: i64, seconds: usize) -> Vec<String> {
    stage.pass(lasting(i64::try_from(seconds).unwrap() * SECOND));
    let from = stage.now().as_millis() - i64::try_from(seconds).unwrap() * SECOND;
    good(&send(stage, device, &format!("the-batch-that-begins-{from}"), &beats(from, &vec![rate; seconds])));
    announced(stage).into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn an_alert_is_raised_once_ends_with_a_margin_and_then_is_quiet_for_a_while() {
    let (stage, device) = with_device();
    good(&set(&stage, json!([rule(180, 30)])));
    let raised = ["sensors.alert-raised.v1"];
    let ended = ["sensors.alert-ended.v1"];
    let nothing: [&str; 0] = [];
    assert_eq!(after(&stage, device, 150, 20), nothing);
    assert_eq!(after(&stage, device, 190, 20), nothing, "not long enough yet");
    assert_eq!(after(&stage, device, 190, 20), raised, "over two batches it is");
    assert_eq!(after(&stage, device, 195, 60), nothing, "it is told once");
    assert_eq!(after(&stage, device, 175, 60), nothing, "within the margin it goes on");
    assert_eq!(after(&stage, device, 181, 60), nothing);
    assert_eq!(after(&stage, device, 170, 5), ended);
    assert_eq!(after(&stage, device, 190, 120), nothing, "it was told a moment ago");
    assert_eq!(after(&stage, device, 190, 240), raised);
}

#[test]
fn what_was_raised_is_over_when_readings_stop_and_the_next_ride_rings_again() {
    let (stage, device) = with_device();
    good(&set(&stage, json!([rule(180, 30)])));
    assert_eq!(after(&stage, device, 190, 60), ["sensors.alert-raised.v1"]);
    let last = stage.now().as_millis() - SECOND;
    stage.pass(lasting(14 * MINUTE));
    let nothing: [&str; 0] = [];
    assert_eq!(after(&stage, device, 190, 5), nothing, "a tunnel is no end");
    let last_of_all = last + 14 * MINUTE + 5 * SECOND;
    // The rule is taken out while it is raised, and set again days later.
    good(&set(&stage, json!([])));
    stage.pass(lasting(3 * DAY));
    assert_eq!(after(&stage, device, 190, 60), nothing);
    good(&set(&stage, json!([rule(180, 30)])));
    stage.pass(lasting(60 * SECOND));
    let from = stage.now().as_millis() - 60 * SECOND;
    good(&send(&stage, device, "the-batch-of-the-next-ride", &beats(from, &[190; 60])));
    let told = announced(&stage);
    assert_eq!(
        told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["sensors.alert-ended.v1", "sensors.alert-raised.v1"]
    );
    assert_eq!(told[0].1["ended_at"], json!(Timestamp::from_millis(last_of_all)));
    assert_eq!(told[1].1["since"], json!(Timestamp::from_millis(from)));
    assert_ne!(told[0].1["alert"], told[1].1["alert"]);
}

/// A device that sends each hour, or had no network for one, was not silent.
#[test]
fn what_was_raised_goes_on_in_batches_that_come_late() {
    for minutes in [60, 10] {
        let (stage, device) = with_device();
        good(&set(&stage, json!([rule(180, 30)])));
        assert_eq!(after(&stage, device, 190, 60), ["sensors.alert-raised.v1"]);
        let from = stage.now().as_millis();
        stage.pass(lasting(60 * MINUTE));
        for n in 0..60 / minutes {
            let begin = from + n * minutes * MINUTE;
            let beats = beats(begin, &vec![190; usize::try_from(minutes * 60).unwrap()]);
            good(&send(&stage, device, &format!("what-was-kept-from-{begin}"), &beats));
        }
        assert!(announced(&stage).is_empty(), "in batches of {minutes} minutes");
        // What ended meanwhile ended then, and is told; what began again then is no news.
        let from = stage.now().as_millis();
        stage.pass(lasting(60 * MINUTE));
        let rates: Vec<i64> = (0..1800).map(|second| if (600..900).contains(&second) { 150 } else { 190 }).collect();
        good(&send(&stage, device, "half-an-hour-that-is-late", &beats(from, &rates)));
        let told = announced(&stage);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "sensors.alert-ended.v1");
        assert_eq!(told[0].1["ended_at"], json!(Timestamp::from_millis(from + 600 * SECOND)));
        good(&send(&stage, device, "a-day-that-is-too-late", &beats(from - 30 * 60 * MINUTE, &[100; 60])));
        assert!(announced(&stage).is_empty());
    }
}

#[test]
fn an_alert_says_whose_and_when_and_never_what_was_measured() {
    let (stage, device) = with_device();
    good(&set(&stage, json!([rule(180, 0)])));
    let from = stage.now().as_millis();
    good(&send(&stage, device, KEY, &beats(from, &[191])));
    let (kind, data) = announced(&stage).remove(0);
    assert_eq!(kind, "sensors.alert-raised.v1");
    let expected = json!({
        "alert": data["alert"], "person": person().account, "device": device, "channel": "heart-rate",
        "cause": "above", "since": stage.now(), "raised_at": stage.now(),
    });
    assert_eq!(data, expected);
    good(&send(&stage, device, KEY, &beats(from, &[191])));
    assert!(announced(&stage).is_empty(), "the same batch again is no news");
}

#[test]
fn what_a_faster_batch_raised_is_not_taken_back() {
    for known in [false, true] {
        let (stage, device) = with_device();
        let stage = Arc::new(stage);
        good(&set(&stage, json!([rule(180, 30)])));
        if known {
            after(&stage, device, 190, 10);
        }
        stage.pass(lasting(MINUTE));
        let from = stage.now().as_millis() - MINUTE;
        before_write_of(&stage, "alarm#", move |stage| {
            let long = beats(from + 10 * SECOND, &[190; 40]);
            good(&send(stage, device, "the-batch-that-is-faster", &long));
        });
        good(&send(&stage, device, "the-batch-that-is-slower", &beats(from, &[190; 10])));
        stage.calm();
        assert_eq!(after(&stage, device, 190, 40), ["sensors.alert-raised.v1"], "once in all; known: {known}");
    }
}

#[test]
fn what_is_old_or_interrupted_calls_nobody() {
    let (stage, device) = with_device();
    good(&set(&stage, json!([rule(180, 30)])));
    let now = stage.now().as_millis();
    good(&send(&stage, device, "a-batch-of-this-morning", &beats(now - 20 * MINUTE, &[200; 120])));
    assert!(announced(&stage).is_empty(), "a quarter of an hour ago is no news");
    good(&send(&stage, device, "a-batch-before-a-gap", &beats(now - 3 * MINUTE, &[200; 20])));
    good(&send(&stage, device, "a-batch-after-a-gap", &beats(now - MINUTE, &[200; 20])));
    assert!(announced(&stage).is_empty(), "nobody knows what was in between");
    good(&send(&stage, device, "a-batch-out-of-order", &beats(now - 2 * MINUTE, &[200; 50])));
    assert!(announced(&stage).is_empty(), "what is looked at already is not looked at again");
}

#[test]
fn without_a_rule_nothing_is_looked_at() {
    let (stage, device) = with_device();
    assert!(after(&stage, device, 250, 60).is_empty());
    good(&set(&stage, json!([rule(180, 0)])));
    good(&set(&stage, json!([])));
    assert!(after(&stage, device, 250, 60).is_empty());
}

#[test]
fn rules_are_kept_as_they_were_set() {
    let stage = empty();
    let seen = || good(&stage.ask("get-alert-rules").by(&person()).get());
    assert_eq!(seen(), json!({ "thresholds": [] }));
    good(&set(&stage, json!([rule(180, 30)])));
    assert_eq!(seen(), json!({ "thresholds": [rule(180, 30)] }));
    problem(&set(&stage, json!([rule(180, 30), rule(170, 1)])), 422, "channel-twice");
    problem(&set(&stage, json!([rule(251, 30)])), 422, "limit-impossible");
    problem(&set(&stage, json!([rule(-1, 30)])), 422, "limit-impossible");
    problem(&set(&stage, json!([rule(180, 3601)])), 400, "invalid-body");
    assert_eq!(seen(), json!({ "thresholds": [rule(180, 30)] }));
    problem(&stage.ask("get-alert-rules").get(), 401, "token-invalid");
    problem(&stage.ask("set-alert-rules").send(&json!({ "thresholds": [] })), 401, "token-invalid");
}

proptest! {
    /// However readings are cut into batches, the same is told.
    #[test]
    fn what_is_told_does_not_depend_on_how_readings_are_cut(
        steps in prop::collection::vec((150i64..200, prop_oneof![9 => Just(1), 1 => 2i64..2000]), 1..120),
        cuts in prop::collection::vec(0usize..120, 0..6),
        below in any::<bool>(),
        lasting in 0i64..20,
        margin in 0i64..20,
        cool_down in 0i64..60,
    ) {
        let side = if below { Side::Below } else { Side::Above };
        let rule = Threshold {
            channel: Channel::HeartRate, side, limit: 175, margin, lasting: lasting * SECOND, cool_down: cool_down * SECOND,
        };
        let mut at = 0;
        let next = |(value, seconds): (i64, i64)| {
            at += seconds * SECOND;
            (at, value)
        };
        let readings: Vec<(i64, i64)> = steps.into_iter().map(next).collect();
        let quiet = Alarm::new(DeviceId::from_bits(1), AccountId::from_bits(1), Channel::HeartRate);
        let (_, whole) = quiet.look(&rule, i64::MIN, readings.iter().copied());
        let mut edges: Vec<usize> = cuts.into_iter().map(|cut| cut.min(readings.len())).chain([0, readings.len()]).collect();
        edges.sort_unstable();
        let (mut alarm, mut told) = (quiet, Vec::new());
        for edge in edges.windows(2) {
            let (next, events) = alarm.look(&rule, i64::MIN, readings[edge[0]..edge[1]].iter().copied());
            alarm = next;
            told.extend(events);
        }
        prop_assert_eq!(&told, &whole);
        // Each alert ends before the next one is raised.
        for (n, event) in told.iter().enumerate() {
            prop_assert_eq!(matches!(event, AlarmEvent::Raised { .. }), n % 2 == 0);
        }
    }
}
