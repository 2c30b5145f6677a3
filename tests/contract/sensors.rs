//! People with devices and readings; and a day on which everything happens there.

use kernel::{AccountId, Principal, Role};
use local::stage::Stage;
use local::testing::{caller, good};
use serde_json::{Value, json};
use std::time::Duration;

/// An account consents and registers a device.
pub fn device(stage: &Stage, account: AccountId) -> String {
    let person = Principal { account, roles: vec![Role::Customer] };
    good(&stage.ask("give-consent").by(&person).get());
    let ask = stage.ask("register-device").by(&person).key(&format!("the-device-of-{account}"));
    good(&ask.send(&json!({ "name": "Chest strap" })))["id"].as_str().unwrap().to_owned()
}

/// What a person's device recorded.
pub struct Recorded {
    /// A file of an activity.
    pub file: String,
    /// The activity.
    pub activity: String,
    /// Another one.
    pub unwanted: String,
    /// A device that recorded nothing.
    pub unused: String,
}

/// The readings of a minute, as a file.
fn file() -> String {
    let point = |second: u32| {
        format!("<trkpt lat=\"55.75\" lon=\"37.6\"><ele>150</ele><time>2026-01-05T07:30:{second:02}Z</time></trkpt>")
    };
    let points: String = (0..60).map(point).collect();
    format!(
        "<gpx version=\"1.1\" creator=\"us\" xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><trkseg>{points}</trkseg></trk></gpx>"
    )
}

/// What says that a part of it is an activity of its own.
pub fn marked(device: &str) -> Value {
    json!({
        "device": device, "from": "2026-01-05T07:30:10.000Z", "until": "2026-01-05T07:30:20.000Z", "sport": "walking",
    })
}

impl Recorded {
    /// An account's device records something.
    pub fn by(stage: &Stage, account: AccountId, device: &str) -> Self {
        let person = Principal { account, roles: vec![Role::Customer] };
        let ask = |function, key: &str| stage.ask(function).by(&person).key(&format!("{key}-of-{account}"));
        let bytes = file().into_bytes();
        let length = json!({ "length": bytes.len() });
        let signed = good(&ask("create-activity-file", "the-file").at(device).send(&length));
        assert_eq!(stage.upload(&signed, &bytes), 200);
        stage.settle().unwrap();
        let file = signed["file"].as_str().unwrap().to_owned();
        let outcome = good(&stage.ask("get-activity-file").by(&person).at(&file).get());
        let unwanted = good(&ask("record-activity", "the-activity").send(&marked(device)));
        let text =
            |body: &Value, name: &str| body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned();
        Self {
            activity: text(&outcome, "activity"),
            unwanted: text(&unwanted, "id"),
            unused: text(&good(&ask("register-device", "another-device").send(&json!({ "name": "Old strap" }))), "id"),
            file,
        }
    }
}

/// Everything that sensors announce.
pub fn day(stage: &Stage) {
    let person = caller(1, Role::Customer);
    let device = device(stage, person.account);
    let rule = json!({
        "channel": "heart-rate", "side": "above", "limit": 180, "margin": 10, "lasting_s": 1, "cool_down_s": 60,
    });
    let silence = json!({ "after_s": 300, "cool_down_s": 60 });
    good(&stage.ask("set-alert-rules").by(&person).send(&json!({ "thresholds": [rule], "silence": silence })));
    let batch = json!({
        "from": stage.now(), "channels": [{ "name": "heart-rate", "unit": "bpm" }],
        "rows": [[0, 190], [1000, 191], [2000, 150]],
    });
    good(&stage.ask("add-readings").by(&person).at(&device).key("a-batch-of-this-morning").send(&batch));
    let recorded = Recorded::by(stage, person.account, &device);
    good(&stage.ask("delete-activity").by(&person).at(&recorded.unwanted).get());
    good(&stage.ask("delete-device").by(&person).at(&recorded.unused).get());
    // The device is silent, and then heard again.
    stage.pass(Duration::from_secs(600));
    assert!(stage.start("close-hours"));
    stage.settle().unwrap();
    let later = json!({
        "from": stage.now(), "channels": [{ "name": "heart-rate", "unit": "bpm" }], "rows": [[0, 150]],
    });
    good(&stage.ask("add-readings").by(&person).at(&device).key("a-batch-after-a-silence").send(&later));
    good(&stage.ask("allow-coach").by(&person).at(AccountId::from_bits(2)).get());
    good(&stage.ask("withdraw-consent").by(&person).get());
    stage.settle().unwrap();
}
