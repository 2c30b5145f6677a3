//! The chunk codec (`shared/chunk-codec`) on real recordings. From the root of the repository:
//!
//! ```text
//! cargo run --release --manifest-path scripts/bench-codec/Cargo.toml --target-dir target/bench-codec -- <command>
//!
//! bench [folder]         sizes beside Gorilla, pco and zstd, and speed; fails when a bar is missed
//! sizes [folder]         the sizes alone: what does not depend on the machine
//! train [folder]         writes the priors that the codec ships (a new version of the format!)
//! fuzz <count> [folder]  decodes that many damaged chunks; fails when one of them panics
//! ```
//!
//! The folder is `data/sensors/fit` unless another is named.

#![allow(clippy::disallowed_methods, reason = "a measurement looks at the clock")]

mod bench;
mod files;
mod fit;
mod fuzz;
mod others;

use std::process::ExitCode;

use chunk_codec::training;

/// Where the recordings are.
const RECORDINGS: &str = "data/sensors/fit";
/// Where the codec finds its priors.
const PRIORS: &str = "shared/chunk-codec/src/priors-1.bin";
/// The priors are for chunks of this many seconds.
const TRAINED_SECONDS: i64 = 300;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["sizes"] => bench::run(RECORDINGS, false),
        ["sizes", folder] => bench::run(folder, false),
        [] | ["bench"] => bench::run(RECORDINGS, true),
        ["bench", folder] => bench::run(folder, true),
        ["train"] => train(RECORDINGS),
        ["train", folder] => train(folder),
        ["fuzz", count] => fuzz::run(count, RECORDINGS),
        ["fuzz", count, folder] => fuzz::run(count, folder),
        _ => Err("bench [folder] | sizes [folder] | train [folder] | fuzz <count> [folder]".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn train(folder: &str) -> Result<(), String> {
    let files = files::readable(folder)?;
    let mut chunks = Vec::new();
    for file in &files {
        chunks.extend(files::cut(file, TRAINED_SECONDS)?);
    }
    let bytes = training::to_bytes(&training::train(&chunks));
    std::fs::write(PRIORS, &bytes).map_err(|error| format!("{PRIORS}: {error}"))?;
    println!("{PRIORS}: {} bytes, from {} chunks of {} files", bytes.len(), chunks.len(), files.len());
    Ok(())
}
