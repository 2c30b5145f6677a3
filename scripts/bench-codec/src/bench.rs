//! Sizes and speed, beside other codecs in the same run.
//!
//! Ours are complete items: version, check, summary, readings. The others' are readings alone, without the summary that
//! a reader needs, so the comparison is to their favour. Each file is coded with priors that have not seen its athlete:
//! files of one device are taken for one athlete's.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use chunk_codec::Chunk;
use chunk_codec::training::{self, Priors};

use crate::TRAINED_SECONDS;
use crate::files::{self, File};
use crate::others::{self, Sizes};

/// Seconds of a chunk, and how large ours may be beside the smallest of the others.
const BARS: [(i64, f64); 2] = [(300, 0.86), (3600, 0.92)];
/// Values a second, in millions, each way.
const SPEED_BAR: f64 = 10.0;
/// Speed is the best of so many runs.
const RUNS: usize = 60;

/// Measures sizes, and if it is `timed`, speed.
pub fn run(folder: &str, timed: bool) -> Result<(), String> {
    let (files, problems) = files::all(folder)?;
    println!("{} recordings in {folder}; not readable:", files.len());
    problems.iter().for_each(|problem| println!("  {problem}"));
    let mut missed = Vec::new();
    let priors = without_each_athlete(&files)?;
    for (seconds, bar) in BARS {
        missed.extend(sizes(&files, &priors, seconds, bar)?);
    }
    if timed {
        missed.extend(speed(&files)?);
    }
    if missed.is_empty() {
        println!("\nall bars met");
        return Ok(());
    }
    Err(format!("\nmissed: {}", missed.join("; ")))
}

/// For each device priors that were trained on the files of all others.
fn without_each_athlete(files: &[File]) -> Result<BTreeMap<u64, Priors>, String> {
    let mut priors = BTreeMap::new();
    for serial in files.iter().map(|file| file.activity.serial).collect::<BTreeSet<_>>() {
        let mut chunks = Vec::new();
        for other in files.iter().filter(|other| other.activity.serial != serial) {
            chunks.extend(files::cut(other, TRAINED_SECONDS)?);
        }
        priors.insert(serial, training::train(&chunks));
    }
    Ok(priors)
}

#[derive(Clone, Copy, Default)]
struct Row {
    records: usize,
    readings: usize,
    ours: usize,
    others: Sizes,
}

impl Row {
    fn add(&mut self, other: &Row) {
        self.records += other.records;
        self.readings += other.readings;
        self.ours += other.ours;
        self.others.gorilla += other.others.gorilla;
        self.others.pco += other.others.pco;
        self.others.zstd += other.others.zstd;
        self.others.summary += other.others.summary;
    }

    fn best(&self) -> usize {
        self.others.gorilla.min(self.others.pco).min(self.others.zstd)
    }

    fn print(&self, name: &str) {
        let records = self.records as f64;
        let each = |bytes: usize| bytes as f64 / records;
        println!(
            "{name:40} {:7} {:5.1} {:8.3} {:8.3} {:8.3} {:8.3} {:6.3} {:8.3}",
            self.records,
            self.readings as f64 / records,
            each(self.ours),
            each(self.others.gorilla),
            each(self.others.pco),
            each(self.others.zstd),
            self.ours as f64 / self.best() as f64,
            each(self.others.summary),
        );
    }
}

fn sizes(files: &[File], priors: &BTreeMap<u64, Priors>, seconds: i64, bar: f64) -> Result<Option<String>, String> {
    println!("\nbytes a record, chunks of {seconds} s, priors from other athletes");
    println!(
        "{:40} {:>7} {:>5} {:>8} {:>8} {:>8} {:>8} {:>6} {:>8}",
        "", "records", "r/rec", "ours", "gorilla", "pco-12", "zstd-19", "ratio", "summary"
    );
    let mut all = Row::default();
    for file in files {
        let mut row = Row { records: file.activity.records.len(), ..Row::default() };
        for chunk in files::cut(file, seconds)? {
            let mut one = Row {
                readings: files::readings(&chunk),
                others: others::sizes(&chunk)?,
                ..Row::default()
            };
            one.ours = checked(&priors[&file.activity.serial], &chunk).ok_or(format!("{}: not the same", file.name))?;
            checked_shipped(&chunk).ok_or(format!("{}: not the same with the shipped priors", file.name))?;
            row.add(&one);
        }
        row.print(&file.name);
        all.add(&row);
    }
    all.print("all");
    let ratio = all.ours as f64 / all.best() as f64;
    let with_summary = all.ours as f64 / (all.best() + all.others.summary) as f64;
    println!("ours / best other = {ratio:.3} (bar {bar}); {with_summary:.3} if the other has a summary, too");
    println!("lossless: every chunk of every file");
    Ok((ratio > bar).then(|| format!("{ratio:.3} at {seconds} s, bar {bar}")))
}

/// The size, if what comes back is what went in.
fn checked(priors: &Priors, chunk: &Chunk) -> Option<usize> {
    let bytes = training::encode_with(priors, chunk);
    (training::decode_with(priors, &bytes).as_ref() == Ok(chunk)).then_some(bytes.len())
}

fn checked_shipped(chunk: &Chunk) -> Option<()> {
    let bytes = chunk_codec::encode(chunk);
    let same = chunk_codec::decode(&bytes).as_ref() == Ok(chunk) && chunk_codec::header(&bytes) == Ok(chunk.header());
    same.then_some(())
}

fn speed(files: &[File]) -> Result<Vec<String>, String> {
    let mut missed = Vec::new();
    for (seconds, _) in BARS {
        let mut chunks = Vec::new();
        for file in files {
            chunks.extend(files::cut(file, seconds)?);
        }
        let readings: usize = chunks.iter().map(files::readings).sum();
        let coded: Vec<Vec<u8>> = chunks.iter().map(chunk_codec::encode).collect();
        let encoding = best(&chunks, |chunk| chunk_codec::encode(chunk).len());
        let decoding = best(&coded, |bytes| chunk_codec::decode(bytes).map_or(0, |chunk| chunk.times().len()));
        let [encoding, decoding] = [encoding, decoding].map(|time| readings as f64 / time / 1e6);
        println!(
            "\n{readings} readings in chunks of {seconds} s, best of {RUNS} runs: encode {encoding:.1} M/s, decode \
             {decoding:.1} M/s (bar {SPEED_BAR})"
        );
        if encoding.min(decoding) < SPEED_BAR {
            missed.push(format!("{:.1} M values/s, bar {SPEED_BAR}", encoding.min(decoding)));
        }
    }
    Ok(missed)
}

/// Seconds for all inputs, each at its quickest of `RUNS` runs. The runs of one input lie far apart: what else the
/// machine does comes and goes.
fn best<T>(inputs: &[T], run: impl Fn(&T) -> usize) -> f64 {
    let mut quickest = vec![f64::MAX; inputs.len()];
    for _ in 0..RUNS {
        for (input, quickest) in inputs.iter().zip(&mut quickest) {
            let start = Instant::now();
            std::hint::black_box(run(input));
            *quickest = quickest.min(start.elapsed().as_secs_f64());
        }
    }
    quickest.iter().sum()
}
