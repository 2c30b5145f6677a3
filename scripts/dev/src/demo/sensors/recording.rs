//! The recordings, and what of each must be stored.

use activity_files::{Activity, Limits};
use chunk_codec::Kind;
use local::simulation::Random;
use sensors::channel::Channel;
use std::collections::BTreeMap;
use std::path::Path;

/// Which record of a moment (milliseconds since 1970): a second of some devices has two.
pub(super) type Place = (i64, usize);
/// Readings by record and kind.
pub(super) type Readings = BTreeMap<Place, BTreeMap<Kind, i64>>;

/// A recording.
pub(super) struct Recording {
    /// The name of its file.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What it says.
    pub says: Activity,
    /// How it comes.
    pub ways: [Way; 2],
    /// What an app may send of it in batches: channels with a name, values that can be true.
    pub sendable: Readings,
    /// All of it that comes in one way or the other.
    pub all: Readings,
}

/// How a recording comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// In batches.
    Batches,
    /// As a file.
    File,
}

/// All recordings there are, the smallest first, and `most` of them at most.
pub(super) fn all(random: &mut Random, most: usize) -> Result<Vec<Recording>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sensors/fit");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry.map_err(|error| error.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).map_err(|error| format!("{name}: {error}"))?;
        files.push((bytes.len(), name, bytes));
    }
    files.sort();
    // Each way meets each other one; which recording comes how is the seed's.
    let ways = [[Way::Batches; 2], [Way::Batches, Way::File], [Way::File; 2]];
    let turn = random.below(ways.len());
    let mut recordings = Vec::new();
    for (_, name, bytes) in files.into_iter().take(most) {
        let says = activity_files::read(&bytes, &Limits::default()).map_err(|error| format!("{name}: {error}"))?;
        recordings.push(Recording::new(name, bytes, says, ways[(turn + recordings.len()) % ways.len()]));
    }
    Ok(recordings)
}

impl Recording {
    fn new(name: String, bytes: Vec<u8>, says: Activity, ways: [Way; 2]) -> Self {
        let said = said(&says);
        let mut sendable = said.clone();
        sendable.values_mut().for_each(|row| row.retain(|kind, value| may_be_sent(*kind, *value)));
        sendable.retain(|_, row| !row.is_empty());
        let all = if ways.contains(&Way::File) { said } else { sendable.clone() };
        Self { name, bytes, says, ways, sendable, all }
    }
}

/// Every reading of a recording, record by record: nothing of this is the code that stores them.
pub(super) fn said(recording: &Activity) -> Readings {
    let mut readings = Readings::new();
    for (n, at) in recording.times.iter().enumerate() {
        let mut row = BTreeMap::new();
        for channel in &recording.channels {
            let kind = match channel.kind {
                Kind::ENHANCED_SPEED => Kind::SPEED,
                Kind::ENHANCED_ALTITUDE => Kind::ALTITUDE,
                kind => kind,
            };
            if let Some(value) = channel.values[n] {
                row.entry(kind).or_insert(value);
            }
        }
        if !row.is_empty() {
            let before = readings.range((*at, 0)..=(*at, usize::MAX)).count();
            readings.insert((*at, before), row);
        }
    }
    readings
}

fn may_be_sent(kind: Kind, value: i64) -> bool {
    Channel::of(kind).is_some_and(|channel| channel.possible().contains(&value))
}
