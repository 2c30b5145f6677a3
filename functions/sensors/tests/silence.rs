//! Silence: who wants to be told that a device sends no more is told once, and no more than that.

use crate::support::{
    KEY, MINUTE, SECOND, announced, beats, before_write_of, consent, good, lasting, person, register, send, stranger,
    with_device, writes,
};
use kernel::{AccountId, DeviceId, Timestamp};
use local::stage::Stage;
use local::testing::problem;
use proptest::prelude::*;
use sensors::silence::{Silence, Watch, WatchEvent};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const SILENT: &str = "sensors.device-silent.v1";
const HEARD: &str = "sensors.device-heard.v1";

/// The person asks to be told of ten minutes without a reading.
fn listen(stage: &Stage) {
    let rules = json!({ "thresholds": [], "silence": { "after_s": 600, "cool_down_s": 1800 } });
    assert_eq!(good(&stage.ask("set-alert-rules").by(&person()).send(&rules)), rules);
}

/// A minute of readings up to now.
fn sends(stage: &Stage, device: DeviceId) {
    sends_up_to(stage, device, stage.now().as_millis());
}

fn sends_up_to(stage: &Stage, device: DeviceId, until: i64) {
    let key = format!("the-batch-that-ends-{until}");
    good(&send(stage, device, &key, &beats(until - 59 * SECOND, &[100; 60])));
}

/// So many minutes pass, with a look every five of them; what is told.
fn pass(stage: &Stage, minutes: i64) -> Vec<(String, Value)> {
    for passed in 1..=minutes {
        stage.pass(lasting(MINUTE));
        if passed % 5 == 0 {
            assert!(stage.start("close-hours"));
        }
    }
    announced(stage)
}

fn kinds(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_silence_is_told_once_and_ends_when_the_device_is_heard() {
    let (stage, device) = with_device();
    listen(&stage);
    for _ in 0..6 {
        sends(&stage, device);
        assert_eq!(kinds(&pass(&stage, 5)), [""; 0], "it is sending");
    }
    let last = stage.now().as_millis() - 5 * MINUTE;
    let told = pass(&stage, 10);
    assert_eq!(kinds(&told), [SILENT]);
    let raised_at = &told[0].1["raised_at"];
    let expected = json!({
        "alert": told[0].1["alert"], "person": person().account, "device": device,
        "since": Timestamp::from_millis(last), "raised_at": raised_at,
    });
    assert_eq!(told[0].1, expected);
    assert_eq!(kinds(&pass(&stage, 120)), [""; 0], "a silence is told once");
    sends(&stage, device);
    let heard = announced(&stage);
    assert_eq!(kinds(&heard), [HEARD]);
    assert_eq!(heard[0].1["alert"], told[0].1["alert"]);
    assert_eq!(heard[0].1["ended_at"], json!(stage.now()));
}

#[test]
fn for_a_while_after_a_silence_no_other_is_told() {
    let (stage, device) = with_device();
    listen(&stage);
    sends(&stage, device);
    assert_eq!(kinds(&pass(&stage, 20)), [SILENT]);
    sends(&stage, device);
    assert_eq!(kinds(&pass(&stage, 25)), [HEARD], "half an hour is to pass");
    let told = pass(&stage, 15);
    assert_eq!(kinds(&told), [SILENT], "it is still silent");
}

#[test]
fn what_is_late_or_out_of_order_neither_ends_a_silence_nor_begins_one() {
    let (stage, device) = with_device();
    listen(&stage);
    let begin = stage.now().as_millis();
    sends(&stage, device);
    assert_eq!(kinds(&pass(&stage, 15)), [SILENT]);
    sends_up_to(&stage, device, begin);
    sends_up_to(&stage, device, begin - 5 * MINUTE);
    sends_up_to(&stage, device, begin + 30 * SECOND);
    assert_eq!(kinds(&announced(&stage)), [""; 0], "all of it is from before the silence, or nearly");
    // A batch from the midst of it shows that it was none.
    sends_up_to(&stage, device, begin + 6 * MINUTE);
    assert_eq!(kinds(&announced(&stage)), [HEARD]);
    // An old batch of a device that nobody listened to is no beginning of a silence.
    let other = register(&stage, &person(), "the-key-of-another-device");
    announced(&stage);
    sends_up_to(&stage, other, stage.now().as_millis() - 20 * MINUTE);
    let told = pass(&stage, 60);
    assert!(told.iter().all(|(_, data)| data["device"] == json!(device)), "{told:?}");
}

#[test]
fn a_batch_that_comes_between_looks_puts_the_silence_off() {
    let (stage, device) = with_device();
    listen(&stage);
    // Every nine minutes, out of step with the looks.
    for _ in 0..8 {
        sends(&stage, device);
        assert_eq!(kinds(&pass(&stage, 5)), [""; 0]);
        stage.pass(lasting(4 * MINUTE));
    }
}

#[test]
fn a_device_that_is_heard_while_it_is_found_silent_is_heard_after_that() {
    let (stage, device) = with_device();
    let stage = Arc::new(stage);
    listen(&stage);
    sends(&stage, device);
    announced(&stage);
    stage.pass(lasting(11 * MINUTE));
    before_write_of(&stage, "watch", |stage| assert!(stage.start("close-hours")));
    sends(&stage, device);
    stage.calm();
    assert_eq!(kinds(&announced(&stage)), [SILENT, HEARD]);
}

#[test]
fn who_cannot_send_is_not_missed() {
    let stops: [fn(&Stage, DeviceId); 3] = [
        |stage, _| assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204),
        |stage, device| assert_eq!(stage.ask("delete-device").by(&person()).at(device).get().status_code, 204),
        |stage, _| {
            good(&stage.ask("set-alert-rules").by(&person()).send(&json!({ "thresholds": [] })));
        },
    ];
    for stop in stops {
        let (stage, device) = with_device();
        listen(&stage);
        sends(&stage, device);
        stop(&stage, device);
        let told = pass(&stage, 60);
        assert!(!kinds(&told).contains(&SILENT), "{told:?}");
        stage.calls();
        assert!(stage.start("close-hours"));
        assert!(!stage.calls().iter().any(writes), "nothing is left to look at");
    }
}

