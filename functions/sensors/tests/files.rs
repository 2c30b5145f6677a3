//! What files and devices say of values, units, zones and figures.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, SECOND, all, announced, beats, counted, good, ingested, lasting, morning, person, range,
    rows, send, walk, with_device,
};
use activity_files::metrics::stress_tenths;
use kernel::{DeviceId, Timestamp};
use local::stage::Stage;
use local::testing::problem;
use serde_json::{Value, json};

/// A real recording.
fn recording(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../data/sensors/fit/{name}.fit", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// All of the chart of a channel around a moment.
fn chart(stage: &Stage, device: DeviceId, channel: &str, around: i64) -> Value {
    let query = format!("channel={channel}&{}", range(around - DAY, around + DAY));
    good(&stage.ask("get-chart").by(&person()).at(device).query(&query).get())
}

#[test]
fn readings_in_a_coarser_unit_are_kept_in_the_channels_own() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let columns = [
        ("altitude", "m", "0.2m+500m", 150, 3_250),
        ("distance", "m", "cm", 1_000, 100_000),
        ("speed", "m/s", "mm/s", 3, 3_000),
        ("vertical-oscillation", "cm", "0.1mm", 8, 800),
        ("ground-contact", "ms", "0.1ms", 250, 2_500),
    ];
    let body = |own: bool| {
        let channels =
            columns.map(|(name, unit, known, ..)| json!({"name": name, "unit": if own { known } else { unit }}));
        let row = columns.map(|(.., reading, kept)| if own { kept } else { reading });
        let row: Vec<i64> = std::iter::once(0).chain(row).collect();
        json!({"from": Timestamp::from_millis(from), "channels": channels, "rows": [row]})
    };
    good(&send(&stage, device, KEY, &body(false)));
    let expected = [json!([from, 3_250, 100_000, 3_000, 800, 2_500])];
    assert_eq!(all(&stage, device), expected);
    good(&send(&stage, device, "the-same-in-the-own-units", &body(true)));
    assert_eq!(all(&stage, device), expected, "these are the same readings");
    let metres = |altitude: i64| {
        let channels = json!([{"name": "altitude", "unit": "m"}]);
        json!({"from": Timestamp::from_millis(from), "channels": channels, "rows": [[1, altitude]]})
    };
    let refused = problem(&send(&stage, device, KEY, &metres(10_001)), 422, "value-impossible");
    assert_eq!((&refused["value"], &refused["unit"]), (&json!(52_505), &json!("0.2m+500m")));
    for altitude in [i64::MAX, i64::MIN, -501] {
        problem(&send(&stage, device, KEY, &metres(altitude)), 422, "value-impossible");
    }
    let mut feet = metres(0);
    feet["channels"][0]["unit"] = json!("ft");
    let refused = problem(&send(&stage, device, KEY, &feet), 422, "unit-wrong");
    assert_eq!(refused["units"], "0.2m+500m or m");
}

#[test]
fn what_a_file_says_that_cannot_be_true_is_kept_and_not_summed_up() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let file = walk(from).replacen("<ele>150</ele>", "<ele>90000</ele>", 1);
    ingested(&stage, device, KEY, file.as_bytes());
    let altitudes: Vec<i64> = all(&stage, device).iter().map(|row| row[3].as_i64().unwrap()).collect();
    assert_eq!((altitudes.len(), altitudes[0], altitudes[1]), (60, (90_000 + 500) * 5, (150 + 500) * 5));
    let chart = chart(&stage, device, "altitude", from);
    assert_eq!(counted(&chart), 59);
    let highest = chart["points"].as_array().unwrap().iter().map(|point| point["max"].as_i64().unwrap()).max();
    assert_eq!(highest, Some((150 + 500) * 5));
}

