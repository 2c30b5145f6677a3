//! The recordings, and chunks cut from them.

use chunk_codec::{Channel, Chunk, Kind};

use crate::fit::{self, Activity};

/// A recording.
pub struct File {
    pub name: String,
    pub activity: Activity,
}

/// All files of a folder, with what was wrong with those that cannot be read.
pub fn all(folder: &str) -> Result<(Vec<File>, Vec<String>), String> {
    let listed = std::fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))?;
    let mut paths: Vec<_> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "fit"));
    paths.sort();
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).map_err(|error| format!("{name}: {error}"))?;
        match fit::read(&bytes) {
            Ok(activity) => files.push(File { name, activity }),
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    if files.is_empty() {
        Err(format!("{folder}: no recordings"))
    } else {
        Ok((files, problems))
    }
}

/// The files of a folder that can be read.
pub fn readable(folder: &str) -> Result<Vec<File>, String> {
    all(folder).map(|(files, _)| files)
}

/// Chunks of so many seconds, from the first record on. A chunk has the channels that any of its records has.
pub fn cut(file: &File, seconds: i64) -> Result<Vec<Chunk>, String> {
    let records = &file.activity.records;
    let start = records.first().map_or(0, |record| record.time);
    let number = |time: i64| (time - start) / seconds;
    let parts = records.chunk_by(|one, next| number(one.time) == number(next.time));
    let chunk = |part: &[fit::Record]| {
        let mut kinds: Vec<Kind> = part.iter().flat_map(|record| record.readings.keys().copied()).collect();
        kinds.sort();
        kinds.dedup();
        let values = |kind: &Kind| part.iter().map(|record| record.readings.get(kind).copied()).collect();
        let channels = kinds.iter().map(|kind| Channel { kind: *kind, values: values(kind) }).collect();
        Chunk::new(part.iter().map(|record| record.time).collect(), channels)
    };
    parts.map(chunk).collect::<Result<_, _>>().map_err(|error| format!("{}: {error}", file.name))
}

/// The readings of a chunk, timestamps included, missing ones not.
pub fn readings(chunk: &Chunk) -> usize {
    let present = |channel: &Channel| channel.values.iter().flatten().count();
    chunk.times().len() + chunk.channels().iter().map(present).sum::<usize>()
}
