//! What is stored is what the files say: reading by reading, in charts of any zoom, and in what is taken along.

use super::Home;
use super::recording::{Place, Readings, Recording, Way, said};
use crate::Outcome;
use crate::answers::expect;
use activity_files::Limits;
use chunk_codec::Kind;
use kernel::{DeviceId, Timestamp};
use sensors::channel::Channel;
use sensors::rollup::{DAY, HOUR, MINUTE};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// From which ranges, in milliseconds, a chart is drawn of minutes, hours and days.
const ZOOMS: [(i64, i64); 3] = [(MINUTE, DAY), (HOUR, 80 * DAY), (DAY, 1500 * DAY)];
/// The most points of a chart.
const POINTS: usize = 2000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    recordings: usize,
    /// Moments of all recordings.
    pub records: usize,
    readings: usize,
    heartbeats: usize,
    pages: usize,
    points: usize,
    taken_along: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            recordings,
            records,
            readings,
            heartbeats,
            pages,
            points,
            taken_along,
        } = self;
        write!(
            f,
            "found: {recordings} recordings of {records} records with {readings} readings and {heartbeats} intervals \
             between heartbeats, on {pages} pages, each as in its file; {points} points of charts by minutes, hours and \
             days, each what the readings come to; \
             {taken_along} activities as FIT that says the same"
        )
    }
}

impl Home {
    /// Holds all that is stored against the recordings.
    pub(super) fn prove(&mut self, recordings: &[Recording], devices: &[DeviceId]) -> Result<Found, String> {
        let mut found = Found::default();
        for (recording, device) in recordings.iter().zip(devices) {
            let said = |reason: String| format!("{}: {reason}", recording.name);
            self.readings(recording, *device, &mut found).map_err(said)?;
            self.charts(recording, *device, &mut found).map_err(said)?;
            found.recordings += 1;
        }
        self.activities(recordings, devices, &mut found)?;
        self.note();
        Ok(found)
    }

