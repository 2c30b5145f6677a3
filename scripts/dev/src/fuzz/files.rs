//! The targets that read files: products, recordings of activities, chunks of readings.

use super::damage;
use super::targets::{Target, told};
use activity_files::metrics::Summary;
use activity_files::{Limits, read, write_fit};
use chunk_codec::{Channel as Column, Chunk};
use kernel::Role;
use local::testing::caller;
use serde_json::json;

/// Files of products: each row is good or named in the report, and what is stored can be read.
pub fn import() -> Result<Target, String> {
    let (stage, _) = told()?;
    let manager = caller(2, Role::Manager);
    let sheet = "sku,title,prices,published,on_hand\r\n85123A,\"HANGING \"\"HEART\"\"\",2.55 GBP|2.99 EUR,true,100\r\n\
                 22720,\"SET OF 3, TINS\",4.95 GBP,false,\r\n";
    let rows = json!([
        { "sku": "85123A", "title": "HANGING HEART", "prices": [{ "amount_minor": 255, "currency": "GBP" }], "published": true, "on_hand": 100 },
        { "sku": "22720", "title": "SET OF 3 TINS", "prices": [{ "amount_minor": 495, "currency": "GBP" }] },
    ]);
    Ok(Box::new(move |random| {
        let body = match random.chance(60) {
            true => json!({ "dry_run": random.chance(80), "format": "csv", "text": damage::text(random, sheet) }),
            false => json!({ "dry_run": random.chance(80), "format": "json", "rows": damage::json(random, &rows) }),
        };
        let key = format!("an-import-number-{}", random.next_u64());
        let response = stage.ask("import-products").by(&manager).key(&key).send(&body);
        let listed = stage.ask("list-products").query("limit=5").get();
        match (response.status_code, listed.status_code) {
            (200..300, 200) => Ok(true),
            (400..500, 200) => Ok(false),
            (status, read) => Err(format!("{status} {}, then {read} {} upon {body}", response.body, listed.body)),
        }
    }))
}

/// Recordings of activities: whatever is read of them holds together, and is read again from what we write.
pub fn activity() -> Result<Target, String> {
    /// 2010 to 2100, in milliseconds.
    const RECORDED: std::ops::Range<i64> = 1_262_304_000_000..4_102_444_800_000;
    const GPX: &str = "<gpx><trk><type>cycling</type><trkseg><trkpt lat=\"51.5\" lon=\"-0.1\"><ele>12.3</ele>\
                       <time>2026-01-31T07:00:00Z</time><extensions><power>200</power></extensions></trkpt><trkpt \
                       lat=\"51.6\" lon=\"-0.1\"><time>2026-01-31T07:00:09Z</time></trkpt></trkseg></trk></gpx>";
    const TCX: &str = "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\"><Lap StartTime=\"2026-01-31T07:00:00Z\">\
                       <Track><Trackpoint><Time>2026-01-31T07:00:01Z</Time><HeartRateBpm><Value>131</Value></HeartRateBpm>\
                       <DistanceMeters>3.4</DistanceMeters></Trackpoint></Track></Lap></Activity></Activities>\
                       </TrainingCenterDatabase>";
    let mut seeds = vec![GPX.as_bytes().to_vec(), TCX.as_bytes().to_vec()];
    for name in [
        "activity-unexpected-eof",
        "activity-settings-corruptheader",
        "sample-activity-indoor-trainer",
    ] {
        let path = format!("{}/../../data/sensors/fit/{name}.fit", env!("CARGO_MANIFEST_DIR"));
        seeds.push(std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?);
    }
    let limits = Limits::default();
    Ok(Box::new(move |random| {
        let seed = &seeds[random.below(seeds.len())];
        let Ok(activity) = read(&damage::bytes(random, seed), &limits) else {
            return Ok(false);
        };
        Summary::of(&activity, &[5, 3_600], &[1_000]);
        let same = |channel: &Column| channel.values.len() == activity.times.len();
        if !activity.channels.iter().all(same) || activity.moving_millis() < 0 {
            return Err("what was read does not hold together".to_owned());
        }
        // FIT counts from 1989, and its small numbers are no dates. Nobody is taken to have recorded anything then.
        if !activity.times.iter().all(|at| RECORDED.contains(at)) {
            return Ok(true);
        }
        match read(&write_fit(&activity), &limits) {
            Ok(again) if again.times.len() == activity.times.len() => Ok(true),
            other => Err(format!("what was written reads as {:?}", other.map(|again| again.times.len()))),
        }
    }))
}

/// Chunks of readings: what the decoder takes is a chunk like any other, and its header says the same. The check is
/// forged for most, so that what is behind it is met.
pub fn chunk() -> Result<Target, String> {
    let path = format!("{}/../../data/sensors/fit/sample-activity.fit", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    let recording = read(&bytes, &Limits::default()).map_err(|error| error.to_string())?;
    let mut seeds = Vec::new();
    for (first, times) in recording.times.chunks(60).enumerate().step_by(7) {
        let part = |channel: &Column| Column {
            kind: channel.kind,
            values: channel.values[first * 60..first * 60 + times.len()].to_vec(),
        };
        let chunk = Chunk::new(times.to_vec(), recording.channels.iter().map(part).collect());
        seeds.push(chunk_codec::encode(&chunk.map_err(|error| error.to_string())?));
    }
    Ok(Box::new(move |random| {
        let seed = &seeds[random.below(seeds.len())];
        let mut bytes = damage::bytes(random, seed);
        if random.chance(90) {
            forge(&mut bytes);
        }
        let header = chunk_codec::header(&bytes);
        let Ok(chunk) = chunk_codec::decode(&bytes) else {
            return Ok(false);
        };
        let kinds: Vec<_> = chunk.channels().iter().map(|channel| channel.kind).collect();
        let told =
            header.map(|header| (header.records, header.channels.iter().map(|(kind, _)| *kind).collect::<Vec<_>>()));
        if told != Ok((chunk.times().len(), kinds)) {
            return Err(format!("the header of {bytes:02x?} says something else than its readings"));
        }
        match chunk_codec::decode(&chunk_codec::encode(&chunk)) {
            Ok(again) if again == chunk => Ok(true),
            _ => Err(format!("what {bytes:02x?} reads as is not read again")),
        }
    }))
}

/// Makes the version and the check right, as shared/chunk-codec/FORMAT.md has them.
fn forge(bytes: &mut [u8]) {
    if let [version, checked @ ..] = bytes
        && let Some((check, rest)) = checked.split_first_chunk_mut::<2>()
    {
        let step = |crc: u16| if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
        let crc = rest.iter().fold(0, |crc, byte| (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| step(crc)));
        *version = chunk_codec::VERSION;
        *check = crc.to_le_bytes();
    }
}
