//! `delete-device`: nothing of it is shown from then on, and nothing of it is left some minutes later, wherever the
//! erasing was interrupted.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, NO_IDS, SECOND, announced, beats, chart, coach, consent, counted, good, lasting, morning,
    person, range, register, rows, send, stranger, with_device, writes,
};
use kernel::{ActivityId, DeviceId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, problem};
use local::trigger::HttpResponse;
use sensors::activity::Activity;
use sensors::alarm::{Alarm, Phase};
use sensors::channel::Channel;
use sensors::device::Device;
use sensors::fragment::Fragment;
use sensors::store::{Rollup, activity_key, alarm_key, device_key};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn delete(stage: &Stage, device: DeviceId) -> HttpResponse {
    stage.ask("delete-device").by(&person()).at(device).get()
}

/// An hour of readings from `morning` on, an alert, and an activity of a quarter of an hour.
fn used(stage: &Stage, device: DeviceId) -> ActivityId {
    let rule = json!({
        "channel": "heart-rate", "side": "above", "limit": 180, "margin": 10, "lasting_s": 0, "cool_down_s": 300,
    });
    let rules = json!({ "thresholds": [rule], "silence": { "after_s": 600, "cool_down_s": 600 } });
    good(&stage.ask("set-alert-rules").by(&person()).send(&rules));
    let from = morning(stage);
    good(&send(stage, device, "a-batch-of-an-hour", &beats(from, &[100; 3600])));
    let now = stage.now().as_millis();
    good(&send(stage, device, "a-batch-of-this-minute", &beats(now - MINUTE, &[190; 60])));
    let activity = json!({
        "device": device, "from": kernel::Timestamp::from_millis(from),
        "until": kernel::Timestamp::from_millis(from + 15 * MINUTE), "sport": "running",
    });
    let taken = stage.ask("record-activity").by(&person()).key("the-key-of-the-activity").send(&activity);
    good(&taken)["id"].as_str().unwrap().parse().unwrap()
}

/// How many rows of the device's rollups there are.
fn summed_up(stage: &Stage, device: DeviceId) -> usize {
    let rollups = stage.cloud.items::<Rollup>("sensors").unwrap().into_iter();
    rollups.filter(|rollup| rollup.device == device).map(|rollup| rollup.rows().unwrap().len()).sum()
}

fn nothing_is_left(stage: &Stage, device: DeviceId, activity: ActivityId, told: &str) {
    assert_eq!(summed_up(stage, device), 0, "{told}");
    let kept = item::<Device>(stage, "sensors", &device_key(device)).unwrap();
    assert_eq!((kept.name, kept.left, kept.waiting, kept.due), (None, None, None, None), "{told}");
    let alarm = item::<Alarm>(stage, "sensors", &alarm_key(device, Channel::HeartRate)).unwrap();
    assert_eq!((alarm.phase, alarm.seen), (Phase::Quiet, i64::MIN), "{told}");
    let activity = item::<Activity>(stage, "sensors", &activity_key(activity)).unwrap();
    assert!(activity.figures.is_none() && activity.heart_rates.0.is_empty(), "{told}");
    // Every fragment is there still, and none of them holds a reading.
    let fragments = stage.cloud.items::<Fragment>("sensors").unwrap().into_iter();
    let lengths: Vec<usize> = fragments.filter(|part| part.device == device).map(|part| part.chunk.0.len()).collect();
    assert!(!lengths.is_empty() && lengths.iter().all(|length| *length == 0), "{told}: {lengths:?}");
}

/// Time passes until all that is due is done.
fn minutes_pass(stage: &Stage) {
    for _ in 0..4 {
        stage.pass(lasting(5 * MINUTE));
        stage.start("close-hours");
    }
}

