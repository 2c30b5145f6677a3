//! What storing the recordings costs in write units of DynamoDB: one for each started kilobyte of an item.

use std::collections::BTreeMap;

use chunk_codec::training::{self, Priors};

use crate::files::{self, File};

/// Seconds of a chunk, and how many times fewer units it must take than one item a record. The others are live uploads.
const BARS: [(i64, f64); 4] = [(300, 75.0), (900, 150.0), (60, 0.0), (10, 0.0)];
/// Key, version and names of an item's attributes, in bytes: generous.
const AROUND: usize = 120;

/// Counts each chunk's item, and for each file a marker of the upload and a rollup of the day, and one for each hour.
pub fn run(files: &[File], priors: &BTreeMap<u64, Priors>) -> Result<Vec<String>, String> {
    println!(
        "\nwrite units (an item a chunk; an hour's rollup, a day's rollup and a marker of the upload, a unit each)"
    );
    let mut missed = Vec::new();
    for (seconds, bar) in BARS {
        let (mut records, mut units) = (0, 0);
        for file in files {
            let times = file.activity.records.first().zip(file.activity.records.last());
            let hours = times.map_or(0, |(first, last)| (last.time - first.time) / 3600 + 1);
            records += file.activity.records.len();
            units += 2 + hours as usize;
            for chunk in files::cut(file, seconds)? {
                let bytes = training::encode_with(&priors[&file.activity.serial], &chunk).len() + AROUND;
                units += bytes.div_ceil(1024);
            }
        }
        let ratio = records as f64 / units as f64;
        let said = if bar > 0.0 { format!("bar {bar}") } else { "live, no bar".to_owned() };
        println!("{seconds:5} s: {units:6} units for {records} records: {ratio:.1} times fewer ({said})");
        if ratio < bar {
            missed.push(format!("{ratio:.1} times fewer write units at {seconds} s, bar {bar}"));
        }
    }
    Ok(missed)
}
