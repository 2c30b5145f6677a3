//! `relay-sensors` and `republish-sensors`.

use crate::support::{KEY, MINUTE, SECOND, beats, coach, good, lasting, person, send, with_device};
use kernel::Timestamp;
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

/// A person with whom everything happened that is announced, and what the relay said of it all.
fn history() -> (Stage, BTreeMap<String, Value>) {
    let stage = crate::support::empty();
    crate::support::consent(&stage, &person());
    let device = crate::support::register(&stage, &person(), "the-key-of-the-device");
    let mut told = Vec::new();
    let mut tell = |stage: &Stage| {
        stage.settle().unwrap();
        told.extend(published(stage).concat());
        stage.pass(lasting(MINUTE));
    };
    good(&stage.ask("allow-coach").by(&person()).at(coach().account).get());
    tell(&stage);
    let rules = json!({
        "thresholds": [{
            "channel": "heart-rate", "side": "above", "limit": 180, "margin": 10, "lasting_s": 5, "cool_down_s": 60,
        }],
        "silence": { "after_s": 300, "cool_down_s": 600 },
    });
    good(&stage.ask("set-alert-rules").by(&person()).send(&rules));
    let from = stage.now().as_millis() - 30 * SECOND;
    good(&send(&stage, device, KEY, &beats(from, &[190, 191, 192, 193, 194, 195, 196, 150, 150])));
    tell(&stage);
    stage.pass(lasting(10 * MINUTE));
    assert!(stage.start("close-hours"), "the device is silent");
    tell(&stage);
    let heard = beats(stage.now().as_millis() - SECOND, &[100]);
    good(&send(&stage, device, "the-batch-after-a-silence", &heard));
    tell(&stage);
    let other = crate::support::register(&stage, &person(), "the-key-of-another-device");
    tell(&stage);
    assert_eq!(stage.ask("delete-device").by(&person()).at(other).get().status_code, 204);
    tell(&stage);
    let ride = json!({
        "device": device, "from": Timestamp::from_millis(from), "until": Timestamp::from_millis(from + 9 * SECOND),
        "sport": "cycling",
    });
    let ride = good(&stage.ask("record-activity").by(&person()).key(KEY).send(&ride));
    tell(&stage);
    let deleted = stage.ask("delete-activity").by(&person()).at(ride["id"].as_str().unwrap()).get();
    assert_eq!(deleted.status_code, 204, "{}", deleted.body);
    tell(&stage);
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    tell(&stage);
    (stage, by_id(told))
}

/// The item that an event is of, and its version.
fn item_and_version(id: &str) -> (&str, u64) {
    let (item, place) = id.rsplit_once('/').unwrap();
    (item, place.split('.').nth(1).unwrap().parse().unwrap())
}

/// Consents, alerts and activities announce how they stand: who hears that needs nothing older.
#[test]
fn of_each_item_the_newest_is_announced_again_to_the_letter() {
    let (stage, told) = history();
    let kinds = |told: &BTreeMap<String, Value>| -> BTreeSet<String> {
        told.values().map(|event| event["type"].as_str().unwrap().replace("sensors.", "")).collect()
    };
    let all = [
        "activity-deleted.v1",
        "activity-recorded.v1",
        "alert-ended.v1",
        "alert-raised.v1",
        "consent-given.v1",
        "consent-withdrawn.v1",
        "device-deleted.v1",
        "device-heard.v1",
        "device-registered.v1",
        "device-silent.v1",
    ];
    assert_eq!(kinds(&told), all.map(str::to_owned).into(), "the history holds every event there is");
    let newest = |id: &str| {
        let (item, version) = item_and_version(id);
        told.keys().all(|other| item_and_version(other).0 != item || item_and_version(other).1 <= version)
    };
    let newest: BTreeMap<String, Value> = told.clone().into_iter().filter(|(id, _)| newest(id)).collect();
    // The alert was raised and ended by one batch.
    let gone = ["activity-recorded.v1", "consent-given.v1", "device-silent.v1"];
    let stay: BTreeSet<String> =
        all.iter().filter(|kind| !gone.contains(kind)).map(|kind| (*kind).to_owned()).collect();
    assert_eq!(kinds(&newest), stay);
    for _ in 0..2 {
        assert!(stage.invoke("republish-sensors", b"{}".to_vec()).is_ok());
        assert_eq!(by_id(published(&stage).concat()), newest);
    }
}

#[test]
fn an_activity_is_announced_again_as_it_was() {
    let (stage, device) = with_device();
    let from = stage.now().as_millis() - 30 * SECOND;
    good(&send(&stage, device, KEY, &beats(from, &[120, 121, 122])));
    let ride = json!({
        "device": device, "from": Timestamp::from_millis(from), "until": Timestamp::from_millis(from + 9 * SECOND),
        "sport": "cycling",
    });
    good(&stage.ask("record-activity").by(&person()).key(KEY).send(&ride));
    stage.settle().unwrap();
    let told = by_id(published(&stage).concat());
    stage.pass(lasting(MINUTE));
    assert!(stage.invoke("republish-sensors", b"{}".to_vec()).is_ok());
    let again = by_id(published(&stage).concat());
    assert_eq!(told.len(), 1);
    for (id, event) in &told {
        assert_eq!(again[id], *event, "to the letter");
    }
}