#[test]
fn a_deleted_device_is_shown_no_more_and_then_nothing_of_it_is_left() {
    let (stage, device) = with_device();
    let other = register(&stage, &person(), "the-key-of-another-device");
    let from = morning(&stage);
    good(&send(&stage, other, "a-batch-of-the-other", &beats(from, &[120; 3600])));
    let activity = used(&stage, device);
    announced(&stage);
    assert!(summed_up(&stage, device) > 0);
    assert_eq!(delete(&stage, device).status_code, 204);
    let told = announced(&stage);
    assert_eq!(
        told,
        [("sensors.device-deleted.v1".to_owned(), json!({ "device": device, "person": person().account }))]
    );
    let query = range(from, from + HOUR);
    problem(&stage.ask("list-readings").by(&person()).at(device).query(&query).get(), 404, "not-found");
    let drawn = format!("channel=heart-rate&{query}");
    problem(&stage.ask("get-chart").by(&person()).at(device).query(&drawn).get(), 404, "not-found");
    problem(&send(&stage, device, KEY, &beats(from, &[100])), 404, "not-found");
    problem(&stage.ask("get-activity").by(&person()).at(activity).get(), 404, "not-found");
    problem(&stage.ask("export-activity").by(&person()).at(activity).get(), 404, "not-found");
    assert_eq!(good(&stage.ask("list-activities").by(&person()).get())["items"], json!([]));
    let devices = good(&stage.ask("list-devices").by(&person()).get());
    assert_eq!(devices["items"].as_array().unwrap().len(), 1);
    assert_eq!(devices["items"][0]["id"], json!(other));
    let again = stage.ask("register-device").by(&person()).key("the-key-of-the-device");
    problem(&again.send(&json!({ "name": "Пульсометр ❤" })), 409, "device-deleted");
    assert_eq!(delete(&stage, device).status_code, 204);
    assert!(announced(&stage).is_empty(), "it was deleted before");
    minutes_pass(&stage);
    nothing_is_left(&stage, device, activity, "after some minutes");
    let told = announced(&stage);
    let gone = json!({ "activity": activity, "person": person().account });
    assert_eq!(told, [("sensors.activity-deleted.v1".to_owned(), gone)]);
    // The other one has all of its readings.
    assert_eq!(rows(&stage, &person(), other, from, from + HOUR, 20_000).len(), 3600);
    assert_eq!(counted(&chart(&stage, other, from - DAY, from + DAY, 100)), 3600);
    stage.pass(lasting(2 * HOUR));
    assert!(stage.start("close-hours"));
    stage.calls();
    assert!(stage.start("close-hours"));
    assert!(!stage.calls().iter().any(writes), "nothing is left to do");
}

#[test]
fn an_erasing_that_is_cut_off_anywhere_goes_on() {
    for nth in 0..60 {
        let (stage, device) = with_device();
        let activity = used(&stage, device);
        assert_eq!(delete(&stage, device).status_code, 204);
        stage.pass(lasting(5 * MINUTE));
        let entered = AtomicUsize::new(0);
        stage.interfere(move |call| match call.function == "close-hours" {
            true if entered.fetch_add(1, Ordering::Relaxed) >= nth => match nth % 2 {
                0 => Fate::NeverSent,
                _ => Fate::ReplyLost,
            },
            _ => Fate::Answered,
        });
        stage.start("close-hours");
        stage.calm();
        minutes_pass(&stage);
        nothing_is_left(&stage, device, activity, &format!("cut off at call {nth}"));
        let told = announced(&stage);
        let deleted = told.iter().filter(|(kind, _)| kind == "sensors.activity-deleted.v1").count();
        assert_eq!(deleted, 1, "cut off at call {nth}");
    }
}

#[test]
fn a_batch_that_was_under_way_is_erased_with_the_rest() {
    for nth in 0..8 {
        let (stage, device) = with_device();
        let activity = used(&stage, device);
        let stage = Arc::new(stage);
        let (other, entered) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if call.function == "add-readings" && entered.fetch_add(1, Ordering::Relaxed) == nth {
                assert_eq!(delete(&other, device).status_code, 204);
            }
            Fate::Answered
        });
        send(&stage, device, "a-batch-under-way", &beats(morning(&stage) + HOUR, &[100; 1900]));
        stage.calm();
        delete(&stage, device);
        minutes_pass(&stage);
        nothing_is_left(&stage, device, activity, &format!("deleted at call {nth}"));
    }
}

#[test]
fn only_the_owner_deletes_a_device_with_or_without_consent() {
    let (stage, device) = with_device();
    let ask = |path: &str| stage.ask("delete-device").at(path);
    problem(&ask(&device.to_string()).get(), 401, "token-invalid");
    consent(&stage, &stranger());
    good(&stage.ask("allow-coach").by(&person()).at(coach().account).get());
    for other in [stranger(), coach()] {
        problem(&ask(&device.to_string()).by(&other).get(), 404, "not-found");
    }
    for path in NO_IDS {
        problem(&ask(path).by(&person()).get(), 404, "not-found");
    }
    good(&send(&stage, device, KEY, &beats(stage.now().as_millis() - 60 * SECOND, &[100; 60])));
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    assert_eq!(delete(&stage, device).status_code, 204);
}