    /// All readings of a device, page by page, are the recording's.
    fn readings(&mut self, recording: &Recording, device: DeviceId, found: &mut Found) -> Outcome {
        let (mut stored, mut cursor) = (Readings::new(), String::new());
        let limit = self.random.between(200, 5_000);
        loop {
            let query = format!("from=2010-01-01T00:00:00Z&until={}&limit={limit}{cursor}", self.stage.now());
            let page = self.look("list-readings", device, &query)?;
            found.pages += 1;
            read_page(&page, &mut stored)?;
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let beats = heartbeats(&mut stored);
        let said: &[u16] = if recording.ways.contains(&Way::File) { &recording.says.rr } else { &[] };
        if beats != said.iter().map(|interval| i64::from(*interval)).collect::<Vec<_>>() {
            return Err(format!("{} heartbeats are there, of {}, or others", beats.len(), said.len()));
        }
        found.heartbeats += beats.len();
        found.records += stored.len();
        found.readings += stored.values().map(BTreeMap::len).sum::<usize>();
        same("reading", &flat(&stored), &flat(&recording.all))
    }

    /// Charts of every channel at each zoom are what the readings come to.
    fn charts(&mut self, recording: &Recording, device: DeviceId, found: &mut Found) -> Outcome {
        let ends = recording.all.first_key_value().zip(recording.all.last_key_value());
        let (((first, _), _), ((last, _), _)) = ends.ok_or("there is not one reading")?;
        let of_records = |channel: &Channel| channel.is_drawn() && *channel != Channel::RrInterval;
        for channel in Channel::ALL.into_iter().filter(of_records) {
            for (stretch, range) in ZOOMS {
                let mut points = BTreeMap::new();
                let mut from = first.div_euclid(DAY) * DAY;
                while from <= *last {
                    let query = format!("channel={}&points={POINTS}&{}", channel.name(), range_of(from, from + range));
                    let chart = self.look("get-chart", device, &query)?;
                    if chart["stretch_s"] != stretch / 1000 || chart["behind_from"].is_string() {
                        return Err(format!("this is no whole chart of {stretch} ms: {chart}"));
                    }
                    points.extend(chart["points"].as_array().into_iter().flatten().map(point));
                    from += range;
                }
                found.points += points.len();
                let what = format!("{} by {stretch} ms", channel.name());
                same(&what, &points, &summed_up(&recording.all, channel, stretch))?;
            }
        }
        Ok(())
    }

    /// What came as a file is an activity, once; taken along as a file it says the same.
    fn activities(&mut self, recordings: &[Recording], devices: &[DeviceId], found: &mut Found) -> Outcome {
        let listed = self.stage.ask("list-activities").by(&self.person).query("limit=100").get();
        let listed = expect(200, listed)?;
        let listed: Vec<&Value> = listed["items"].as_array().into_iter().flatten().collect();
        let files = recordings.iter().filter(|one| one.ways.contains(&Way::File)).count();
        if listed.len() != files {
            return Err(format!("{files} recordings came as files, and there are {} activities", listed.len()));
        }
        for activity in listed {
            let id = activity["id"].as_str().unwrap_or_default();
            let device = devices.iter().position(|device| activity["device"] == device.to_string());
            let recording = &recordings[device.ok_or("an activity of no device")?];
            let export = expect(200, self.stage.ask("export-activity").by(&self.person).at(id).get())?;
            let bytes = platform::signer::from_base64url(export["base64url"].as_str().unwrap_or_default());
            let read = activity_files::read(&bytes.ok_or("no base64")?, &Limits::default());
            let read = read.map_err(|error| format!("{}: {error}", recording.name))?;
            if read.rr != recording.says.rr {
                return Err(format!("{}: other heartbeats were taken along", recording.name));
            }
            let copy = said(&read);
            // FIT has no field for kinds beyond its own.
            let mut expected = flat(&recording.all);
            expected.retain(|(_, kind), _| kind.0 < 253);
            same("reading taken along", &flat(&copy), &expected)
                .map_err(|reason| format!("{}: {reason}", recording.name))?;
            found.taken_along += 1;
        }
        Ok(())
    }
}

/// A range of a query.
pub(super) fn range_of(from: i64, until: i64) -> String {
    format!("from={}&until={}", Timestamp::from_millis(from), Timestamp::from_millis(until))
}

/// Adds what a page says. No page says anything of a moment that another one told of.
fn read_page(page: &Value, stored: &mut Readings) -> Outcome {
    let kind = |name: &Value| {
        let name = name.as_str()?;
        let named = name.parse::<Channel>().ok().map(Channel::kind);
        named.or_else(|| name.strip_prefix("kind-")?.parse().ok().map(Kind))
    };
    let kinds: Option<Vec<Kind>> = page["channels"].as_array().into_iter().flatten().map(kind).collect();
    let before = stored.clone();
    let kinds = kinds.ok_or_else(|| format!("these are no channels: {}", page["channels"]))?;
    for row in page["rows"].as_array().into_iter().flatten() {
        let (at, readings) = row.as_array().and_then(|row| row.split_first()).ok_or("an empty row")?;
        let at = at.as_i64().ok_or("a row without a moment")?;
        let readings = kinds.iter().zip(readings).filter_map(|(kind, value)| Some((*kind, value.as_i64()?))).collect();
        if before.range((at, 0)..=(at, usize::MAX)).next().is_some() {
            return Err(format!("{at} is on two pages"));
        }
        let number = stored.range((at, 0)..=(at, usize::MAX)).count();
        stored.insert((at, number), readings);
    }
    Ok(())
}

/// Takes the intervals between heartbeats out: files tell their order, and not their moments.
fn heartbeats(stored: &mut Readings) -> Vec<i64> {
    let taken = stored.values_mut().filter_map(|row| row.remove(&Channel::RrInterval.kind())).collect();
    stored.retain(|_, row| !row.is_empty());
    taken
}

fn flat(readings: &Readings) -> BTreeMap<(Place, Kind), i64> {
    readings
        .iter()
        .flat_map(|(place, row)| row.iter().map(|(kind, value)| ((*place, *kind), *value)))
        .collect()
}

/// A point of a chart: when, then count, lowest, highest, sum and latest.
fn point(point: &Value) -> (i64, [i64; 5]) {
    let number = |name: &str| point[name].as_i64().unwrap_or(i64::MIN);
    let at: Option<Timestamp> = point["at"].as_str().and_then(|at| at.parse().ok());
    (at.map_or(i64::MIN, Timestamp::as_millis), ["count", "min", "max", "sum", "last"].map(number))
}

/// The same, of the readings themselves.
fn summed_up(readings: &Readings, channel: Channel, stretch: i64) -> BTreeMap<i64, [i64; 5]> {
    let mut points: BTreeMap<i64, [i64; 5]> = BTreeMap::new();
    for ((at, _), row) in readings {
        let Some(value) = row.get(&channel.kind()).filter(|value| channel.possible().contains(value)) else {
            continue;
        };
        let point = points.entry(at.div_euclid(stretch) * stretch).or_insert([0, *value, *value, 0, *value]);
        *point = [
            point[0] + 1,
            point[1].min(*value),
            point[2].max(*value),
            point[3] + value,
            *value,
        ];
    }
    points
}

/// An error that says where two first differ.
fn same<K: Ord + Copy + fmt::Debug, V: PartialEq + Copy + fmt::Debug>(
    what: &str,
    stored: &BTreeMap<K, V>,
    expected: &BTreeMap<K, V>,
) -> Outcome {
    let differs = |key: &&K| stored.get(key) != expected.get(key);
    let mut wrong = expected.keys().chain(stored.keys()).filter(differs);
    match wrong.next() {
        None => Ok(()),
        Some(key) => Err(format!(
            "{what} {key:?} is {:?} instead of {:?}, and {} more are wrong",
            stored.get(key),
            expected.get(key),
            wrong.count()
        )),
    }
}