#[test]
fn devices_and_people_are_told_apart() {
    let (stage, device) = with_device();
    listen(&stage);
    let second = register(&stage, &person(), "the-key-of-another-device");
    consent(&stage, &stranger());
    let strangers = register(&stage, &stranger(), "the-key-of-the-device");
    announced(&stage);
    for n in 0..6 {
        sends(&stage, device);
        if n == 0 {
            sends(&stage, second);
            let from = stage.now().as_millis() - MINUTE;
            let ask = stage.ask("add-readings").by(&stranger()).at(strangers).key(KEY);
            good(&ask.send(&beats(from, &[100; 60])));
        }
        let told = pass(&stage, 5);
        assert!(told.iter().all(|(kind, data)| kind == SILENT && data["device"] == json!(second)), "{told:?}");
        assert_eq!(told.len(), usize::from(n == 2), "after {} minutes", n * 5 + 5);
    }
}

#[test]
fn listening_costs_a_write_a_minute_at_most_and_nothing_without_a_rule() {
    let cost = |listened: bool| {
        let (stage, device) = with_device();
        if listened {
            listen(&stage);
        }
        announced(&stage);
        stage.costs();
        for _ in 0..60 {
            stage.pass(Duration::from_secs(10));
            let until = stage.now().as_millis();
            let key = format!("the-batch-that-ends-{until}");
            good(&send(&stage, device, &key, &beats(until - 9 * SECOND, &[100; 10])));
        }
        let costs = stage.costs();
        let watched = costs.iter().flat_map(|cost| &cost.items).filter(|item| item.sort == "watch").count();
        (watched, costs.iter().map(|cost| cost.writes).sum::<f64>())
    };
    let (without, with) = (cost(false), cost(true));
    assert_eq!(without.0, 0);
    assert_eq!(with.0, 10, "ten minutes, sixty batches");
    assert_eq!(with.1 - without.1, 11.0, "the index is written once");
}

#[test]
fn a_rule_about_silence_is_kept_as_it_was_set() {
    let (stage, _) = with_device();
    listen(&stage);
    let seen = good(&stage.ask("get-alert-rules").by(&person()).get());
    assert_eq!(seen["silence"], json!({ "after_s": 600, "cool_down_s": 1800 }));
    for silence in [
        json!({ "after_s": 299, "cool_down_s": 1800 }),
        json!({ "after_s": 86_401, "cool_down_s": 1800 }),
        json!({ "after_s": 600, "cool_down_s": 59 }),
        json!({ "after_s": 600 }),
    ] {
        let rules = json!({ "thresholds": [], "silence": silence });
        problem(&stage.ask("set-alert-rules").by(&person()).send(&rules), 400, "invalid-body");
    }
    assert_eq!(good(&stage.ask("get-alert-rules").by(&person()).get()), seen);
}

proptest! {
    /// Whatever is heard and whenever somebody looks, alerts are raised and ended in turn, none too early.
    #[test]
    fn alerts_are_raised_and_ended_in_turn(steps in prop::collection::vec((0i64..1200, any::<bool>(), 0i64..900), 1..60)) {
        let rule = Silence { after: 600 * SECOND, cool_down: 1800 * SECOND };
        let mut watch = Watch::new(DeviceId::from_bits(1), AccountId::from_bits(1));
        let (mut now, mut latest, mut told) = (1_767_600_000_000, i64::MIN, Vec::new());
        for (wait, sends, age) in steps {
            now += wait * SECOND;
            let moment = Timestamp::from_millis(now);
            let (next, events) = if sends {
                latest = latest.max(now - age * SECOND);
                watch.hear(&rule, now - age * SECOND, moment).unwrap_or((watch.clone(), Vec::new()))
            } else if watch.due.is_some_and(|due| due <= moment) {
                watch.look(Some(&rule), moment)
            } else {
                (watch.clone(), Vec::new())
            };
            watch = next;
            prop_assert_eq!(watch.waiting.is_some(), watch.due.is_some());
            for event in events {
                if let WatchEvent::Silent { since, .. } = event {
                    prop_assert!(latest - since <= 60 * SECOND, "it is up to a minute behind");
                    prop_assert!(now - latest >= rule.after);
                }
                told.push((now, event));
            }
        }
        for (n, (_, event)) in told.iter().enumerate() {
            prop_assert_eq!(matches!(event, WatchEvent::Silent { .. }), n % 2 == 0);
        }
        for pair in told.windows(2).filter(|pair| matches!(pair[1].1, WatchEvent::Silent { .. })) {
            prop_assert!(pair[1].0 - pair[0].0 >= rule.cool_down);
        }
    }
}