#[test]
fn a_zone_that_changes_during_an_activity_changes_no_moment() {
    let (stage, device) = with_device();
    let from: Timestamp = "2026-01-05T06:00:00Z".parse().unwrap();
    let half = |text: &str, rate: i64| {
        let mut body = beats(0, &[rate; 1800]);
        body["from"] = json!(text);
        body
    };
    for (text, rate) in [
        ("2026-01-05T09:00:00+03:00", 100),
        ("2026-01-05T01:30:00-05:00", 110),
        // What is sent again in a third zone is of the same moments: what came first counts.
        ("2026-01-05T15:00:00+09:00", 90),
    ] {
        good(&send(&stage, device, &format!("the-batch-from-{text}"), &half(text, rate)));
        stage.pass(lasting(SECOND));
    }
    let found = rows(&stage, &person(), device, from.as_millis() - DAY, from.as_millis() + DAY, 5000);
    let second = |n: i64| json!([from.as_millis() + n * SECOND, if n < 1800 { 100 } else { 110 }]);
    assert_eq!(found.len(), 3600);
    let other = found.iter().zip(0..).find(|(row, n)| **row != second(*n));
    assert_eq!(other, None);
    let mark = json!({
        "device": device, "from": "2026-01-05T09:00:00+03:00", "until": "2026-01-05T02:00:00-05:00", "sport": "running",
        "utc_offset_minutes": 180,
    });
    let taken = good(&stage.ask("record-activity").by(&person()).key(KEY).send(&mark));
    assert_eq!((&taken["from"], &taken["until"]), (&json!(from), &json!("2026-01-05T07:00:00.000Z")));
    let figures = stage.question("read-activity", &json!({ "activity": taken["id"] })).unwrap();
    assert_eq!((&figures["elapsed_seconds"], &figures["utc_offset_minutes"]), (&json!(3600), &json!(180)));
    let seconds = figures["heart_rate_seconds"].as_array().unwrap().iter();
    let seconds: Vec<_> = seconds.map(|rate| (rate["bpm"].as_u64(), rate["seconds"].as_u64())).collect();
    assert_eq!(seconds, [(Some(100), Some(1800)), (Some(110), Some(1800))]);
}

#[test]
fn a_file_whose_times_change_their_zone_is_the_same_recording() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let first = ingested(&stage, device, KEY, walk(from).as_bytes());
    announced(&stage);
    let mut travelling = walk(from);
    for second in 0..60 {
        let moment = |shift: i64| Timestamp::from_millis(from + second * SECOND + shift * HOUR).to_string();
        let local = match second < 30 {
            true => moment(3).replace('Z', "+03:00"),
            false => moment(-5).replace('Z', "-05:00"),
        };
        travelling = travelling.replace(&moment(0), &local);
    }
    let again = ingested(&stage, device, "a-watch-that-travels", travelling.as_bytes());
    assert_eq!((&again["activity"], &again["again"]), (&first["activity"], &json!(true)));
    assert_eq!(all(&stage, device).len(), 60);
    assert!(announced(&stage).is_empty());
}

/// All files that state these but the ELEMNT's, through the API as training asks for them: in whole watts.
#[test]
fn figures_of_uploaded_rides_are_those_of_their_devices_within_a_hundredth() {
    let (stage, device) = with_device();
    let mut compared = Vec::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sensors/fit")).unwrap() {
        let name = file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = recording(&name);
        let Ok(said) = activity_files::read(&bytes, &activity_files::Limits::default()) else {
            continue;
        };
        let Some(power) = said.stated.normalised_power.filter(|_| !name.contains("ELEMNT")) else {
            continue;
        };
        let became = ingested(&stage, device, &format!("the-file-{name}"), &bytes);
        let figures = stage.question("read-activity", &json!({ "activity": became["activity"] })).unwrap();
        let number = |name: &str| u32::try_from(figures[name].as_u64().unwrap()).unwrap();
        let watts = number("normalised_power_w");
        assert!((i64::from(watts) - power).abs() * 100 <= power, "{name}: {watts} W for {power} W");
        let threshold = u16::try_from(said.stated.threshold_power.unwrap()).unwrap();
        let stress = i64::from(stress_tenths(watts * 10, number("stress_seconds"), threshold).unwrap());
        let theirs = said.stated.stress_tenths.unwrap();
        assert!((stress - theirs).abs() * 100 <= theirs, "{name}: {stress} tenths for {theirs}");
        compared.push(name);
    }
    assert_eq!(compared.len(), 3, "{compared:?}");
}

#[test]
fn a_recording_that_was_deleted_too_often_is_refused_with_what_to_do() {
    let (stage, device) = with_device();
    let file = walk(morning(&stage) - HOUR);
    let mut seen = Vec::new();
    for n in 0..16 {
        let became = ingested(&stage, device, &format!("the-walk-for-the-{n:02}th-time"), file.as_bytes());
        let activity = became["activity"].as_str().unwrap().to_owned();
        assert_eq!(stage.ask("delete-activity").by(&person()).at(&activity).get().status_code, 204);
        assert!(!seen.contains(&activity));
        seen.push(activity);
    }
    let became = ingested(&stage, device, "the-walk-once-too-often", file.as_bytes());
    assert_eq!(became["code"], "deleted-too-often");
    assert!(all(&stage, device).is_empty());
    let other = walk(morning(&stage) - HOUR + MINUTE);
    let became = ingested(&stage, device, "a-walk-that-is-another", other.as_bytes());
    assert!(became["activity"].is_string());
}
